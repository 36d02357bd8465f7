"""`python -m bot link`: link the account from the terminal, without starting the rest of the bot."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace

from bot.clock import SystemClock
from bot.console import Console
from bot.engine.inbox import CURSOR
from bot.flows import proxying
from bot.model.errors import GatewayError
from bot.model.identity import BadPhone, Phone
from bot.model.link import NEEDS_A_PERSON, LinkState
from bot.ports import Gateway
from bot.settings import Settings
from bot.wiring import records, settings_proxy, whatsapp
from storage.lock import DataLock
from storage.tables import Tables

#: Looked at again this often (seconds) when nothing wakes us.
IDLE = 1.0


def link_account(settings: Settings, console: Console, phone_text: str | None) -> int:
    """Show the QR code, or the pairing code for `phone_text`, until the account is linked; returns 0 when it is."""
    try:
        phone = Phone.parse(phone_text, settings.region) if phone_text else None
    except BadPhone:
        console.say("console.bad_phone", text=phone_text)
        return 1
    wake = threading.Event()
    with DataLock(settings.data):
        with closing(records(settings)) as store:
            tables = Tables(store)
            read_up_to = tables.facts.number(CURSOR)
            proxy = proxying.current(tables, settings_proxy(settings))
        gateway = whatsapp(replace(settings, proxy=proxy or None), SystemClock(), wake.set, read_up_to)
        gateway.start()
        try:
            return Linking(gateway, console, phone).until_done(wake)
        except KeyboardInterrupt:
            return 1
        finally:
            gateway.stop()


class Linking:
    """Follows the link until the account is linked, or a person must act."""

    def __init__(self, gateway: Gateway, console: Console, phone: Phone | None) -> None:
        self._gateway, self._console, self._phone = gateway, console, phone
        self._code_asked = False

    def until_done(self, wake: threading.Event) -> int:
        while True:
            for link in self._gateway.transitions():
                if link.state is LinkState.STARTING:
                    self._code_asked = False  # a new process shows new codes
                if link.state is LinkState.QR_SHOWN and self._phone:
                    self._ask_for_code(self._phone)
                    continue
                self._console.show(link)
                if link.state is LinkState.CONNECTED:
                    self._console.say("console.linked")
                    return 0
                if link.state in NEEDS_A_PERSON:
                    return 1
            wake.wait(IDLE)
            wake.clear()

    def _ask_for_code(self, phone: Phone) -> None:
        if self._code_asked:
            return
        self._code_asked = True
        try:
            self._gateway.pairing_code(phone.number)
        except GatewayError as error:
            self._console.say("console.no_code", reason=str(error))

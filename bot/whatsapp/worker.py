"""The WhatsApp process: `python -m bot.whatsapp.worker`, started and watched by the gateway.

What is received goes to the inbox journal, durably, before anything else happens: the library has acknowledged it to
WhatsApp already. The gateway is only told that there is news. The process ends when the gateway is gone.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Client
from typing import Any, NoReturn

from bot.logs import configure_logging, fields
from bot.model.document import from_document
from bot.model.errors import GatewayError
from bot.model.event import Event, MessageSeen
from bot.model.inbox import write_event, write_untranslated
from bot.model.watched import Watched
from bot.whatsapp import session, translate
from bot.whatsapp.client import NeonizeError, WhatsAppClient, events
from bot.whatsapp.downloads import Downloads
from bot.whatsapp.line import GatewayLine
from bot.whatsapp.link_events import LinkEvents
from bot.whatsapp.protocol import Configuration, Do, Exit, Tell, write_error
from bot.whatsapp.requests import Requests
from bot.whatsapp.sieve import Sieve
from bot.whatsapp.standing import Standing
from storage.errors import StoreError
from storage.journal import JournalWriter

log = logging.getLogger("bot.whatsapp.worker")

#: How long a new process waits for the one before it to let go of the journal.
JOURNAL_WAIT = timedelta(seconds=10)
#: A sign that the owner's phone is online is worth one line in so long.
PHONE_EVERY = timedelta(hours=1)
#: Between two pages of the journal.
PAGE_EVERY = timedelta(minutes=1)
#: Wait between two tries to write to a journal whose disk is full or failing.
JOURNAL_RETRY = timedelta(seconds=1)
#: When told to stop: how long no event must have come in before the process ends, and how long it waits for that.
QUIET, QUIET_WAIT = timedelta(milliseconds=300), timedelta(seconds=4)

#: neonize cannot pass on a code that it has no name for and stops instead: what its error then contains. To log in
#: again and again would make a ban worse.
_UNNAMED = {"neonize.TemporaryBan": Exit.BANNED, "neonize.ConnectFailure": Exit.REFUSED}
_PR_SET_PDEATHSIG = 1  # prctl(2)


def main() -> NoReturn:
    configure_logging(logging.INFO)  # importing neonize has configured it already, without masking
    logging.getLogger("neonize.utils.ffmpeg").setLevel(logging.ERROR)  # it asks for a program that we do not need
    for stop_signal in (signal.SIGINT, signal.SIGTERM):  # they reach the whole process group; the gateway decides
        signal.signal(stop_signal, signal.SIG_IGN)
    _die_with_parent()
    try:
        configuration = from_document(Configuration, json.loads(sys.stdin.readline()))
        connection = Client(configuration.address, authkey=bytes.fromhex(configuration.key))
    except Exception as error:  # noqa: BLE001  # any fault here means the same: not started by a gateway
        log.error("this process is started by the bot, not by hand", extra=fields(fault=type(error).__name__))
        os._exit(Exit.BAD_START)
    Worker(configuration, GatewayLine(connection)).run()


def _die_with_parent() -> None:
    """On Linux the kernel sees to it, also when this process hangs; elsewhere the closed connection does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Worker:
    """One WhatsApp client, its journal, and the requests of the gateway."""

    def __init__(self, configuration: Configuration, line: GatewayLine) -> None:
        self._configuration = configuration
        self._line = line
        self._sieve = Sieve(time.monotonic)
        self._standing = Standing()
        self._requests: Requests | None = None
        self._journalling = threading.Lock()
        self._last_event = time.monotonic()
        self._phone_seen_at = datetime.fromtimestamp(0, UTC)

    def run(self) -> NoReturn:
        self._line.open(self._on_request)
        self._journal = self._open_journal()
        settings = self._configuration
        session.prepare(settings.session)
        self._client = WhatsAppClient(settings.session, settings.device_name, settings.proxy)
        downloads = Downloads(self._client.download, settings.proxy)
        self._requests = Requests(self._client, downloads, self._line, self._standing)
        self._link_events = LinkEvents(self._client, self._line, self._standing, settings.session)
        self._subscribe()
        threading.Thread(target=self._turn_pages, name="pages", daemon=True).start()
        try:
            self._client.connect()
        except NeonizeError as error:
            self._leave_after(error)
        log.error("the library returned although nobody stopped it")
        os._exit(Exit.EVENTS_ENDED)

    def _leave_after(self, error: NeonizeError) -> NoReturn:
        """The Go side may still be connected and acknowledge events that nobody reads: end at once."""
        log.error("the connection to WhatsApp ended", extra=fields(error=error))
        unnamed = next((status for name, status in _UNNAMED.items() if name in str(error)), None)
        if unnamed is not None:
            os._exit(unnamed)
        had_begun = self._standing.is_connected or self._standing.qr_seen.is_set()
        os._exit(Exit.EVENTS_ENDED if had_begun else Exit.CONNECT_FAILED)

    def _open_journal(self) -> JournalWriter:
        give_up = time.monotonic() + JOURNAL_WAIT.total_seconds()
        while True:
            try:
                return JournalWriter(self._configuration.journal, above=self._configuration.above)
            except StoreError as error:
                if time.monotonic() > give_up:
                    log.error("the inbox journal cannot be opened", extra=fields(error=error))
                    os._exit(Exit.JOURNAL_HELD)
            time.sleep(0.1)

    # --------------------------------------------------------------------------------------------- what is received

    def _subscribe(self) -> None:
        library = self._client.library
        for kind, handler in (
            (events.MessageEv, self._on_message),
            (events.UndecryptableMessageEv, self._on_undecryptable),
            (events.ReceiptEv, self._on_receipt),
            (events.HistorySyncEv, self._on_history),
        ):
            library.event(kind)(handler)  # held weakly by the library: this object must outlive it
        self._link_events.subscribe()

    def _on_message(self, _: Any, event: Any) -> None:
        source, at = event.Info.MessageSource, datetime.fromtimestamp(event.Info.Timestamp / 1000, UTC)
        self._receive(
            event,
            lambda: [*self._phone(source, at), *_present(translate.message_seen(event, self._standing.account))],
        )

    def _on_undecryptable(self, _: Any, event: Any) -> None:
        self._receive(event, lambda: _present(translate.undecryptable_seen(event, self._standing.account)))

    def _on_receipt(self, _: Any, event: Any) -> None:
        at = datetime.fromtimestamp(event.Timestamp, UTC)
        self._receive(event, lambda: [*self._phone(event.MessageSource, at), translate.receipt_seen(event)])

    def _on_history(self, _: Any, event: Any) -> None:
        statuses = translate.history_statuses
        self._receive(event, lambda: [*translate.history_addresses(event), *statuses(event, self._standing.account)])

    def _phone(self, source: Any, at: datetime) -> list[Event]:
        """A sign that the owner's phone is online, now and then; of what it was about nothing is kept."""
        seen = translate.phone_seen(source, at)
        if seen is None or at < self._phone_seen_at + PHONE_EVERY:
            return []
        self._phone_seen_at = at
        return [seen]

    def _sifted(self, event: Event) -> Event | None:
        if isinstance(event, MessageSeen):
            event = self._with_phone(event)
        return self._sieve.sift(event, self._standing.account.owns)

    def _with_phone(self, seen: MessageSeen) -> MessageSeen:
        """A message under LID addressing may come without the phone number that the contact is known by."""
        if not seen.author.is_lid or seen.author_alt or seen.from_me or not self._standing.is_connected:
            return seen
        return replace(seen, author_alt=self._client.phone_of(seen.author))

    def _receive(self, event: Any, translated: Callable[[], Iterable[Event]]) -> None:
        """Journal what an event says, as far as it concerns us; one that cannot be translated is journalled raw."""
        self._last_event = time.monotonic()
        try:
            documents = [write_event(each) for said in translated() if (each := self._sifted(said))]
        except Exception as error:
            fault = type(error).__name__
            log.error("an event could not be translated", exc_info=error, extra=fields(kind=event.DESCRIPTOR.name))
            raw = b64encode(event.SerializeToString()).decode()
            documents = [write_untranslated(event.DESCRIPTOR.name, raw, fault)]
        if documents:
            self._write_down(documents)
        self._last_event = time.monotonic()

    def _append(self, documents: list[dict[str, Any]]) -> int:
        """Insists until the disk takes it: WhatsApp will not send it again. Meanwhile it holds back further events."""
        while True:
            try:
                with self._journalling:
                    return self._journal.append_many(documents)[-1]
            except StoreError as error:
                log.error("the inbox journal cannot be written; trying again", extra=fields(error=error))
            time.sleep(JOURNAL_RETRY.total_seconds())

    def _watch(self, watched: Watched) -> None:
        """What was held back and is wanted now is written down: in a thread, for the disk may refuse."""
        if released := self._sieve.watch(watched):
            log.info("messages held back are wanted now", extra=fields(count=len(released)))
            documents = [write_event(each) for each in released]
            threading.Thread(target=self._write_down, args=(documents,), name="released", daemon=True).start()

    def _write_down(self, documents: list[dict[str, Any]]) -> None:
        self._line.tell(Tell.APPENDED, sequence=self._append(documents))

    def _turn_pages(self) -> None:
        """Begin a new page of the journal now and then: the bot deletes whole pages, and nothing is to linger."""
        while True:
            time.sleep(PAGE_EVERY.total_seconds())
            try:
                with self._journalling:
                    self._journal.rotate()
            except StoreError as error:
                log.error("the inbox journal cannot begin a new page", extra=fields(error=error))

    # -------------------------------------------------------------------------------------------------- what is asked

    def _on_request(self, request: dict[str, Any]) -> None:
        """Never blocks."""
        match Do(request["do"]):
            case Do.WATCH:
                self._watch(from_document(Watched, request["watched"]))
            case Do.STOP:
                threading.Thread(target=self._stop, name="stop", daemon=True).start()
            case Do.PING:
                self._line.tell(Tell.PONG)
            case _ if self._requests is None:
                error = write_error(GatewayError("not_connected"))
                self._line.tell(Tell.ANSWER, request=request["request"], error=error)
            case _:
                self._requests.take(request)

    def _stop(self) -> None:
        """Take no more from WhatsApp, let the handlers finish what was taken, and end.

        Never by the library's own `stop`: while a QR code is shown it does not end, and later calls abort.
        `disconnect` may block while dialling, so that it gets a thread and no say.
        """
        if self._standing.is_connected:
            threading.Thread(target=self._client.disconnect, name="disconnect", daemon=True).start()
            self._wait_until_quiet()
        os._exit(Exit.ASKED)

    def _wait_until_quiet(self) -> None:
        asked = time.monotonic()
        while time.monotonic() < asked + QUIET_WAIT.total_seconds():
            if time.monotonic() > max(asked, self._last_event) + QUIET.total_seconds():
                return
            time.sleep(0.05)


def _present(seen: MessageSeen | None) -> list[Event]:
    return [] if seen is None else [seen]


if __name__ == "__main__":
    main()

"""The door to neonize: its import, its repairs, and everything that is asked of it.

Imported by the worker process alone. One client per process: several of them started and stopped at once abort it.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import pylibmagic  # noqa: F401  # brings the libmagic that neonize looks for at import
from neonize import events
from neonize._binder import ProxySettings, gocode
from neonize.client import NewClient
from neonize.exc import (
    DownloadError,
    GetJIDFromStoreError,
    GetUserInfoError,
    IsOnWhatsAppError,
    LogoutError,
    NeonizeError,
    PairPhoneError,
    SendMessageError,
    SendPresenceError,
)
from neonize.proto.waCompanionReg.WAWebProtobufsCompanionReg_pb2 import DeviceProps
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message
from neonize.utils import log as neonize_log
from neonize.utils.enum import ChatPresence, ChatPresenceMedia, ClientType, Presence

from bot.model.errors import GatewayError
from bot.model.identity import LID_SERVER, Jid
from bot.model.outgoing import Outgoing, Sent, ShowTyping
from bot.whatsapp.faults import download_fault, send_fault
from bot.whatsapp.messages import jid_of, message_of
from bot.whatsapp.session import address_of
from bot.whatsapp.translate import Account

__all__ = ["NeonizeError", "WhatsAppClient", "events"]

log = logging.getLogger(__name__)

# WARNING, not DEBUG: whatsmeow logs whole stanzas and QR secrets below it, and each line crosses the FFI.
neonize_log.setLevel(logging.WARNING)

# These three return nothing in Go, but neonize frees their "result": harmless by luck on x86-64, a crash on arm64.
for _function in (gocode.Stop, gocode.StopAll, gocode.SetForceActiveDeliveryReceipts):
    _function.restype = None
    if _function.errcheck:
        del _function.errcheck


class Library(NewClient):  # type: ignore[misc]  # neonize has no types
    """neonize's client, with the outcome of a login made known.

    The outcome reaches Python only through this private hook of NewClient; its own version prints it.
    """

    on_login: Callable[[str], None]

    def _NewClient__onLoginStatus(self, _uuid: int, status: int) -> None:  # noqa: N802
        self.on_login(ctypes.string_at(status).decode(errors="replace"))


class WhatsAppClient:
    """What the worker asks of WhatsApp, in our own values. Calls may block; they raise GatewayError.

    Nothing but `connect` may be called before the Connected event or after `disconnect`: the library would abort
    the process. The worker sees to that.
    """

    def __init__(self, session: Path, device_name: str, proxy: str) -> None:
        props = DeviceProps(os=device_name, platformType=DeviceProps.CHROME, requireFullSync=False)
        self.library = Library(address_of(session), uuid="testigo", props=props)
        self._proxy = ProxySettings(proxy) if proxy else None

    def connect(self) -> None:
        """Block while the client lives. Raises neonize's NeonizeError when it cannot start or stops delivering."""
        self.library.connect(self._proxy)

    def disconnect(self) -> None:
        """Take no more events from WhatsApp; those already taken are still delivered."""
        self.library.disconnect()

    def account(self) -> Account:
        me = self.library.get_me()
        return Account(_own(me.JID), _own(me.LID))

    def phone_of(self, lid: Jid) -> Jid | None:
        """The phone number behind a LID, when the library has learned it."""
        try:
            found = self.library.get_pn_from_lid(jid_of(lid))
        except GetJIDFromStoreError:
            return None
        return _own(found)

    def lid_of(self, phone: Jid) -> Jid | None:
        """The LID of the account with this number; None when the number is not on WhatsApp. Asks the server.

        The first answer tells whether there is an account, as a rule with its LID; otherwise the library learns the
        LID from the second one, and from then on also names the author of a status that comes under the LID alone.
        """
        try:
            found = next((each.JID for each in self.library.is_on_whatsapp(f"+{phone.user}") if each.IsIn), None)
            if found is None:
                return None
            if found.Server != LID_SERVER:
                self.library.get_user_info(jid_of(phone))
                found = self.library.get_lid_from_pn(jid_of(phone))
        except (IsOnWhatsAppError, GetUserInfoError, GetJIDFromStoreError) as error:
            raise GatewayError("failed", str(error)) from error
        lid = _own(found)
        if lid is None:
            raise GatewayError("no_lid", "the server told no LID")
        return lid

    def probe(self, own: Jid) -> None:
        """Ask the server about our own number: an answer shows that the connection works. Nobody notices."""
        try:
            self.library.is_on_whatsapp(f"+{own.user}")
        except IsOnWhatsAppError as error:
            raise GatewayError("no_answer", str(error)) from error

    def pairing_code(self, phone: str) -> str:
        try:
            code: str = self.library.PairPhone(phone, True, client_type=ClientType.CHROME)
        except PairPhoneError as error:
            raise GatewayError("pairing_refused", str(error), permanent=True) from error
        return code

    def logout(self) -> None:
        try:
            self.library.logout()
        except LogoutError as error:
            raise GatewayError("logout_failed", str(error)) from error

    def download(self, payload: str) -> bytes:
        """The decrypted file of a message (base64 of the serialised `waE2E.Message`)."""
        try:
            content: bytes = self.library.download_any(Message.FromString(b64decode(payload)))
        except DownloadError as error:
            raise download_fault(str(error)) from error
        return content

    def send(self, to: Jid, what: Outgoing) -> Sent:
        if isinstance(what, ShowTyping):
            return self._show_typing(to, what.typing)
        message = message_of(self.library, to, what)
        try:
            answer = self.library.send_message(jid_of(to), message)
        except SendMessageError as error:
            raise send_fault(str(error)) from error
        return Sent(answer.ID, datetime.fromtimestamp(answer.Timestamp, UTC))

    def _show_typing(self, to: Jid, typing: bool) -> Sent:
        """Being available makes the phone ring less, so that it lasts only while "typing…" is shown."""
        self._be(Presence.AVAILABLE if typing else Presence.UNAVAILABLE)
        state = ChatPresence.CHAT_PRESENCE_COMPOSING if typing else ChatPresence.CHAT_PRESENCE_PAUSED
        try:
            self.library.send_chat_presence(jid_of(to), state, ChatPresenceMedia.CHAT_PRESENCE_MEDIA_TEXT)
        except SendPresenceError as error:
            raise send_fault(str(error)) from error
        return Sent("", datetime.now(UTC))

    def _be(self, presence: Presence) -> None:
        """Fails until the account's push name has been synchronised; "typing…" then simply stays invisible."""
        try:
            self.library.send_presence(presence)
        except SendPresenceError:
            log.debug("presence is not possible yet")


def _own(jid: Any) -> Jid | None:
    return Jid(jid.User, jid.Server) if jid.User else None

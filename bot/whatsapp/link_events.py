"""What the library says about the link, as notices to the gateway."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.model.link import NoticeKind
from bot.whatsapp import session
from bot.whatsapp.client import WhatsAppClient, events
from bot.whatsapp.line import GatewayLine
from bot.whatsapp.standing import Standing

#: The library pings WhatsApp every 20-30 s; one lost answer is no silence.
UNANSWERED = 2

#: neonize numbers the reasons of LoggedOut and ConnectFailure; these are WhatsApp's own codes for them.
_FAILURE_CODES = {1: 400, 2: 401, 3: 402, 4: 403, 5: 406, 6: 405, 7: 409, 8: 500, 9: 501, 10: 503}
#: ... and for the bans: 101 (written to too many people), 102 (blocked by users), ...
_BAN_CODES = {1: 101, 2: 102, 3: 103, 4: 104, 5: 106}


class LinkEvents:
    """The library holds handlers weakly: this object must outlive it."""

    def __init__(self, client: WhatsAppClient, line: GatewayLine, standing: Standing, database: Path) -> None:
        self._client, self._line, self._standing, self._database = client, line, standing, database

    def subscribe(self) -> None:
        library = self._client.library
        library.on_login = self._on_login
        library.qr(lambda _, code: self._on_qr(code))
        for kind, handler in (
            (events.ConnectedEv, self._on_connected),
            (events.DisconnectedEv, self._on_disconnected),
            (events.KeepAliveTimeoutEv, self._on_unanswered),
            (events.KeepAliveRestoredEv, self._on_answered_again),
            (events.LoggedOutEv, self._on_logged_out),
            (events.TemporaryBanEv, self._on_banned),
            (events.ClientOutdatedEv, self._on_outdated),
            (events.StreamReplacedEv, self._on_replaced),
            (events.ConnectFailureEv, self._on_refused),
            (events.StreamErrorEv, self._on_stream_error),
        ):
            library.event(kind)(handler)

    def _on_qr(self, code: bytes) -> None:
        self._standing.qr_seen.set()
        self._line.notice(NoticeKind.QR, text=code.decode())

    def _on_login(self, outcome: str) -> None:
        self._line.notice(NoticeKind.LOGIN, text=outcome)

    def _on_connected(self, _: Any, event: Any) -> None:
        account = self._standing.account = self._client.account()
        self._standing.is_connected = True
        self._line.notice(NoticeKind.CONNECTED, account=account.phone, account_lid=account.lid)

    def _on_disconnected(self, _: Any, event: Any) -> None:
        self._standing.is_connected = False
        self._line.notice(NoticeKind.DISCONNECTED)

    def _on_unanswered(self, _: Any, event: Any) -> None:
        """The library's own pings get no answer: nothing was received since the last one that got it."""
        if event.ErrorCount >= UNANSWERED:
            self._line.notice(NoticeKind.DEAF, datetime.fromtimestamp(event.LastSuccess, UTC), text="pings unanswered")

    def _on_answered_again(self, _: Any, event: Any) -> None:
        self._line.notice(NoticeKind.HEARING)

    def _on_logged_out(self, _: Any, event: Any) -> None:
        """The library deletes the session only after this event, when this process may have ended already."""
        self._standing.is_connected = False
        session.mark_ended(self._database)
        self._line.notice(NoticeKind.LOGGED_OUT, code=_FAILURE_CODES.get(event.Reason, 0))

    def _on_banned(self, _: Any, event: Any) -> None:
        self._standing.is_connected = False
        self._line.notice(NoticeKind.BANNED, code=_BAN_CODES.get(event.Code, 0), seconds=event.Expire)

    def _on_outdated(self, _: Any, event: Any) -> None:
        self._standing.is_connected = False
        self._line.notice(NoticeKind.OUTDATED, code=405)

    def _on_replaced(self, _: Any, event: Any) -> None:
        self._standing.is_connected = False
        self._line.notice(NoticeKind.REPLACED)

    def _on_refused(self, _: Any, event: Any) -> None:
        self._standing.is_connected = False
        self._line.notice(NoticeKind.REFUSED, code=_FAILURE_CODES.get(event.Reason, 0), text=event.Message)

    def _on_stream_error(self, _: Any, event: Any) -> None:
        self._line.notice(NoticeKind.STREAM_ERROR, text=f"stream error {event.Code}")

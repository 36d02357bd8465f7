"""What the gateway asks of WhatsApp, and the answers."""

from __future__ import annotations

import logging
import queue
import threading
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.logs import fields
from bot.model.document import to_document
from bot.model.errors import GatewayError
from bot.model.identity import Jid
from bot.model.link import NoticeKind
from bot.whatsapp.client import WhatsAppClient
from bot.whatsapp.downloads import Downloads, write_whole
from bot.whatsapp.line import GatewayLine
from bot.whatsapp.protocol import Do, Tell, read_outgoing, write_error
from bot.whatsapp.standing import Standing

log = logging.getLogger(__name__)

#: How long a pairing code waits for the first QR code, before which it cannot be asked for.
QR_WAIT = timedelta(seconds=30)


class Requests:
    def __init__(self, client: WhatsAppClient, downloads: Downloads, line: GatewayLine, standing: Standing) -> None:
        self._client, self._downloads, self._line, self._standing = client, downloads, line, standing
        self._sends: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._send_in_order, name="sender", daemon=True).start()

    def take(self, request: dict[str, Any]) -> None:
        """Never blocks: sends wait in line, everything else gets a thread of its own."""
        match Do(request["do"]):
            case Do.SEND:
                self._sends.put(request)
            case Do.DOWNLOAD:
                self._start(request, self._download)
            case Do.VIEW:
                self._start(request, self._view)
            case Do.PROBE:
                self._start(request, self._probe)
            case Do.FIND:
                self._start(request, self._find)
            case Do.PAIRING_CODE:
                self._start(request, self._pairing_code)
            case Do.LOGOUT:
                self._start(request, self._logout, NoticeKind.UNLINKED)
            case Do.WATCH | Do.STOP | Do.PING:
                raise AssertionError("answered elsewhere")

    def _start(
        self, request: dict[str, Any], act: Callable[[dict[str, Any]], Any], then: NoticeKind | None = None
    ) -> None:
        threading.Thread(target=self._answer, args=(request, act, then), name=request["do"], daemon=True).start()

    def _send_in_order(self) -> None:
        while True:
            self._answer(self._sends.get(), self._send)

    def _answer(
        self, request: dict[str, Any], act: Callable[[dict[str, Any]], Any], then: NoticeKind | None = None
    ) -> None:
        """Act and answer; the notice of a success goes out after the answer, for it may be the end of this process."""
        try:
            outcome = {"result": act(request)}
        except GatewayError as error:
            outcome = {"error": write_error(error)}
        except Exception as error:
            log.error("a request failed", exc_info=error, extra=fields(request=request["do"]))
            outcome = {"error": write_error(GatewayError("failed", type(error).__name__))}
        self._line.tell(Tell.ANSWER, request=request["request"], **outcome)
        if then is not None and "result" in outcome:
            self._line.notice(then)

    def _send(self, request: dict[str, Any]) -> Any:
        self._standing.require_connection()
        return to_document(self._client.send(Jid.parse(request["to"]), read_outgoing(request["what"])))

    def _download(self, request: dict[str, Any]) -> None:
        write_whole(self._fetched(request), Path(request["target"]))

    def _view(self, request: dict[str, Any]) -> str:
        """What may be seen once never touches the disk."""
        return b64encode(self._fetched(request)).decode()

    def _fetched(self, request: dict[str, Any]) -> bytes:
        self._standing.require_connection()
        deadline = timedelta(seconds=request["seconds"])
        return self._downloads.fetch(request["payload"], request["size"], deadline)

    def _probe(self, _: dict[str, Any]) -> None:
        self._standing.require_connection()
        if self._standing.account.phone is not None:
            self._client.probe(self._standing.account.phone)

    def _find(self, request: dict[str, Any]) -> str | None:
        self._standing.require_connection()
        lid = self._client.lid_of(Jid.parse(request["phone"]))
        return str(lid) if lid else None

    def _pairing_code(self, request: dict[str, Any]) -> str:
        if self._standing.is_connected:
            raise GatewayError("already_linked", permanent=True)
        if not self._standing.qr_seen.wait(QR_WAIT.total_seconds()):
            raise GatewayError("not_connected", "WhatsApp offers no linking now")
        code = self._client.pairing_code(request["phone"])
        self._line.notice(NoticeKind.PAIRING_CODE, text=code)
        return code

    def _logout(self, _: dict[str, Any]) -> None:
        self._standing.require_connection()
        self._standing.is_connected = False
        try:
            self._client.logout()
        except GatewayError:
            self._standing.is_connected = True
            raise

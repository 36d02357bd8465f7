"""The WhatsApp process' end of the connection to the gateway."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from bot.model.document import to_document
from bot.model.link import Notice, NoticeKind
from bot.whatsapp.protocol import Do, Exit, Tell, read, write


class GatewayLine:
    """The connection to the gateway. Telling never blocks; the end of the connection ends the process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._outbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def open(self, on_request: Callable[[dict[str, Any]], None]) -> None:
        self.tell(Tell.HERE)  # before any answer
        threading.Thread(target=self._write, name="to-gateway", daemon=True).start()
        threading.Thread(target=self._read, args=(on_request,), name="from-gateway", daemon=True).start()

    def tell(self, tell: Tell, **fields: Any) -> None:
        self._outbox.put({"tell": tell, **fields})

    def notice(self, kind: NoticeKind, at: datetime | None = None, **facts: Any) -> None:
        self.tell(Tell.NOTICE, notice=to_document(Notice(kind, at or datetime.now(UTC), **facts)))

    def _write(self) -> None:
        while True:
            try:
                write(self._connection, self._outbox.get())
            except OSError:
                os._exit(Exit.PARENT_GONE)

    def _read(self, on_request: Callable[[dict[str, Any]], None]) -> None:
        """Answers pings itself: they ask whether the process lives, not whether WhatsApp does."""
        while True:
            try:
                request = read(self._connection)
            except (EOFError, OSError):
                os._exit(Exit.PARENT_GONE)
            if request["do"] == Do.PING:
                self.tell(Tell.PONG)
            else:
                on_request(request)

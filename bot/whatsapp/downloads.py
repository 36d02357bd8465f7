"""Media files for the bot: by the library first, and by ourselves when it fails or does not come back."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.logs import fields
from bot.model.errors import GatewayError
from bot.whatsapp import mediafile

log = logging.getLogger(__name__)

#: The library's downloads cannot be cancelled. When so many of them hang, it is not asked until one comes back.
MOST_HANGING = 4
#: Limit of our own download of a file whose size was not announced, in bytes.
UNANNOUNCED = 64 * 1024 * 1024


class Downloads:
    """Any thread may fetch. `by_library` downloads by payload and raises GatewayError; it may hang."""

    def __init__(self, by_library: Callable[[str], bytes], proxy: str) -> None:
        self._by_library, self._proxy = by_library, proxy
        self._hanging: set[threading.Thread] = set()
        self._counting = threading.Lock()

    def fetch(self, payload: str, size: int, deadline: timedelta) -> bytes:
        """The decrypted file; each of the two ways may take up to `deadline`. `size` as announced, 0 for unknown.

        Raises GatewayError: permanent when both ways say that trying again cannot help.
        """
        try:
            return self._patiently(payload, deadline)
        except GatewayError as fault:
            content = self._ourselves(payload, size, deadline, fault)
        log.info("a file that the library could not get was downloaded without it")
        return content

    def _ourselves(self, payload: str, size: int, deadline: timedelta, fault: GatewayError) -> bytes:
        try:
            return mediafile.fetch(payload, self._proxy, size or UNANNOUNCED, deadline)
        except GatewayError as ours:
            log.info("a download failed in both ways", extra=fields(library=fault.reason, ours=ours.reason))
            gives_up = fault.permanent and ours.permanent
            raise GatewayError(fault.reason, fault.detail, permanent=gives_up) from ours

    def _patiently(self, payload: str, deadline: timedelta) -> bytes:
        """The library's download, left to itself when it takes too long."""
        done: queue.SimpleQueue[bytes | GatewayError] = queue.SimpleQueue()
        asking = threading.Thread(target=lambda: done.put(self._outcome(payload)), name="library", daemon=True)
        with self._counting:
            self._hanging = {thread for thread in self._hanging if thread.is_alive()}
            if len(self._hanging) >= MOST_HANGING:
                raise GatewayError("deadline", "earlier downloads of the library have not come back")
        asking.start()
        try:
            outcome = done.get(timeout=deadline.total_seconds())
        except queue.Empty:
            with self._counting:
                self._hanging.add(asking)
            raise GatewayError("deadline", "the library's download takes too long") from None
        if isinstance(outcome, GatewayError):
            raise outcome
        return outcome

    def _outcome(self, payload: str) -> bytes | GatewayError:
        try:
            return self._by_library(payload)
        except GatewayError as error:
            return error
        except Exception as bug:  # noqa: BLE001  # the one who waits must be told, whatever it is
            return GatewayError("failed", type(bug).__name__)


def write_whole(content: bytes, target: Path) -> None:
    """A file that is there whole or not at all."""
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(content)
    partial.replace(target)

"""Lanes: threads that do what takes time (downloads, matching, sending) and hand plain values back to the engine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)


K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Finished(Generic[K]):
    """A job that ended: with `value`, or with `error`."""

    key: K
    value: Any
    error: BaseException | None


class Lane(Generic[K]):
    """Up to `width` jobs at once; each known by a key, and never twice in the lane."""

    def __init__(self, name: str, width: int, wake: Callable[[], None]) -> None:
        self._pool = ThreadPoolExecutor(width, thread_name_prefix=name)
        self._width = width
        self._busy: set[K] = set()
        self._finished: SimpleQueue[Finished[K]] = SimpleQueue()
        self._wake = wake

    @property
    def room(self) -> int:
        """How many more jobs would start at once."""
        return self._width - len(self._busy)

    @property
    def is_idle(self) -> bool:
        """Nothing is under way, and everything that ended was taken."""
        return not self._busy

    @property
    def look_ahead(self) -> int:
        """How many due jobs to look at: those that are in the lane already, and those that could start."""
        return 2 * self._width

    def takes(self, key: K) -> bool:
        """Whether this job could start now: there is room, and it is not in the lane."""
        return bool(self.room) and key not in self._busy

    def submit(self, key: K, job: Callable[[], Any]) -> None:
        """Start a job; called by the engine only. The key must not be in the lane."""
        assert key not in self._busy, key
        self._busy.add(key)
        self._pool.submit(job).add_done_callback(lambda future: self._end(key, future))

    def finished(self) -> list[Finished[K]]:
        """The jobs that ended since the last call; called by the engine only."""
        ended: list[Finished[K]] = []
        while True:
            try:
                job = self._finished.get_nowait()
            except Empty:
                return ended
            self._busy.discard(job.key)
            ended.append(job)

    def close(self, wait: bool = False) -> None:
        """Take no more jobs. Those under way need not be waited for: what they did not finish is due again at start."""
        self._pool.shutdown(wait=wait, cancel_futures=True)

    def _end(self, key: K, future: Future[Any]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        self._finished.put(Finished(key, None if error else future.result(), error))
        self._wake()

"""The machine's clock, whose waits pass quickly for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.clock import SystemClock


class RushingClock(SystemClock):
    """While it rushes a minute of its monotonic time passes in a second; the time of day is always the machine's."""

    def __init__(self) -> None:
        self._gained, self._since = 0.0, float("inf")

    def monotonic(self) -> float:
        now = time.monotonic()
        return now + self._gained + 59 * max(now - self._since, 0.0)

    @contextmanager
    def rushing(self) -> Iterator[None]:
        self._since = time.monotonic()
        yield
        self._gained, self._since = self.monotonic() - time.monotonic(), float("inf")

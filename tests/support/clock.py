"""A clock that a test moves by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

#: A Wednesday, 09:00 in Bogota.
START = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)


class FakeClock:
    """Stands still until `advance` is called."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, step: timedelta) -> None:
        self._now += step
        self._monotonic += step.total_seconds()

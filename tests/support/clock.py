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
        self._boot = "boot 1"

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def elapsed(self) -> float:
        return self._monotonic

    def boot(self) -> str:
        return self._boot

    def advance(self, step: timedelta) -> None:
        self._now += step
        self._monotonic += step.total_seconds()

    def set(self, to: datetime) -> None:
        """Somebody sets the time of day."""
        self._now = to

    def restart_machine(self, name: str = "") -> None:
        """The machine starts anew; `name` tells which start it is, unless that cannot be known."""
        self._monotonic, self._boot = 5.0, name

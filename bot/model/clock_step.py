"""Was the machine's time of day set? Told by comparing it with a clock that nobody can set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Smaller differences are the two clocks' own drift; they cannot break a limit by more than themselves.
STEP = timedelta(seconds=1)


@dataclass(frozen=True)
class Anchor:
    """The time of day at a moment of the clock that nobody can set."""

    wall: datetime
    elapsed: float  #: seconds since the machine was started
    boot: str  #: which start that was; empty when not known

    def is_of(self, boot: str) -> bool:
        """Whether it was taken in this start of the machine: else `elapsed` counts from somewhere else."""
        return bool(self.boot) and self.boot == boot

    def step_until(self, later: Anchor) -> timedelta:
        """By how much the time of day was set in between; both are of one start of the machine."""
        by = later.wall - (self.wall + timedelta(seconds=later.elapsed - self.elapsed))
        return by if abs(by) >= STEP else timedelta()

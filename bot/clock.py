"""Where the time comes from: wall clock for records, monotonic clock for waiting."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

#: Names this start of the machine (random(4)); only Linux has it.
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back, whatever is done to the time of day."""

    def elapsed(self) -> float:
        """Seconds since the machine was started, also those that it slept; setting the time of day changes nothing."""

    def boot(self) -> str:
        """Which start of the machine `elapsed` counts from; empty when that is not known."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def elapsed(self) -> float:
        """`time.monotonic` stands still while a Linux machine or a Mac sleeps; these clocks do not."""
        return time.clock_gettime(_AWAKE_OR_ASLEEP) if _AWAKE_OR_ASLEEP is not None else time.monotonic()

    def boot(self) -> str:
        return _boot_id()


@cache
def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


#: CLOCK_BOOTTIME on Linux; on a Mac CLOCK_MONOTONIC counts sleep (clock_gettime(3)); Windows' own clock does anyway.
_AWAKE_OR_ASLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))

"""The sending limits themselves: how many messages, how far apart, at which hours, how fast a person types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from bot.model.outbox import Pace

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

#: Texts above this length take a person two seconds more.
LONG_TEXT = 100
_PACES = {Pace.PLAIN: (3.0, 5.0), Pace.CONFIRMATION: (5.0, 8.0), Pace.REPORT: (8.0, 12.0)}
#: At amber risk gaps and pauses are this many times as long, and this fraction of each count is allowed.
SLOW_DOWN = 2


class Limit(StrEnum):
    """The limits by name: the typed reason behind RATE_LIMIT_EXCEEDED."""

    NUMBER_GAP = "number_gap"
    GAP = "gap"
    NUMBER_MINUTE = "number_minute"
    NUMBER_HOUR = "number_hour"
    NUMBER_DAY = "number_day"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    CONTACTS_HOUR = "contacts_hour"
    WARMUP = "warmup"
    QUIET = "quiet"


@dataclass(frozen=True)
class QuietHours:
    """Local hours in which contacts get nothing; `start` after `end` spans midnight."""

    start: time
    end: time
    zone: ZoneInfo

    def ends_after(self, now: datetime) -> datetime:
        """The end of the quiet time that `now` lies in; `now` itself when it is not quiet."""
        local = now.astimezone(self.zone)
        clock = local.time()
        spans_midnight = self.start > self.end
        after_start, before_end = clock >= self.start, clock < self.end
        if not (after_start or before_end if spans_midnight else after_start and before_end):
            return now
        day = local.date() + DAY if clock >= self.end else local.date()
        end = datetime.combine(day, self.end, self.zone).astimezone(UTC)
        while end <= now:  # the clocks were changed inside the window
            end += timedelta(minutes=15)
        return end


Window = tuple[Limit, timedelta, int]


@dataclass(frozen=True)
class Limits:
    per_number: tuple[Window, ...] = (
        (Limit.NUMBER_MINUTE, MINUTE, 5),
        (Limit.NUMBER_HOUR, HOUR, 20),
        (Limit.NUMBER_DAY, DAY, 50),
    )
    in_total: tuple[Window, ...] = (
        (Limit.MINUTE, MINUTE, 30),
        (Limit.HOUR, HOUR, 200),
        (Limit.DAY, DAY, 1000),
    )
    number_gap: timedelta = timedelta(seconds=2)
    gap: timedelta = timedelta(seconds=1)
    contacts_per_hour: int = 50
    #: messages to contacts per day in the first days of a link
    warmup: tuple[int, ...] = (20, 40, 60, 80, 100, 120, 150)
    quiet: QuietHours | None = None
    human_pace: float = 1.0  #: times the pause that a person would take

    def slowed(self) -> Limits:
        """The limits at amber risk: half of each count (at least one), twice each gap and pause."""
        return replace(
            self,
            per_number=tuple(map(_halved, self.per_number)),
            in_total=tuple(map(_halved, self.in_total)),
            number_gap=self.number_gap * SLOW_DOWN,
            gap=self.gap * SLOW_DOWN,
            contacts_per_hour=_part(self.contacts_per_hour),
            warmup=tuple(map(_part, self.warmup)),
            human_pace=self.human_pace * SLOW_DOWN,
        )

    def human_delay(self, pace: Pace, text: str, random: Random) -> timedelta:
        """How long a person would take before this text is sent."""
        low, high = _PACES[pace]
        extra = 2.0 if len(text) > LONG_TEXT else 0.0
        return timedelta(seconds=(random.uniform(low, high) + extra) * self.human_pace)


def _halved(window: Window) -> Window:
    limit, span, count = window
    return limit, span, _part(count)


def _part(count: int) -> int:
    return max(1, count // SLOW_DOWN)

"""The bot looking back: coverage by day, times when it was blind, posts and messages by hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.coverage import Blind


@dataclass(frozen=True)
class DayCoverage:
    """One local day, as far as it has passed since the first start."""

    start: datetime  #: local midnight, in UTC
    seen: timedelta
    passed: timedelta


@dataclass(frozen=True)
class PostHour:
    """The statuses that contacts of active campaigns posted in one hour."""

    start: datetime
    judged: int = 0
    waiting: int = 0
    not_captured: int = 0
    other: int = 0

    @property
    def posts(self) -> int:
        return self.judged + self.waiting + self.not_captured + self.other


@dataclass(frozen=True)
class SendHour:
    """The messages that went out in one hour."""

    start: datetime
    to_control: int = 0
    to_contacts: int = 0

    @property
    def messages(self) -> int:
        return self.to_control + self.to_contacts


@dataclass(frozen=True)
class Trends:
    """Everything in it is oldest first; `at` None means that nothing was counted yet."""

    at: datetime | None = None
    days: tuple[DayCoverage, ...] = ()  #: up to 30 local days, from that of the first start to today
    blind_today: tuple[Blind, ...] = ()
    blind: tuple[Blind, ...] = ()  #: of the last 7 local days, since the first start
    posts: tuple[PostHour, ...] = ()  #: the last 24 hours
    sends: tuple[SendHour, ...] = ()  #: the last 24 hours

    def coverage(self, days: int) -> tuple[timedelta, timedelta]:
        """Seen time and passed time of the last so many local days, today included."""
        latest = self.days[-days:]
        return sum((day.seen for day in latest), timedelta()), sum((day.passed for day in latest), timedelta())

"""When something recurs: plans in local time, and their due times, exact through every change of the clocks."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
#: The rarest plan recurs once a month: its next due time is never further away.
FARTHEST = 40


class Recurs(StrEnum):
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"  #: on a day of the month; in shorter months on the last one
    HOURS = "hours"  #: at every n-th hour of the local day, counted from `hour`
    ONCE = "once"


@dataclass(frozen=True)
class Plan:
    """Made by the functions below; what a kind does not use keeps its default."""

    recurs: Recurs
    hour: int = 0  #: local, 0-23
    minute: int = 0
    weekday: int = 0  #: 0 is Monday, as in `datetime.weekday`
    day: int = 1  #: of the month, 1-31
    every: int = 0  #: hours
    at: datetime | None = None


def daily(hour: int, minute: int = 0) -> Plan:
    return Plan(Recurs.DAILY, hour, minute)


def weekly(weekday: int, hour: int, minute: int = 0) -> Plan:
    return Plan(Recurs.WEEKLY, hour, minute, weekday=weekday)


def monthly(day: int, hour: int, minute: int = 0) -> Plan:
    return Plan(Recurs.MONTHLY, hour, minute, day=day)


def every_hours(hours: int, hour: int = 0, minute: int = 0) -> Plan:
    return Plan(Recurs.HOURS, hour % hours, minute, every=hours)


def once(at: datetime) -> Plan:
    return Plan(Recurs.ONCE, at=at)


def next_due(plan: Plan, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first due time later than `after`, in UTC; None for what is over.

    A local time that the clocks skip is due when as much of the day has passed as on the day before (2:30 becomes
    3:30); one that comes twice is due the first time (PEP 495, `fold=0`).
    """
    if plan.recurs is Recurs.ONCE:
        return plan.at if plan.at is not None and plan.at > after else None
    today = after.astimezone(zone).date()
    days = (today + DAY * n for n in range(-1, FARTHEST))
    return next(due for day in days for due in _on(plan, day, zone) if due > after)


def latest_due(plan: Plan, since: datetime, now: datetime, zone: ZoneInfo) -> tuple[datetime, int]:
    """The newest due time up to `now`, and how many others came after `since` and before it; `since` is one itself."""
    newest, passed = since, 0
    while (due := next_due(plan, newest, zone)) is not None and due <= now:
        newest, passed = due, passed + 1
    return newest, passed


def next_three(plan: Plan, now: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Up to three coming due times."""
    found: list[datetime] = []
    while len(found) < 3 and (due := next_due(plan, found[-1] if found else now, zone)) is not None:
        found.append(due)
    return tuple(found)


def _on(plan: Plan, day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """The due times of a local day, in UTC, in order."""
    if plan.recurs is Recurs.WEEKLY and day.weekday() != plan.weekday:
        return
    if plan.recurs is Recurs.MONTHLY and day.day != min(plan.day, calendar.monthrange(day.year, day.month)[1]):
        return
    hours = range(plan.hour, 24, plan.every) if plan.recurs is Recurs.HOURS else (plan.hour,)
    for hour in hours:
        yield datetime.combine(day, time(hour, plan.minute), zone).astimezone(UTC)

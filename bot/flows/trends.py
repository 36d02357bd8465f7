"""Looks back for the page: coverage, blind times, posts and messages by hour; counted now and then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.flows.coverage import coverage, first_start
from bot.model.capture import CaptureState
from bot.model.document import to_document
from bot.model.outbox import To
from bot.model.trends import DayCoverage, PostHour, SendHour, Trends
from storage.query import where
from storage.tables import Tables

DAYS, BLIND_DAYS, HOURS = 30, 7, 24
HOUR = timedelta(hours=1)
#: Looking back at a month with 400 changes of the link and 3,000 posts a day takes 60 ms: too much for each second.
RENEW_EVERY = timedelta(seconds=15)

_WAITING = (CaptureState.TICKET, CaptureState.TO_FETCH, CaptureState.TO_JUDGE)


class Hindsight:
    """Remembers the last look back, until it is a few seconds old or the link has changed."""

    def __init__(self) -> None:
        self._kept = Trends()
        self._seen: tuple[str, int] | None = None

    def look(self, tables: Tables, zone: ZoneInfo, now: datetime) -> Trends:
        seen = (zone.key, tables.link_log.version)
        age = now - self._kept.at if self._kept.at else None
        if age is None or seen != self._seen or not timedelta() <= age < RENEW_EVERY:
            self._kept, self._seen = look_back(tables, zone, now), seen
        return self._kept


def look_back(tables: Tables, zone: ZoneInfo, now: datetime) -> Trends:
    """Count everything anew."""
    started = min(first_start(tables, now), now)  # a clock may have been set back
    midnights = _midnights(zone, now, started)
    week = max(midnights[-BLIND_DAYS:][0], started)
    return Trends(
        at=now,
        days=tuple(_days(tables, midnights, started, now)),
        blind_today=coverage(tables, max(midnights[-1], started), now).blind,
        blind=coverage(tables, week, now).blind,
        posts=tuple(_posts(tables, now)),
        sends=tuple(_sends(tables, now)),
    )


def _midnights(zone: ZoneInfo, now: datetime, since: datetime) -> list[datetime]:
    """The beginnings of the last local days, today's the last; days of 23 and 25 hours are as long as they are."""
    today, first = now.astimezone(zone).date(), since.astimezone(zone).date()
    dates = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return [datetime(d.year, d.month, d.day, tzinfo=zone).astimezone(UTC) for d in dates if d >= first]


def _days(tables: Tables, midnights: list[datetime], started: datetime, now: datetime) -> Iterator[DayCoverage]:
    for start, end in pairwise([*midnights, now]):
        of_day = coverage(tables, max(start, started), end)
        yield DayCoverage(start, of_day.seen, of_day.total)


def _posts(tables: Tables, now: datetime) -> Iterator[PostHour]:
    hours = _hours(now)
    recent = where("posted_at") >= to_document(hours[0])
    count = Counter(
        (_hour_of(posted_at), state) for posted_at, state in tables.captures.pluck(recent, "posted_at", "state")
    )
    for hour in hours:
        yield PostHour(
            start=hour,
            judged=count[hour, CaptureState.JUDGED],
            waiting=sum(count[hour, state] for state in _WAITING),
            not_captured=count[hour, CaptureState.NOT_CAPTURED],
            other=count[hour, CaptureState.OTHER],
        )


def _sends(tables: Tables, now: datetime) -> Iterator[SendHour]:
    hours = _hours(now)
    recent = where("sending_at") >= to_document(hours[0])
    count = Counter(
        (_hour_of(sending_at), audience)
        for sending_at, audience in tables.outbox.pluck(recent, "sending_at", "audience")
    )
    for hour in hours:
        yield SendHour(hour, to_control=count[hour, To.CONTROL], to_contacts=count[hour, To.CONTACT])


def _hours(now: datetime) -> list[datetime]:
    """The beginnings of the last hours, the present one the last."""
    present = now.replace(minute=0, second=0, microsecond=0)
    return [present - HOUR * ago for ago in reversed(range(HOURS))]


def _hour_of(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).replace(minute=0, second=0, microsecond=0)

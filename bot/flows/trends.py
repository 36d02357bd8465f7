"""Looks back for the page: coverage, blind times, posts and messages by hour; counted at most once a minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from bot.model.capture import CaptureState
from bot.model.document import to_document
from bot.model.link import LinkState
from bot.model.outbox import To
from bot.model.trends import DayCoverage, PostHour, SendHour, Span, Trends
from storage.query import where
from storage.tables import Tables

DAYS, BLIND_DAYS, HOURS = 30, 7, 24
HOUR = timedelta(hours=1)
#: Counting thousands of rows is too much for each second.
RENEW_EVERY = timedelta(minutes=1)
#: A shorter interruption is not worth naming; it still counts against the coverage.
WORTH_NAMING = timedelta(minutes=1)

_WAITING = (CaptureState.TICKET, CaptureState.TO_FETCH, CaptureState.TO_JUDGE)


class Hindsight:
    """Remembers the last look back, until a minute has passed or the link has changed."""

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
    midnights = _midnights(zone, now)
    spans = list(link_spans(tables, midnights[0], now))
    week = [span for start in midnights[-BLIND_DAYS:][:1] for span in _within(spans, start, now)]
    return Trends(
        at=now,
        today=tuple(_within(spans, midnights[-1], now)),
        days=tuple(_days(spans, midnights, now)),
        blind=tuple(span for span in week if span.is_blind and span.length >= WORTH_NAMING),
        posts=tuple(_posts(tables, now)),
        sends=tuple(_sends(tables, now)),
    )


def link_spans(tables: Tables, since: datetime, now: datetime) -> Iterator[Span]:
    """The link's states from `since` to `now`, neighbours of one kind joined; nothing before the first start."""
    from_then = where("at") > to_document(since)
    before = tables.link_log.find(where("at") <= to_document(since), order_by="at", reverse=True, limit=1)
    changes = [*before, *tables.link_log.find(from_then, order_by="at")]
    moments = [max(change.at, since) for change in changes] + [now]
    spans = [
        Span(start, end, change.state)
        for change, (start, end) in zip(changes, pairwise(moments), strict=True)
        if end > start
    ]
    for is_blind, joined in groupby(spans, key=lambda span: span.is_blind):
        together = list(joined)
        longest = max(together, key=lambda span: span.length)
        yield Span(together[0].start, together[-1].end, longest.state if is_blind else LinkState.CONNECTED)


def _within(spans: list[Span], start: datetime, end: datetime) -> Iterator[Span]:
    for span in spans:
        if span.end > start and span.start < end:
            yield Span(max(span.start, start), min(span.end, end), span.state)


def _midnights(zone: ZoneInfo, now: datetime) -> list[datetime]:
    """The beginnings of the last local days, today's the last; days of 23 and 25 hours are as long as they are."""
    today = now.astimezone(zone).date()
    dates = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return [datetime(date.year, date.month, date.day, tzinfo=zone).astimezone(UTC) for date in dates]


def _days(spans: list[Span], midnights: list[datetime], now: datetime) -> Iterator[DayCoverage]:
    for start, end in pairwise([*midnights, now]):
        of_day = list(_within(spans, start, end))
        if of_day:
            passed = sum((span.length for span in of_day), timedelta())
            seen = sum((span.length for span in of_day if not span.is_blind), timedelta())
            yield DayCoverage(start, seen, passed)


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

"""The time that a paper is about: its days, how much of it the bot saw, and when it was blind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.flows.coverage import coverage, first_start
from bot.flows.statistics import Posts, added
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, say
from bot.model.coverage import Coverage
from bot.model.percent import whole_percent
from bot.papers.reader import Reader
from storage.tables import Tables

#: Without a campaign, a report looks back so many days.
LOOK_BACK = 30
#: A chart shows so many bars at most; longer times are put together by weeks, then by blocks of 30 days.
MOST_BARS = 31


@dataclass(frozen=True)
class Period:
    begin: datetime
    end: datetime
    coverage: Coverage


def share_told(coverage: Coverage) -> Phrase:
    """How much was seen, as shortly as a drawing has room for."""
    return say("papers.coverage", share=whole_percent(share_of(coverage)), seen=coverage.seen, total=coverage.total)


def share_of(coverage: Coverage) -> float:
    """Of the whole time, how much was seen; 0-1."""
    return coverage.seen / coverage.total if coverage.total else 0.0


def period_of(tables: Tables, reader: Reader, campaign: Campaign | None, days: int | None = None) -> Period:
    """A campaign's own time until now, or of it the last days if so many are asked for; without one, the last days.

    Not to have been there before the first start counts as blindness only where the owner set an earlier beginning.
    """
    begin, end = reader.midnight(reader.today - timedelta(days=(days or LOOK_BACK) - 1)), reader.now
    if campaign is not None:
        first = campaign.rules.starts_at or campaign.created_at
        begin, end = max(begin, first) if days else first, min(end, campaign.rules.ends_at or end)
    begin = min(begin, end)
    is_announced = campaign is not None and campaign.rules.starts_at is not None
    watched = begin if is_announced else max(begin, first_start(tables, end))
    return Period(begin, end, coverage(tables, watched, end))


def coverage_of_day(tables: Tables, reader: Reader, period: Period, day: date) -> Coverage:
    """Of so much of a local day as lies in the period."""
    begin, end = reader.midnight(day), reader.midnight(day + timedelta(days=1))
    return coverage(tables, max(begin, period.begin), min(end, period.end))


def days_of(period: Period, reader: Reader) -> list[date]:
    first, last = reader.date_of(period.begin), reader.date_of(period.end)
    return [first + timedelta(days=ago) for ago in range((last - first).days + 1)]


def put_together(days: dict[date, Posts]) -> Iterator[tuple[date, Posts]]:
    """As many bars as a chart can show, each named by its first day."""
    dates = list(days)
    step = next(step for step in _steps() if -(-len(dates) // step) <= MOST_BARS)
    for first in range(0, len(dates), step):
        yield dates[first], added(days[day] for day in dates[first : first + step])


def _steps() -> Iterable[int]:
    yield from (1, 7)
    step = 30
    while True:
        yield step
        step *= 2

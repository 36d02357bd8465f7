"""The time that a paper is about: its days, how much of it the bot saw, and when it was blind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.flows.statistics import Posts, added
from bot.flows.trends import link_spans
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, say
from bot.model.trends import Span
from bot.papers.reader import Reader
from storage.tables import Tables

#: Without a campaign, a report looks back so many days.
LOOK_BACK = 30
#: A chart shows so many bars at most; longer times are put together by weeks, then by blocks of 30 days.
MOST_BARS = 31
#: Shorter interruptions are not listed.
WORTH_LISTING = timedelta(minutes=1)


@dataclass(frozen=True)
class Period:
    begin: datetime
    end: datetime
    spans: tuple[Span, ...]  #: what is known of the link in it

    @property
    def seen(self) -> timedelta:
        return sum((span.length for span in self.spans if not span.is_blind), timedelta())

    @property
    def total(self) -> timedelta:
        return self.end - self.begin

    @property
    def share(self) -> float:
        return self.seen / self.total if self.total else 0.0

    @property
    def blind(self) -> list[Span]:
        return [span for span in self.spans if span.is_blind and span.length >= WORTH_LISTING]

    @property
    def told(self) -> Phrase:
        """The coverage in a sentence."""
        return say("papers.coverage", share=100 * self.share, seen=self.seen, total=self.total)


def period_of(tables: Tables, reader: Reader, campaign: Campaign | None, days: int | None = None) -> Period:
    """The last days if so many are asked for; else since the campaign was made; else the usual look back."""
    back = reader.midnight(reader.today - timedelta(days=(days or LOOK_BACK) - 1))
    begin = back if campaign is None else campaign.created_at if days is None else max(back, campaign.created_at)
    return Period(begin, reader.now, tuple(link_spans(tables, begin, reader.now)))


def within(period: Period, begin: datetime, end: datetime) -> Period:
    """The part of a period between two moments."""
    first, last = max(period.begin, begin), min(period.end, end)
    spans = (Span(max(s.start, first), min(s.end, last), s.state) for s in period.spans)
    return Period(first, max(first, last), tuple(span for span in spans if span.end > span.start))


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

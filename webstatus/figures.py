"""What the cards draw and list: the overview's numbers, made ready for one reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.model.overview import OutcomeCounts, Overview
from webstatus import charts
from webstatus.charts import BAD, BUSY, GOOD, OFF, Chart
from webstatus.reader import Reader
from webstatus.shortlist import ON_PAGE, shortlist

#: Blind times that are named one by one; how many more there were is told.
MOST_BLIND = 8
#: The limit that the chart of messages is drawn against.
CHARTED_LIMIT = "contacts_hour"

Row = tuple[str, *tuple[object, ...]]


class Figures:
    def __init__(self, overview: Overview, reader: Reader) -> None:
        self._overview, self._trends, self._reader = overview, overview.trends, reader
        limits = {limit.name: limit.limit for limit in overview.limits}
        self.sends_limit = limits.get(CHARTED_LIMIT)
        self.outcomes = _outcome_bar(overview.outcomes)
        self.listed, self.campaigns_left_out = shortlist(overview, ON_PAGE)
        self.campaigns = {campaign.id: _outcome_bar(campaign.outcomes) for campaign in self.listed}
        self.posts = charts.posts_chart(self._trends)
        self.posts_in_all = sum(hour.posts for hour in self._trends.posts)
        self.sends = charts.sends_chart(self._trends, self.sends_limit)
        self.sends_in_all = sum(hour.messages for hour in self._trends.sends)
        self.days = charts.days_chart(self._trends)
        blind = self._trends.blind[::-1]
        self.blind, self.blind_left_out = blind[:MOST_BLIND], len(blind[MOST_BLIND:])

    @property
    def today(self) -> Chart:
        """The whole local day from left to right."""
        today, now = self._trends.days[-1], self._trends.at or self._overview.at
        day = (today.start, self._reader.next_midnight(today.start))
        return charts.timeline(day, (now - today.passed, now), self._trends.blind_today)

    @property
    def coverage(self) -> Iterator[tuple[int, timedelta, timedelta]]:
        """Days, seen time, passed time: of today (counted each second), of a week, of a month."""
        yield 1, self._overview.seen_today, self._overview.day_so_far
        for days in (7, 30):
            if len(self._trends.days) > 1:
                yield days, *self._trends.coverage(days)

    @property
    def hours(self) -> list[str]:
        """Labels below a chart of hours: each sixth, and the present one."""
        starts = [hour.start for hour in self._trends.posts]
        return [self._reader.clock(start) for start in [*starts[::6], *starts[-1:]]]

    @property
    def first_and_last_day(self) -> list[str]:
        return [self._reader.day(day.start) for day in (self._trends.days[0], self._trends.days[-1])]

    @property
    def posts_rows(self) -> list[Row]:
        return [
            (self._reader.time(hour.start), hour.judged, hour.not_captured, hour.other, hour.waiting)
            for hour in reversed(self._trends.posts)
            if hour.posts
        ]

    @property
    def sends_rows(self) -> list[Row]:
        return [
            (self._reader.time(hour.start), hour.to_contacts, hour.to_control)
            for hour in reversed(self._trends.sends)
            if hour.messages
        ]

    @property
    def days_rows(self) -> list[Row]:
        return [
            (
                self._reader.day(day.start),
                self._reader.say("page.coverage.of", seen=day.seen, passed=day.passed),
                self._reader.percent(day.seen.total_seconds(), day.passed.total_seconds()),
            )
            for day in reversed(self._trends.days)
        ]


def _outcome_bar(counts: OutcomeCounts) -> Chart:
    return charts.bar(
        ((GOOD, counts.cumple), (BAD, counts.incumple), (BUSY, counts.no_capturado), (OFF, counts.pendiente))
    )

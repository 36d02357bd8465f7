"""The charts that can be asked for: what each one counts, and the numbers that its caption says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.flows import statistics, tally
from bot.flows.coverage import coverage, first_start
from bot.flows.coverage_lines import covered
from bot.flows.outcome_lines import in_rows
from bot.flows.statistics import Posts, added, by_day, by_hour
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, say
from bot.model.coverage import Coverage
from bot.model.overview import OutcomeCounts
from bot.model.percent import whole_percent
from bot.papers.bar_chart import Bar, bar_chart
from bot.papers.canvas import COLOURS
from bot.papers.period import Period, days_of, period_of, put_together, share_of, share_told
from bot.papers.pie_chart import Slice, pie_chart
from bot.papers.rate_chart import MOST_ROWS, Rate, rate_chart
from bot.papers.reader import Reader
from bot.papers.uptime_chart import DayStrip, Stretch, uptime_chart
from storage.query import where
from storage.tables import Tables

#: Days of an uptime chart unless others are asked for, and the most that a picture shows.
UPTIME_DAYS, MOST_UPTIME_DAYS = 7, 31
#: The parts of a post's bar, from the bottom up, with the outcome that lends each its colour.
_PARTS = (("match", "cumple"), ("no_match", "incumple"), ("not_captured", "no_capturado"), ("review", "review"))


@dataclass(frozen=True)
class Chart:
    picture: bytes  #: PNG
    caption: tuple[Phrase, ...]  #: says every number that the picture shows


def pie(tables: Tables, reader: Reader, campaign: Campaign | None, back: int | None) -> Chart:
    """How everybody stands: in one campaign, or in all active ones together."""
    counts = tally.outcomes(tables, campaign) if campaign else _of_active(tables)
    whole = {code: getattr(counts, code) for code in ("cumple", "incumple", "no_capturado", "pendiente")}
    total = sum(whole.values())
    period = period_of(tables, reader, campaign)
    picture = pie_chart(
        reader.render(_name(campaign)),
        _subtitle(reader, period),
        reader.render(share_told(period.coverage)),
        [Slice(reader.say(f"page.outcome.{code}"), count, COLOURS[code]) for code, count in whole.items()],
        middle=f"{whole_percent(counts.cumple / total)} %" if total else "–",
        below=reader.say("chart.of_all", n=counts.cumple, total=total),
    )
    return Chart(picture, (say("chart.pie", name=_name(campaign)), *in_rows(counts), _covered(reader, period)))


def days(tables: Tables, reader: Reader, campaign: Campaign | None, back: int | None) -> Chart:
    """The posts of each day, by what they were found to be."""
    period = period_of(tables, reader, campaign, back)
    dates = days_of(period, reader)
    counted = by_day(statistics.posts(tables, campaign), reader.zone, dates[0], dates[-1])
    bars = [(reader.day(first), posts) for first, posts in put_together(counted)]
    return _bars(reader, "days", campaign, period, bars)


def hours(tables: Tables, reader: Reader, campaign: Campaign | None, back: int | None) -> Chart:
    """The posts of each hour of the local day, of all days together."""
    period = period_of(tables, reader, campaign, back)
    recent = [post for post in statistics.posts(tables, campaign) if post.at >= period.begin]
    bars = [(f"{hour:02}", posts) for hour, posts in by_hour(recent, reader.zone).items()]
    return _bars(reader, "hours", campaign, period, bars)


def rates(tables: Tables, reader: Reader, campaign: Campaign | None, back: int | None) -> Chart:
    """The campaigns by the share of those who comply."""
    found = statistics.rates(tables)
    rows = [
        Rate(f"{rate.campaign.name} (#{rate.campaign.id})", float(rate.share),
             f"{whole_percent(rate.share)} % · {rate.counts.cumple}/{rate.total}")
        for rate in found
    ]  # fmt: skip
    left_out = max(0, len(rows) - MOST_ROWS)
    title = reader.say("chart.rates")
    foot = reader.say("chart.left_out", n=left_out) if left_out else ""
    picture = rate_chart(title, reader.say("chart.rates_below"), foot, rows, empty=reader.say("chart.no_campaigns"))
    lines = tuple(say("chart.rate", name=row.name, words=row.words) for row in rows[:MOST_ROWS])
    more = (say("chart.left_out", n=left_out),) if left_out else ()
    return Chart(picture, (say("chart.rates_title"), *(lines or (say("chart.no_campaigns"),)), *more))


def uptime(tables: Tables, reader: Reader, campaign: Campaign | None, back: int | None) -> Chart:
    """When the bot was receiving, day by day, from its first start on."""
    asked = period_of(tables, reader, None, min(back or UPTIME_DAYS, MOST_UPTIME_DAYS))
    started = first_start(tables, asked.end)
    period = replace(asked, begin=max(asked.begin, started))
    strips, shares = [], []
    for day in days_of(period, reader):
        midnight = reader.midnight(day)
        begin, end = max(midnight, started), min(reader.midnight(day + timedelta(days=1)), period.end)
        of_day = coverage(tables, begin, end)
        share = f"{whole_percent(share_of(of_day))} %" if of_day.total else "–"
        strips.append(DayStrip(reader.day(day), tuple(_stretches(of_day, midnight, begin, end)), share))
        shares.append(say("chart.day", label=reader.day(day), share=share))
    picture = uptime_chart(
        reader.say("chart.uptime"), _subtitle(reader, period), reader.render(share_told(period.coverage)), strips,
        seen=reader.say("chart.seen"), blind=reader.say("chart.blind"), unknown=reader.say("chart.unknown"),
    )  # fmt: skip
    listed = say("chart.listed", items=tuple(shares))
    return Chart(picture, (say("chart.uptime_title"), _covered(reader, period), listed))


#: By the word that a paper's facts name them with; `back` is how many days they look back, None as far as usual.
CHARTS: dict[str, Callable[[Tables, Reader, Campaign | None, int | None], Chart]] = {
    "pie": pie, "days": days, "hours": hours, "rates": rates, "uptime": uptime,
}  # fmt: skip


def _covered(reader: Reader, period: Period) -> Phrase:
    """How much was seen, and when the bot was blind: for the words below a drawing."""
    return covered(period.coverage, reader.zone, reader.now)


def _bars(
    reader: Reader, kind: str, campaign: Campaign | None, period: Period, counted: list[tuple[str, Posts]]
) -> Chart:
    bars = [Bar(label, tuple(getattr(posts, part) for part, _ in _PARTS)) for label, posts in counted]
    legend = [(reader.say(f"chart.post.{part}"), COLOURS[colour]) for part, colour in _PARTS]
    title = reader.say(f"chart.{kind}")
    about = f"{reader.render(_name(campaign))} · {_subtitle(reader, period)}"
    seen = reader.render(share_told(period.coverage))
    picture = bar_chart(title, about, seen, legend, bars, empty=reader.say("chart.no_posts"))
    whole = added(posts for _, posts in counted)
    lines = [say(f"chart.{kind}_title", name=_name(campaign)), _totals(whole)]
    if whole.total:
        items = (say(f"chart.{kind}_item", label=label, n=posts.total) for label, posts in counted if posts.total)
        lines.append(say("chart.listed", items=tuple(items)))
    return Chart(picture, (*lines, _covered(reader, period)))


def _totals(posts: Posts) -> Phrase:
    return say(
        "chart.posts", total=posts.total, match=posts.match, no_match=posts.no_match, not_captured=posts.not_captured,
        review=posts.review,
    )  # fmt: skip


def _stretches(of_day: Coverage, midnight: datetime, begin: datetime, end: datetime) -> Iterator[Stretch]:
    """What was seen, and the blind times in it, in hours of the day as it was: of 23 or 25 where the clocks changed."""
    hour = timedelta(hours=1)
    if of_day.total:
        yield Stretch((begin - midnight) / hour, min(24.0, (end - midnight) / hour), seen=True)
    for blind in of_day.blind:
        yield Stretch((blind.start - midnight) / hour, min(24.0, (blind.end - midnight) / hour), seen=False)


def _name(campaign: Campaign | None) -> Phrase:
    return say("named", name=campaign.name, id=campaign.id) if campaign else say("chart.all_campaigns")


def _subtitle(reader: Reader, period: Period) -> str:
    first, last = reader.date_of(period.begin), reader.date_of(period.end)
    if first == last:
        return reader.day(last, "date")
    return reader.say("papers.from_to", first=reader.day(first), last=reader.day(last, "date"))


def _of_active(tables: Tables) -> OutcomeCounts:
    active = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    return tally.together(tally.outcomes(tables, campaign) for campaign in active)

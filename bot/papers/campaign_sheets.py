"""A campaign as sheets: what it comes to, who stands how, its days, and when the bot was blind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.flows import daily, people, statistics, tally
from bot.flows.coverage_lines import blind_times
from bot.flows.outcome_lines import by_hand
from bot.flows.rule_lines import broken
from bot.flows.standings import Standing, standings
from bot.flows.statistics import by_day
from bot.model.campaign import Campaign
from bot.model.chat import say
from bot.model.identity import FrameId, Phone
from bot.model.percent import whole_percent
from bot.papers.period import coverage_of_day, days_of, period_of, share_of
from bot.papers.reader import Reader
from bot.papers.sheet import Cell, Column, Kind, Sheet
from storage.query import where
from storage.tables import Tables


def facts_of(tables: Tables, reader: Reader, campaign: Campaign) -> Iterator[tuple[str, str]]:
    """What the campaign comes to: a name and a value each, in words."""
    counts, period = tally.outcomes(tables, campaign), period_of(tables, reader, campaign)
    everybody = counts.cumple + counts.incumple + counts.no_capturado + counts.pendiente
    yield reader.say("sheet.campaign"), f"{campaign.name} (#{campaign.id})"
    yield reader.say("sheet.state"), reader.say(f"campaign_state.{campaign.state.value}")
    first, last = (reader.day(reader.date_of(moment), "date") for moment in (period.begin, period.end))
    yield reader.say("sheet.period"), first if first == last else reader.say("papers.from_to", first=first, last=last)
    yield reader.say("sheet.participants"), str(everybody)
    for code in ("cumple", "incumple", "no_capturado", "pendiente"):
        count = getattr(counts, code)
        share = f" ({whole_percent(count / everybody)} %)" if everybody else ""
        yield reader.say(f"page.outcome.{code}"), f"{count}{share}"
    if counts.review:
        yield reader.say("page.outcome.review"), str(counts.review)
    covered = period.coverage
    yield (
        reader.say("sheet.coverage"),
        reader.say("papers.covered", share=whole_percent(share_of(covered)), seen=covered.seen, total=covered.total),
    )
    blind = blind_times(covered, reader.zone, reader.now)
    if blind is not None:
        yield reader.say("sheet.blind"), reader.render(blind)
    yield reader.say("sheet.made"), reader.render(say("papers.moment", at=reader.now))


def summary_sheet(tables: Tables, reader: Reader, campaign: Campaign) -> Sheet:
    columns = (Column(reader.say("sheet.what"), Kind.TEXT, 26), Column(reader.say("sheet.value"), Kind.TEXT, 46))
    return Sheet(reader.say("sheet.summary"), columns, tuple(facts_of(tables, reader, campaign)))


def results_sheet(tables: Tables, reader: Reader, campaign: Campaign, *, numbers: bool) -> Sheet:
    """Everybody who takes part; `numbers` writes phone numbers in full."""
    frames = tables.frames.find(where("campaign_id") == campaign.id)
    places = {frame_id: place for place, frame_id in enumerate(sorted(frame.id for frame in frames), 1)}
    columns = columns_of(
        reader, ("id", Kind.NUMBER, 6), ("name", Kind.TEXT, 28), ("number", Kind.TEXT, 19),
        ("outcome", Kind.OUTCOME, 15), ("posted", Kind.MOMENT, 17), ("picture", Kind.NUMBER, 9),
        ("score", Kind.NUMBER, 12), ("remark", Kind.TEXT, 40),
    )  # fmt: skip
    rows = (_result_row(reader, standing, places, numbers=numbers) for standing in standings(tables, campaign))
    return Sheet(reader.say("sheet.results"), columns, tuple(rows))


def days_sheet(tables: Tables, reader: Reader, campaign: Campaign) -> Sheet:
    """The posts of each day, and how much of it the bot saw."""
    period = period_of(tables, reader, campaign)
    dates = days_of(period, reader)
    counted = by_day(statistics.posts(tables, campaign), reader.zone, dates[0], dates[-1])
    columns = columns_of(
        reader, ("day", Kind.DAY, 12), ("posts", Kind.NUMBER, 15), ("match", Kind.NUMBER, 12),
        ("no_match", Kind.NUMBER, 12), ("not_captured", Kind.NUMBER, 14), ("review", Kind.NUMBER, 12),
        ("seen_share", Kind.SHARE, 12),
    )  # fmt: skip
    rows = []
    for day, posts in counted.items():
        share = round(share_of(coverage_of_day(tables, reader, period, day)), 4)
        rows.append((day, posts.total, posts.match, posts.no_match, posts.not_captured, posts.review, share))
    return Sheet(reader.say("sheet.days"), columns, tuple(rows))


def daily_sheet(tables: Tables, reader: Reader, campaign: Campaign) -> Sheet:
    """Of a campaign that judges each day by itself: a column for each day, with everybody's outcome on it."""
    found = daily.by_contact(tables, campaign, people.participants(tables, campaign), reader.now)
    dates = sorted({each.day for _, theirs in found for each in theirs})
    columns = (
        *columns_of(reader, ("id", Kind.NUMBER, 6), ("name", Kind.TEXT, 28)),
        *(Column(day.isoformat(), Kind.OUTCOME, 13) for day in dates),
    )
    rows = []
    for contact, theirs in found:
        codes = {each.day: each.code for each in theirs}
        rows.append((contact.id, contact.name, *(codes.get(day) for day in dates)))
    return Sheet(reader.say("sheet.daily"), columns, tuple(rows))


def coverage_sheet(tables: Tables, reader: Reader, campaign: Campaign) -> Sheet:
    """The times in which the bot could not see statuses, and why."""
    columns = columns_of(
        reader, ("from", Kind.MOMENT, 17), ("until", Kind.MOMENT, 17), ("hours", Kind.NUMBER, 9),
        ("why", Kind.TEXT, 46),
    )  # fmt: skip
    period = period_of(tables, reader, campaign)
    rows = tuple(
        (blind.start, blind.end, round(blind.length / timedelta(hours=1), 2), reader.say(f"link.{blind.reason.value}"))
        for blind in period.coverage.blind
    )
    return Sheet(reader.say("sheet.blind"), columns, rows)


def columns_of(reader: Reader, *columns: tuple[str, Kind, int]) -> tuple[Column, ...]:
    """Columns by their keys below `sheet.column.`, with the widths of their cells in characters."""
    return tuple(Column(reader.say(f"sheet.column.{key}"), kind, width) for key, kind, width in columns)


def number_of(phone: Phone, *, numbers: bool) -> str:
    return phone.readable if numbers else phone.masked


def _result_row(reader: Reader, standing: Standing, places: dict[FrameId, int], *, numbers: bool) -> tuple[Cell, ...]:
    contact, result = standing.contact, standing.result
    start = (contact.id, contact.name, number_of(contact.phone, numbers=numbers), standing.code)
    if result is None:
        return (*start, None, None, None, reader.say("results.to_review") if standing.in_review else "")
    place = places.get(result.frame_id) if result.frame_id else None
    score = round(result.score, 1) if place else None
    return (*start, result.posted_at, place, score, _remark(reader, standing))


def _remark(reader: Reader, standing: Standing) -> str:
    """What there is to say besides the outcome: who set it by hand and why, or why nothing could be obtained."""
    result = standing.result
    if result is None:
        return ""
    if result.marked_by:
        return reader.render(by_hand("results.marked", result))
    if result.reason is not None:
        return reader.say(f"reason.{result.reason}")
    if result.broken:
        return ", ".join(reader.render(rule) for rule in broken(result.broken))
    return reader.say("results.to_review") if standing.in_review else ""

"""How much was seen, in words: `Coverage: 22.5 h of 24 h (blind 09:10–10:40, no connection)`."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from bot.flows.coverage import coverage, first_start
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, say
from bot.model.coverage import Blind, Coverage
from storage.tables import Tables

#: So many blind intervals are named, the longest of them; the others are counted.
MOST_NAMED = 3
LATELY = timedelta(hours=24)


def lately(tables: Tables, zone: tzinfo, now: datetime) -> Phrase:
    """Of the last 24 hours, or since the bot was first started."""
    return covered(coverage(tables, max(now - LATELY, first_start(tables, now)), now), zone, now)


def of_campaign(tables: Tables, campaign: Campaign, zone: tzinfo, now: datetime) -> Phrase:
    """Of a campaign's whole time until now."""
    start = campaign.rules.starts_at or max(campaign.created_at, first_start(tables, now))
    return covered(coverage(tables, start, min(now, campaign.rules.ends_at or now)), zone, now)


def covered(found: Coverage, zone: tzinfo, now: datetime) -> Phrase:
    """A sentence with the share that was seen and the blind intervals, each with its reason."""
    if not found.total:
        return say("coverage.not_begun")
    blind = blind_times(found, zone, now)
    if blind is None:
        return say("coverage.seen", seen=found.seen, total=found.total)
    return say("coverage.blind", seen=found.seen, total=found.total, blind=blind)


def blind_times(found: Coverage, zone: tzinfo, now: datetime) -> Phrase | None:
    """The longest blind intervals in the order of time, and how many more there were; None when there was none."""
    if not found.blind:
        return None
    longest = sorted(found.blind, key=lambda blind: blind.length, reverse=True)[:MOST_NAMED]
    told = [_interval(blind, zone, now) for blind in found.blind if blind in longest]
    if len(found.blind) > MOST_NAMED:
        told.append(say("coverage.others", count=len(found.blind) - MOST_NAMED))
    return _in_a_row(told)


def _interval(blind: Blind, zone: tzinfo, now: datetime) -> Phrase:
    """When, as shortly as can be understood today, and why."""
    reason = say(f"blind.{blind.reason}")
    start, end, today = (at.astimezone(zone).date() for at in (blind.start, blind.end, now))
    length = "times" if start == end == today else "day_and_times" if start == end else "days"
    if blind.end >= now:
        length = "since_time" if start == today else "since_day"
    return say(f"coverage.{length}", start=blind.start, end=blind.end, reason=reason)


def _in_a_row(told: list[Phrase]) -> Phrase:
    row = told[-1]
    for phrase in reversed(told[:-1]):
        row = say("coverage.and", first=phrase, then=row)
    return row

"""What the bot reports by itself: the morning's plan and the evening's summary."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.flows import overview, voice
from bot.flows.coverage import coverage
from bot.flows.jobs import Work
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, say
from storage.query import where
from storage.tables import Tables

#: A message with more campaigns would not be read.
MOST = 5


def morning_plan(work: Work) -> bool:
    """08:00: what is looked for today."""
    campaigns = active(work.tables)
    if not campaigns:
        return False
    lines = [say("bulletin.morning", count=len(campaigns))]
    lines += [_expected(work, campaign) for campaign in campaigns[:MOST]]
    return send(work, [*lines, *_and_more(campaigns)])


def evening_summary(work: Work) -> bool:
    """20:00: how each active campaign stands, and how much of the day was seen."""
    campaigns = active(work.tables)
    if not campaigns:
        return False
    lines: list[Phrase] = []
    for campaign in campaigns[:MOST]:
        lines += standing(work, campaign)
    lines += [*_and_more(campaigns), _coverage(work)]
    return send(work, [*lines, say("bulletin.details", id=campaigns[0].id)])


def active(tables: Tables) -> list[Campaign]:
    """The campaigns that look at statuses now, the newest first."""
    found = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    return sorted(found, key=lambda campaign: campaign.id, reverse=True)


def standing(work: Work, campaign: Campaign) -> list[Phrase]:
    """A campaign's outcomes, in rows."""
    counts = overview.outcomes(work.tables, campaign)
    total = counts.cumple + counts.incumple + counts.no_capturado + counts.pendiente
    share = 100 * counts.cumple // total if total else 0
    rows = [say("bulletin.title", name=campaign.name, id=campaign.id, at=work.now)]
    rows.append(say("bulletin.cumple", n=counts.cumple, share=share))
    rows.append(say("bulletin.incumple", n=counts.incumple))
    rows.append(say("bulletin.no_capturado", n=counts.no_capturado))
    rows.append(say("bulletin.pendiente", n=counts.pendiente))
    if counts.review:
        rows.append(say("bulletin.review", n=counts.review))
    return rows


def send(work: Work, lines: list[Phrase]) -> bool:
    """Tell the control chat, once for each run of the job."""
    return voice.announce(work.tables, work.key, work.voice.words(lines), work.now)


def _expected(work: Work, campaign: Campaign) -> Phrase:
    counts = overview.outcomes(work.tables, campaign)
    return say("bulletin.expected", name=campaign.name, id=campaign.id, pending=counts.pendiente, cumple=counts.cumple)


def _and_more(campaigns: list[Campaign]) -> list[Phrase]:
    return [say("bulletin.and_more", n=len(campaigns) - MOST)] if len(campaigns) > MOST else []


def _coverage(work: Work) -> Phrase:
    """Of the day so far."""
    covered = coverage(work.tables, _midnight(work.now, work.voice.zone), work.now)
    return say("bulletin.coverage", seen=covered.seen, day=covered.total)


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC)

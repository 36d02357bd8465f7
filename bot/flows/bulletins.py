"""What the bot reports by itself about its campaigns: plan and summary of the day, what ends soon, what has ended."""

from __future__ import annotations

from datetime import timedelta

from bot.flows import tally, voice
from bot.flows.campaign_title import title
from bot.flows.coverage_lines import lately, of_campaign
from bot.flows.jobs import Work
from bot.flows.outcome_lines import in_one_line, in_rows
from bot.flows.standings import standings
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import About, Paper, Phrase, say
from bot.model.identity import CampaignId
from bot.model.result import PENDIENTE
from storage.query import where
from storage.tables import Tables

#: A message with more campaigns, or more names, would not be read.
MOST, MOST_NAMES = 5, 15
#: The job's fact that names its campaign.
CAMPAIGN = "campaign"


def morning_plan(work: Work) -> bool:
    """08:00: what is looked for today, and what ends."""
    campaigns = active(work.tables)
    if not campaigns:
        return False
    lines = [say("bulletin.morning", count=len(campaigns))]
    for campaign in campaigns[:MOST]:
        lines.append(say("bulletin.expected", title=title(campaign, work.voice.zone, work.now)))
        lines.append(in_one_line(tally.outcomes(work.tables, campaign)))
        if _ends_today(work, campaign):
            lines.append(say("bulletin.ends_today", at=campaign.rules.ends_at))
    return tell(work, [*lines, *_and_more(campaigns)])


def evening_summary(work: Work) -> bool:
    """20:00: how each active campaign stands, and how much of the day was seen."""
    campaigns = active(work.tables)
    if not campaigns:
        return False
    lines: list[Phrase] = []
    for campaign in campaigns[:MOST]:
        lines += standing(work, campaign)
    lines += [*_and_more(campaigns), lately(work.tables, work.voice.zone, work.now)]
    return tell(work, [*lines, say("bulletin.details", id=campaigns[0].id)])


def ends_soon(work: Work) -> bool:
    """24 and 2 hours before a campaign's end: who is still pending."""
    campaign = _campaign(work)
    if campaign is None or campaign.state is not CampaignState.ACTIVE or campaign.rules.ends_at is None:
        return False
    pending = [each.contact.name for each in standings(work.tables, campaign) if each.code == PENDIENTE]
    head = say("bulletin.soon", name=campaign.name, id=campaign.id, at=campaign.rules.ends_at)
    counts = in_one_line(tally.outcomes(work.tables, campaign))
    if not pending:
        return tell(work, [head, counts, say("bulletin.nobody_pending")])
    lines = [head, counts, say("bulletin.pending", count=len(pending), names=tuple(pending[:MOST_NAMES]))]
    if len(pending) > MOST_NAMES:
        lines.append(say("bulletin.more_pending", count=len(pending) - MOST_NAMES, id=campaign.id))
    return tell(work, lines)


def final_report(work: Work) -> bool:
    """A day after a campaign's end, when its last statuses have run out: how it went, with the list as a document."""
    campaign = _campaign(work)
    if campaign is None:
        return False
    lines = [
        say("bulletin.final", name=campaign.name, id=campaign.id),
        *in_rows(tally.outcomes(work.tables, campaign)),
        of_campaign(work.tables, campaign, work.voice.zone, work.now),
        say("bulletin.details", id=campaign.id),
    ]
    promise(work, _sheet(campaign, "pdf"))
    return tell(work, lines)


def own_summary(work: Work) -> bool:
    """A summary that the owner asked for: of one campaign, or of all that are active."""
    campaign = _campaign(work)
    if CAMPAIGN not in work.job.facts:
        return evening_summary(work)
    if campaign is None:
        return False
    lines = [*standing(work, campaign), of_campaign(work.tables, campaign, work.voice.zone, work.now)]
    return tell(work, [*lines, say("bulletin.details", id=campaign.id)])


def own_export(work: Work) -> bool:
    """The spreadsheet of a campaign, as the owner asked for it; it is made in a lane."""
    campaign = _campaign(work)
    if campaign is None:
        return False
    return promise(work, _sheet(campaign, "xlsx"))


def own_chart(work: Work) -> bool:
    """The pie of one campaign, or of all active ones together, with its numbers in the caption."""
    campaign = _campaign(work)
    if campaign is None and (CAMPAIGN in work.job.facts or not active(work.tables)):
        return False
    return promise(work, Paper("chart", {"chart": "pie", "campaign": campaign.id if campaign else None, "days": None}))


def own_reminder(work: Work) -> bool:
    """The owner's own words, at their time."""
    return tell(work, [say("bulletin.reminder", text=work.job.facts["text"])])


def active(tables: Tables) -> list[Campaign]:
    """The campaigns that look at statuses now, the newest first."""
    found = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    return sorted(found, key=lambda campaign: campaign.id, reverse=True)


def standing(work: Work, campaign: Campaign) -> list[Phrase]:
    """A campaign's outcomes, in rows."""
    counts = tally.outcomes(work.tables, campaign)
    return [title(campaign, work.voice.zone, work.now), *in_rows(counts)]


def tell(work: Work, lines: list[Phrase]) -> bool:
    """Tell the control chat, once for each run of the job."""
    about = About(campaign=work.job.facts.get(CAMPAIGN, 0))
    return voice.announce(work.tables, work.key, work.voice.words(lines), work.now, about)


def promise(work: Work, *papers: Paper) -> bool:
    """Have files made and sent after the words, once for each run of the job."""
    return voice.promise(work.tables, work.key, papers, work.voice.language, work.now)


def _sheet(campaign: Campaign, file_format: str) -> Paper:
    """The results as a file, with masked numbers."""
    return Paper("export", {"what": "results", "campaign": campaign.id, "format": file_format, "numbers": False})


def _campaign(work: Work) -> Campaign | None:
    number = work.job.facts.get(CAMPAIGN)
    return work.tables.campaigns.get(CampaignId(number)) if number is not None else None


def _ends_today(work: Work, campaign: Campaign) -> bool:
    ends_at, zone = campaign.rules.ends_at, work.voice.zone
    if ends_at is None:
        return False
    return (ends_at - timedelta(microseconds=1)).astimezone(zone).date() == work.now.astimezone(zone).date()


def _and_more(campaigns: list[Campaign]) -> list[Phrase]:
    return [say("bulletin.and_more", n=len(campaigns) - MOST)] if len(campaigns) > MOST else []

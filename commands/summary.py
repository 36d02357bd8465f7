"""`!summary`: how a campaign goes, or how all of them go."""

from __future__ import annotations

from collections.abc import Sequence

from bot.flows import daily, statistics, tally
from bot.flows.campaign_title import title
from bot.flows.coverage_lines import lately
from bot.flows.outcome_lines import in_one_line, in_rows
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.overview import OutcomeCounts
from bot.model.percent import whole_percent
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.targets import OptionalCampaignTarget

#: So many contacts or campaigns stand in a ranking.
TOP = 3
#: Characters of a full bar.
BAR = 10


@command(
    en=("summary",),
    es=("resumen",),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(Argument("campaign", OptionalCampaignTarget(), en="campaign", es="campaña", required=False),),
    examples=both(
        (Example("!summary promo", "*Promo Mayo (#1)* · day 3"), Example("!summary", "Campaigns: 2 · active: 2")),
        (Example("!resumen promo", "*Promo Mayo (#1)* · día 3"), Example("!resumen", "Campañas: 2 · activas: 2")),
    ),
)
def summary(ask: Ask, campaign: Campaign | None) -> Reply:
    return Reply(_of_one(ask, campaign) if campaign else _of_all(ask))


def _of_one(ask: Ask, campaign: Campaign) -> tuple[Phrase, ...]:
    counts = tally.outcomes(ask.tables, campaign)
    return (
        title(campaign, ask.zone, ask.now),
        *in_rows(counts),
        *_bar(counts),
        *_today(ask, campaign),
        lately(ask.tables, ask.zone, ask.now),
        say("summary.details", id=campaign.id),
    )


def _today(ask: Ask, campaign: Campaign) -> tuple[Phrase, ...]:
    """Where each day counts by itself, how today goes."""
    if not campaign.rules.daily or not campaign.rules.take_in(ask.now):
        return ()
    return (say("summary.today", outcomes=in_one_line(daily.today(ask.tables, campaign, ask.now)), id=campaign.id),)


def _of_all(ask: Ask) -> tuple[Phrase, ...]:
    campaigns = ask.tables.campaigns.all()
    active = sum(campaign.state is CampaignState.ACTIVE for campaign in campaigns)
    records = statistics.records(ask.tables)
    return (
        say("summary.campaigns", count=len(campaigns), active=active),
        say("summary.contacts", count=len(ask.tables.contacts), results=sum(r.complied + r.failed for r in records)),
        say("summary.outcomes", outcomes=in_one_line(ask.overview.outcomes)),
        *_bar(ask.overview.outcomes),
        *_top("summary.top", [(r.contact, r.complied) for r in statistics.top_compliers(records)]),
        *_top("summary.failing", [(r.contact, r.failed) for r in statistics.top_failing(records)]),
        *_best_and_worst(ask),
        lately(ask.tables, ask.zone, ask.now),
        say("summary.chart"),
    )


def _bar(counts: OutcomeCounts) -> tuple[Phrase, ...]:
    """The distribution in ten squares; nothing when there is nobody to count."""
    parts = (("🟩", counts.cumple), ("🟥", counts.incumple), ("🟪", counts.no_capturado), ("⬜", counts.pendiente))
    total = sum(count for _, count in parts)
    if not total:
        return ()
    ends = [round(BAR * sum(count for _, count in parts[: n + 1]) / total) for n in range(len(parts))]
    starts = [0, *ends]
    squares = "".join(sign * (end - start) for (sign, _), start, end in zip(parts, starts, ends, strict=False))
    return (say("summary.bar", squares=squares),)


def _top(key: str, counted: Sequence[tuple[Contact, int]]) -> tuple[Phrase, ...]:
    """The first of a ranking; nothing when there is none."""
    names = tuple(say("summary.counted", name=contact.name, n=times) for contact, times in counted[:TOP])
    return (say(key, names=names),) if names else ()


def _best_and_worst(ask: Ask) -> tuple[Phrase, ...]:
    """The campaigns with the highest and the lowest share of contacts who comply, if there are two to compare."""
    ranked = statistics.rates(ask.tables)
    if len(ranked) < 2:
        return ()
    return _rate("summary.best", ranked[0]), _rate("summary.worst", ranked[-1])


def _rate(key: str, rate: statistics.CampaignRate) -> Phrase:
    return say(key, name=rate.campaign.name, id=rate.campaign.id, share=whole_percent(rate.share))

"""`!summary`: how a campaign goes, or how all of them go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from bot.flows import overview
from bot.flows.outcome_lines import in_one_line, in_rows
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.identity import ContactId
from bot.model.overview import OutcomeCounts
from bot.model.result import Outcome, Result
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
    started = campaign.created_at.astimezone(ask.zone).date()
    day = (ask.now.astimezone(ask.zone).date() - started).days + 1
    counts = overview.outcomes(ask.tables, campaign)
    return (
        say("summary.title", name=campaign.name, id=campaign.id, day=day, at=ask.now),
        *in_rows(counts),
        *_bar(counts),
        _coverage(ask),
        say("summary.details", id=campaign.id),
    )


def _of_all(ask: Ask) -> tuple[Phrase, ...]:
    campaigns = ask.tables.campaigns.all()
    results = ask.tables.results.all()
    active = sum(campaign.state is CampaignState.ACTIVE for campaign in campaigns)
    lines = [
        say("summary.campaigns", count=len(campaigns), active=active),
        say("summary.contacts", count=len(ask.tables.contacts), results=len(results)),
        say("summary.outcomes", outcomes=in_one_line(ask.overview.outcomes)),
        *_bar(ask.overview.outcomes),
    ]
    lines += _top(ask, "summary.top", (r for r in results if r.outcome is Outcome.CUMPLE))
    lines += _top(ask, "summary.failing", (r for r in results if r.outcome is not Outcome.CUMPLE))
    return (*lines, *_best_and_worst(ask, campaigns), _coverage(ask))


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


def _top(ask: Ask, key: str, results: Iterable[Result]) -> list[Phrase]:
    """The contacts with the most of these results."""
    counted: Counter[ContactId] = Counter(result.contact_id for result in results)
    names = []
    for contact_id, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:TOP]:
        contact = ask.tables.contacts.get(contact_id)
        if contact is not None:
            names.append(say("summary.counted", name=contact.name, n=count))
    return [say(key, names=tuple(names))] if names else []


def _best_and_worst(ask: Ask, campaigns: Iterable[Campaign]) -> list[Phrase]:
    """The campaigns with the highest and the lowest share of contacts who comply, if there are two to compare."""
    rates = []
    for campaign in campaigns:
        counts = overview.outcomes(ask.tables, campaign)
        total = counts.cumple + counts.incumple + counts.no_capturado + counts.pendiente
        if total:
            rates.append((Fraction(counts.cumple, total), campaign))
    if len(rates) < 2:
        return []
    ranked = sorted(rates, key=lambda rate: (-rate[0], rate[1].id))
    return [_rate("summary.best", *ranked[0]), _rate("summary.worst", *ranked[-1])]


def _rate(key: str, share: Fraction, campaign: Campaign) -> Phrase:
    return say(key, name=campaign.name, id=campaign.id, share=float(100 * share))


def _coverage(ask: Ask) -> Phrase:
    return say("summary.coverage", seen=ask.overview.seen_today, day=ask.overview.day_so_far)

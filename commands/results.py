"""`!results`: who complied in a campaign, who did not, and of whom nothing was seen."""

from __future__ import annotations

from bot.flows import tally
from bot.flows.coverage_lines import of_campaign
from bot.flows.outcome_lines import by_hand, in_one_line
from bot.flows.rule_lines import broken
from bot.flows.standings import Standing, standings
from bot.model.campaign import Campaign
from bot.model.chat import About, Phrase, Reply, Role, say
from commands.declaration import Argument, Ask, Example, Group, Option, both, command
from commands.export import spreadsheet
from commands.frames import place_of
from commands.options import PAGE, SEARCH, matches
from commands.outcomes import STANDING
from commands.targets import CampaignTarget
from commands.text import shortened

_STATUS = Option("status", STANDING, en="status", es="estado", value_en="complied", value_es="cumple")


@command(
    en=("results", "result"),
    es=("resultados", "resultado"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False),),
    options=(_STATUS, SEARCH, PAGE),
    examples=both(
        (
            Example("!results promo", "✅ Ana (#1)"),
            Example("!results #1 status:pending", "⏳ Sofía (#3)"),
        ),
        (
            Example("!resultados promo", "✅ Ana (#1)"),
            Example("!resultados #1 estado:pendiente", "⏳ Sofía (#3)"),
        ),
    ),
)
def results(ask: Ask, campaign: Campaign, status: str | None, search: str | None, page: int | None) -> Reply:
    found = [
        standing
        for standing in standings(ask.tables, campaign)
        if standing.is_among(status) and matches(standing.contact.name, search)
    ]
    counts = in_one_line(tally.outcomes(ask.tables, campaign))
    title = say("results.title", name=campaign.name, id=campaign.id, outcomes=counts)
    if not found:
        return Reply((title, say("results.none")))
    shown, below, papers = shortened(found, page, spreadsheet("results", campaign))
    covered = of_campaign(ask.tables, campaign, ask.zone, ask.now)
    about = About(campaign.id, found[0].contact.id if len(found) == 1 else 0)
    return Reply((title, *(_row(ask, standing) for standing in shown), *below, covered), papers=papers, about=about)


def _row(ask: Ask, standing: Standing) -> Phrase:
    return say(
        "results.row",
        icon=say(f"icon.{standing.code}"),
        name=standing.contact.name,
        id=standing.contact.id,
        details=_details(ask, standing),
    )


def _undecided(standing: Standing) -> Phrase:
    if standing.in_review:
        return say("results.to_review")
    return say("results.undecided", id=standing.contact.id) if standing.was_seen else say("results.nothing_seen")


def _details(ask: Ask, standing: Standing) -> Phrase:
    result = standing.result
    if result is None:
        return _undecided(standing)
    if result.marked_by:
        return by_hand("results.marked", result, ask.who)
    if result.reason is not None:
        return say("results.missed", at=result.posted_at or result.decided_at, reason=say(f"reason.{result.reason}"))
    frame = ask.tables.frames.get(result.frame_id) if result.frame_id else None
    if frame is None:
        return say("results.other_post", at=result.posted_at or result.decided_at)
    place = place_of(ask.tables, frame)
    if result.broken:
        at = result.posted_at or result.decided_at
        return say("results.broken", at=at, n=place, why=broken(result.broken))
    return say("results.match", at=result.posted_at or result.decided_at, n=place, score=result.score)

"""`!campaign list` and `!campaign show`: what is looked for, and how it goes."""

from __future__ import annotations

from bot.flows import people, tally
from bot.flows.coverage_lines import of_campaign
from bot.flows.outcome_lines import in_one_line, in_rows
from bot.flows.rule_lines import described as rules_described
from bot.model.campaign import Audience, Campaign, CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from commands.declaration import Argument, Ask, Example, Group, Option, both, command
from commands.frames import described, frames_of
from commands.kinds import Choice
from commands.options import PAGE, SEARCH, matches
from commands.targets import CampaignTarget
from commands.text import footer, page_of

_STATES = Choice(
    {
        CampaignState.ACTIVE: ("active", "activa", "activas"),
        CampaignState.PAUSED: ("paused", "pausada", "pausadas"),
        CampaignState.CLOSED: ("closed", "cerrada", "cerradas"),
    }
)
_STATE = Option("state", _STATES, en="status", es="estado", value_en="active", value_es="activa")


@command(
    en=("campaign list", "campaigns"),
    es=("campaña lista", "campañas", "campaña listar"),
    group=Group.CAMPAIGNS,
    role=Role.VIEWER,
    options=(SEARCH, _STATE, PAGE),
    examples=both(
        (Example("!campaign list", "Promo Mayo"), Example("!campaigns status:closed", "No campaign")),
        (Example("!campaña lista", "Promo Mayo"), Example("!campañas estado:cerrada", "Ninguna campaña")),
    ),
)
def campaign_list(ask: Ask, search: str | None, state: CampaignState | None, page: int | None) -> Reply:
    found = [
        campaign
        for campaign in ask.tables.campaigns.all()
        if matches(campaign.name, search) and state in (None, campaign.state)
    ]
    if not found:
        return Reply((say("campaign.nothing_found") if search or state else say("campaign.none"),))
    newest_first = sorted(found, key=lambda campaign: campaign.id, reverse=True)
    rows = [_row(ask, campaign) for campaign in page_of(newest_first, page)]
    return Reply((say("campaign.list_title", count=len(found)), *rows, *footer(found, page)))


@command(
    en=("campaign show",),
    es=("campaña ver", "campaña mostrar"),
    group=Group.CAMPAIGNS,
    role=Role.VIEWER,
    arguments=(Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False),),
    examples=both(
        (Example("!campaign show promo", "*Promo Mayo (#1)*"), Example("!campaign show #2", "*Feria (#2)*")),
        (Example("!campaña ver promo", "*Promo Mayo (#1)*"), Example("!campana ver #2", "*Feria (#2)*")),
    ),
)
def campaign_show(ask: Ask, campaign: Campaign) -> Reply:
    lines = [
        say("campaign.title", name=campaign.name, id=campaign.id, state=_state(campaign), at=campaign.created_at),
        *(line for frame in frames_of(ask.tables, campaign) for line in described(ask.tables, frame)),
        *rules_described(campaign.rules),
        audience(ask, campaign),
        *in_rows(tally.outcomes(ask.tables, campaign)),
        of_campaign(ask.tables, campaign, ask.zone, ask.now),
        say("campaign.more", id=campaign.id),
    ]
    return Reply(tuple(lines))


def audience(ask: Ask, campaign: Campaign) -> Phrase:
    """At whom a campaign looks, in a sentence."""
    count = len(people.participants(ask.tables, campaign))
    if campaign.audience is Audience.EVERYONE:
        return say("audience.everyone", count=count)
    return say("audience.chosen", count=count)


def _row(ask: Ask, campaign: Campaign) -> Phrase:
    return say(
        "campaign.row",
        name=campaign.name,
        id=campaign.id,
        state=_state(campaign),
        frames=say("frame.count", count=len(frames_of(ask.tables, campaign))),
        outcomes=in_one_line(tally.outcomes(ask.tables, campaign)),
    )


def _state(campaign: Campaign) -> Phrase:
    return say(f"campaign_state.{campaign.state.value}")

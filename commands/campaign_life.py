"""A campaign's further life: renamed, paused, active again, closed, copied, deleted."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import deleting, outcomes
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.targets import CampaignTarget

_CAMPAIGN = Argument("campaign", CampaignTarget(), en="campaign", es="campaña")


@command(
    en=("campaign pause",),
    es=("campaña pausar",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    examples=both(Example("!campaign pause promo", "is paused"), Example("!campaña pausar promo", "está en pausa")),
)
def campaign_pause(ask: Ask, campaign: Campaign) -> Reply:
    return _become(ask, campaign, CampaignState.PAUSED)


@command(
    en=("campaign activate", "campaign resume"),
    es=("campaña activar", "campaña reanudar"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    examples=both(
        Example("!campaign activate promo", "is active already"), Example("!campaña activar promo", "ya está activa")
    ),
)
def campaign_activate(ask: Ask, campaign: Campaign) -> Reply:
    return _become(ask, campaign, CampaignState.ACTIVE)


@command(
    en=("campaign close",),
    es=("campaña cerrar",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    examples=both(Example("!campaign close promo", "is closed"), Example("!campaña cerrar promo", "está cerrada")),
)
def campaign_close(ask: Ask, campaign: Campaign) -> Reply:
    return _become(ask, campaign, CampaignState.CLOSED)


def _what_is_lost(ask: Ask, campaign: Campaign) -> tuple[Phrase, ...]:
    lost = deleting.loss(ask.tables, campaign)
    frames, results = say("frame.count", count=lost.frames), say("campaign_delete.results", count=lost.results)
    return (say("campaign_delete.ask", name=campaign.name, id=campaign.id, frames=frames, results=results),)


@command(
    en=("campaign delete", "delete campaign"),
    es=("campaña borrar", "borrar campaña", "campaña eliminar"),
    group=Group.CAMPAIGNS,
    role=Role.OWNER,
    arguments=(_CAMPAIGN,),
    confirm=_what_is_lost,
    undoable=False,
    examples=both(Example("!campaign delete promo", "2 results"), Example("!campaña borrar promo", "2 resultados")),
)
def campaign_delete(ask: Ask, campaign: Campaign) -> Reply:
    deleting.delete_campaign(ask.tables, campaign)
    return Reply((say("campaign_delete.done", name=campaign.name, id=campaign.id),))


def _become(ask: Ask, campaign: Campaign, state: CampaignState) -> Reply:
    facts = {"name": campaign.name, "id": campaign.id}
    if campaign.state is state:
        return Reply((say(f"campaign_life.already_{state.value}", **facts),))
    changed = ask.tables.campaigns.save(replace(campaign, state=state))
    outcomes.settle_all(ask.tables, changed, ask.now)  # nothing more can come of a closed one
    return Reply((say(f"campaign_life.{state.value}", **facts),))

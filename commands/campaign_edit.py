"""`!campaign edit` and `!campaign clone`: another name, and a copy to begin anew with."""

from __future__ import annotations

from dataclasses import replace

from bot.model.campaign import Campaign, CampaignState, pair_key
from bot.model.chat import Reply, Role, say
from bot.model.errors import UserError
from bot.model.identity import CampaignId, FrameId
from commands.declaration import Argument, Ask, Example, Group, Option, WrongUse, both, command
from commands.kinds import Text
from commands.targets import CampaignTarget, same_name
from storage.query import where

LONGEST_NAME = 60

_CAMPAIGN = Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False)
_NAME = Option("name", Text(LONGEST_NAME), en="name", es="nombre", value_en='"New name"', value_es='"Nombre nuevo"')


@command(
    en=("campaign edit", "campaign rename"),
    es=("campaña editar", "campaña renombrar"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    options=(_NAME,),
    more=True,
    examples=both(
        Example('!campaign edit promo name:"Promo June"', "*Promo June (#1)*"),
        Example('!campaña editar promo nombre:"Promo Junio"', "*Promo Junio (#1)*"),
    ),
)
def campaign_edit(ask: Ask, campaign: Campaign, name: str | None) -> Reply:
    if name is None:
        raise WrongUse("campaign_edit.nothing")
    _refuse_taken(ask, name, campaign)
    ask.tables.campaigns.save(replace(campaign, name=name))
    return Reply((say("campaign_edit.renamed", old=campaign.name, name=name, id=campaign.id),))


@command(
    en=("campaign clone", "campaign copy"),
    es=("campaña clonar", "campaña copiar"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN,),
    options=(_NAME,),
    more=True,
    examples=both(
        (Example("!campaign clone promo", "*Promo Mayo 2 (#3)*"),
         Example('!campaign clone promo name:"Promo June"', "*Promo June (#3)*")),
        (Example("!campaña clonar promo", "*Promo Mayo 2 (#3)*"),
         Example('!campaña clonar promo nombre:"Promo Junio"', "*Promo Junio (#3)*")),
    ),
)  # fmt: skip
def campaign_clone(ask: Ask, campaign: Campaign, name: str | None) -> Reply:
    """The same pictures, rules and audience; paused, so that nothing is judged before its rules are looked at."""
    called = name or _free_name(ask, campaign)
    _refuse_taken(ask, called)
    state, key = CampaignState.PAUSED, ask.order.key
    wanted = replace(campaign, id=CampaignId(0), name=called, created_at=ask.now, state=state, created_by=key)
    copy = ask.tables.campaigns.add(wanted)
    of_campaign = where("campaign_id") == campaign.id
    for frame in sorted(ask.tables.frames.find(of_campaign), key=lambda each: each.id):
        new_key = pair_key(copy.id, frame.sha256)
        ask.tables.frames.add(replace(frame, id=FrameId(0), key=new_key, campaign_id=copy.id, added_at=ask.now))
    for member in ask.tables.memberships.find(of_campaign):
        new_key = pair_key(copy.id, member.contact_id)
        ask.tables.memberships.add(replace(member, id=0, key=new_key, campaign_id=copy.id))
    return Reply((say("campaign_edit.cloned", old=campaign.name, name=copy.name, id=copy.id),))


def _refuse_taken(ask: Ask, name: str, itself: Campaign | None = None) -> None:
    others = [
        each
        for each in ask.tables.campaigns.all()
        if each.state is not CampaignState.CLOSED and (itself is None or each.id != itself.id)
    ]
    taken = same_name(name, others)
    if taken is not None:
        raise UserError("campaign_new.taken", name=taken.name, id=taken.id)


def _free_name(ask: Ask, campaign: Campaign) -> str:
    """The name with the first number that no other campaign has."""
    known = ask.tables.campaigns.all()
    start = campaign.name[: LONGEST_NAME - 5]
    return next(name for number in range(2, 10_000) if not same_name(name := f"{start} {number}", known))

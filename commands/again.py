"""`!retry` and `!campaign reprocess`: fetch again what was not captured, judge again what was."""

from __future__ import annotations

from bot.flows import outcomes, rejudging
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.targets import CampaignTarget, ContactTarget


@command(
    en=("retry",),
    es=("reintentar",),
    group=Group.RESULTS,
    role=Role.OPERATOR,
    arguments=(Argument("contact", ContactTarget(), en="contact", es="contacto", required=False),),
    more=True,
    undoable=False,
    examples=both(
        (Example("!retry", "Nothing to fetch again"), Example("!retry Ana", "Nothing to fetch again")),
        (Example("!reintentar", "No hay nada que bajar"), Example("!reintentar Ana", "No hay nada que bajar")),
    ),
)
def retry(ask: Ask, contact: Contact | None) -> Reply:
    found = rejudging.missed(ask.tables, contact.id if contact else None)
    if not found:
        return Reply((say("rejudge.nothing_missed"),))
    rejudging.retry(ask.tables, found, ask.now)
    return Reply((say("rejudge.retrying", count=len(found)),))


@command(
    en=("campaign reprocess",),
    es=("campaña reprocesar",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False),),
    more=True,
    undoable=False,
    examples=both(
        Example("!campaign reprocess promo", "Judging 2 statuses again"),
        Example("!campaña reprocesar promo", "Juzgo otra vez 2 estados"),
    ),
)
def campaign_reprocess(ask: Ask, campaign: Campaign) -> Reply:
    facts = {"name": campaign.name, "id": campaign.id}
    if campaign.state is not CampaignState.ACTIVE:
        raise UserError("rejudge.not_active", **facts)
    count = rejudging.reprocess(ask.tables, campaign, ask.order, ask.language, ask.now)
    if not count:
        return Reply((say("rejudge.nothing_kept", **facts),))
    return Reply((say("rejudge.begun", count=count, **facts),), reaction="⏳")


def more_is_asked(ask: Ask, before: Campaign, after: Campaign) -> tuple[Phrase, ...]:
    """After a change of rules or thresholds: videos that were left when the former ones were met may show more."""
    count = rejudging.watched_in_part(ask.tables, before, after, ask.bands)
    return (say("rejudge.watched_in_part", count=count, id=after.id),) if count else ()


def frames_changed(ask: Ask, campaign: Campaign) -> tuple[Phrase, ...]:
    """After a change of frames: who needs all of them is settled anew; what was seen can be judged by the new ones."""
    if campaign.rules.all_frames:
        outcomes.settle_all(ask.tables, campaign, ask.now)
    count = len(rejudging.reprocessable(ask.tables, campaign))
    return (say("rejudge.offer", count=count, id=campaign.id),) if count else ()

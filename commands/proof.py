"""`!proof`: a screenshot or forwarded status that the owner has; it counts once a person says that it does."""

from __future__ import annotations

from bot.flows import proving
from bot.model.campaign import Campaign
from bot.model.chat import Need, Reply, Role, say
from bot.model.contact import Contact
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.review import asked_about
from commands.targets import CampaignTarget, ContactTarget


@command(
    en=("proof",),
    es=("prueba",),
    group=Group.RESULTS,
    role=Role.OPERATOR,
    arguments=(
        Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto"),
        Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False),
    ),
    need=Need.MATCHES,
    more=True,
    examples=both(
        Example("!proof Sofía promo", "Proof for Sofía (#3)", pictures=1),
        Example("!prueba Sofía promo", "Prueba de Sofía (#3)", pictures=1),
    ),
)
def proof(ask: Ask, contact: Contact, campaign: Campaign) -> Reply:
    if not ask.order.parts:
        raise WrongUse("proof.no_file")
    part = ask.order.parts[0]
    if part.found is None:
        return Reply((say("test.refused", why=say(f"attachment.{part.failure or 'unreachable'}")),))
    judgement = proving.given(ask.tables, contact, campaign, part, ask.bands, ask.now)
    kept = say("proof.kept", name=contact.name, id=contact.id, campaign=campaign.name)
    if judgement.decided_by:
        return Reply((kept, say("proof.decided")))
    return asked_about(ask, judgement, (kept,))

"""`!send`: a message to one contact, or to a campaign's pending ones; shown first, then confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.flows import permission, queueing, sending
from bot.flows.sequences import pending
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from bot.model.outbox import OutboxItem, To
from bot.model.outgoing import MARKER
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Text
from commands.limits import recent_sends
from commands.targets import CampaignTarget, ContactTarget

#: A longer message is none that a person would type on a phone.
LONGEST = 1000
#: So many recipients are named.
NAMED = 5


def _preview(ask: Ask, contact: Contact, text: str) -> tuple[Phrase, ...]:
    return _shown(ask, [contact], text)


@command(
    en=("send",),
    es=("enviar",),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(
        Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto"),
        Argument("text", Text(LONGEST), en="text", es="texto"),
    ),
    confirm=_preview,
    examples=both(
        Example("!send Ana The picture of Friday is ready", "To 1 contact: Ana"),
        Example("!enviar Ana Ya está la imagen del viernes", "A 1 contacto: Ana"),
    ),
)
def send(ask: Ask, contact: Contact, text: str) -> Reply:
    return _queue(ask, [contact], text)


def _preview_pending(ask: Ask, campaign: Campaign, text: str) -> tuple[Phrase, ...]:
    return _shown(ask, _pending(ask, campaign), text)


@command(
    en=("send pending",),
    es=("enviar pendientes",),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(
        Argument("campaign", CampaignTarget(lambda _: True), en="campaign", es="campaña"),
        Argument("text", Text(LONGEST), en="text", es="texto"),
    ),
    more=True,
    confirm=_preview_pending,
    examples=both(
        Example("!send pending promo Remember the picture today", "To 1 contact: Sofía"),
        Example("!enviar pendientes promo Recuerda la imagen de hoy", "A 1 contacto: Sofía"),
    ),
)
def send_pending(ask: Ask, campaign: Campaign, text: str) -> Reply:
    return _queue(ask, _pending(ask, campaign), text)


def _pending(ask: Ask, campaign: Campaign) -> list[Contact]:
    contacts = pending(ask.tables, campaign, ask.now)
    if not contacts:
        raise UserError("send.nobody_pending", name=campaign.name, id=campaign.id)
    return contacts


def _shown(ask: Ask, contacts: Sequence[Contact], text: str) -> tuple[Phrase, ...]:
    """To whom, what, and when the last of them goes; and who is left out."""
    allowed = _allowed(ask, contacts, text)
    if not allowed:
        raise UserError("send.nobody_allowed")
    names = ", ".join(contact.name for contact in allowed[:NAMED]) + ("…" if len(allowed) > NAMED else "")
    lines = [say("send.preview", count=len(allowed), names=names), say("send.text", marker=MARKER, text=text)]
    if len(allowed) < len(contacts):
        lines.append(say("send.left_out", count=len(contacts) - len(allowed)))
    return (*lines, _goes(ask, allowed))


def _queue(ask: Ask, contacts: Sequence[Contact], text: str) -> Reply:
    allowed = _allowed(ask, contacts, text)
    goes = _goes(ask, allowed)
    for contact in allowed:
        sending.queue(ask.tables, _message(ask, contact, text))
    return Reply((say("send.queued", count=len(allowed)), goes))


def _goes(ask: Ask, contacts: Sequence[Contact]) -> Phrase:
    """When the last of them goes, after what waits already."""
    before = queueing.addressees(ask.tables)
    new = [(str(contact.phone.jid), To.CONTACT) for contact in contacts]
    ahead = recent_sends(ask).forecast([*before, *new], ask.now)[len(before) :]
    last = max(ahead, key=lambda decision: decision.at)
    return say("send.goes_now") if last.limit is None else say("send.goes_by", at=last.at)


def _allowed(ask: Ask, contacts: Sequence[Contact], text: str) -> list[Contact]:
    return [
        contact
        for contact in contacts
        if not contact.paused and permission.refusal(ask.tables, _message(ask, contact, text), ask.now) is None
    ]


def _message(ask: Ask, contact: Contact, text: str) -> OutboxItem:
    key = f"send:{ask.order.key}:{contact.id}"
    return sending.text(key, contact.phone.jid, To.CONTACT, f"{MARKER} {text}", ask.now)

"""`!contact add`: people take part by name and number, or by the contact cards that the owner shares."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.flows.enrolling import Enrolment, enrol
from bot.model.chat import Expect, Order, Phrase, Reply, Role, say
from bot.model.event import Card
from bot.model.identity import BadPhone, Phone
from commands.binding import bind
from commands.conversation import CANCEL_WORDS, DONE_WORDS, Talk
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.kinds import PhoneNumber, Text, looks_like_phone
from commands.menus import menu
from commands.targets import cards_of
from commands.vocabulary import PREFIX
from commands.words import cleaned, echo, split

WAITING = "contact_add"
MINUTES = 10
LONGEST_NAME = 80
#: So many names are shown of the cards that were shared.
MOST_NAMES = 5

_SAID = {
    Enrolment.ADDED: "contact_add.added",
    Enrolment.KNOWN: "contact_add.known",
    Enrolment.LEFT: "contact_add.has_left",
}


@command(
    en=("contact add", "add contact", "contact new"),
    es=("contacto agregar", "contacto añadir", "contacto nuevo", "agregar contacto"),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(
        Argument("name", Text(LONGEST_NAME), en="name", es="nombre", required=False),
        Argument("phone", PhoneNumber(), en="number", es="número", required=False, anywhere=True),
    ),
    more=True,
    examples=both(
        (
            Example("!contact add Marta Ruiz +57 310 555-0101", "*Marta Ruiz (#4)*"),
            Example("!contact add", "*Marta (#4)*", cards=1),
            Example("!contact add", "Share the contact cards"),
        ),
        (
            Example("!contacto agregar Marta Ruiz +57 310 555-0101", "*Marta Ruiz (#4)*"),
            Example("!contacto agregar", "*Marta (#4)*", cards=1),
            Example("!contacto agregar", "Comparte las tarjetas"),
        ),
    ),
)
def contact_add(ask: Ask, name: str | None, phone: Phone | None) -> Reply:
    cards = cards_of(ask)
    if cards and not phone:
        return Reply(_add(ask, cards))
    if name and phone:
        return Reply(_add(ask, [Card(name, (phone.number,))]))
    if name:
        raise WrongUse("contact_add.no_number", name=echo(name))
    if phone:
        raise WrongUse("contact_add.no_name", phone=phone)
    return Reply((say("contact_add.share", minutes=MINUTES),), expect=_wait())


def offer_cards(ask: Ask) -> Reply:
    """Contact cards came alone: one answer adds them."""
    cards = cards_of(ask)
    names = [echo(cleaned(card.name[:LONGEST_NAME])) for card in cards[:MOST_NAMES]]
    shown = ", ".join(names) + ("…" if len(cards) > MOST_NAMES else "")
    offer = menu(ask.order, [PREFIX + contact_add.name(ask.language)], MINUTES)
    return Reply((say("contact_add.offer", count=len(cards), names=shown),), expect=offer)


def _has_cards(order: Order) -> bool:
    return bool(order.cards)


def _answer(ask: Ask, text: str) -> Reply:
    """Cards, of which more may follow, or the end."""
    if ask.order.cards:
        return Reply(_add(ask, cards_of(ask)), expect=_wait())
    return Reply((say("contact_add.over", count=len(ask.tables.contacts)),), ends=True)


def _otherwise(ask: Ask, text: str) -> Reply:
    """A name and a number, as behind the command; more may follow."""
    values = bind(contact_add, split(text), ask)
    return replace(contact_add.run(ask, **values), expect=_wait())


CONTACT_WIZARD = Talk(WAITING, DONE_WORDS | CANCEL_WORDS, _answer, takes=_has_cards, otherwise=_otherwise)


def _wait() -> Expect:
    return Expect(WAITING, {}, MINUTES)


def _add(ask: Ask, cards: Sequence[Card]) -> tuple[Phrase, ...]:
    """Add the people on the cards; what it means to add somebody is said once."""
    before = len(ask.tables.contacts)
    lines = [_add_card(ask, card) for card in cards]
    if len(ask.tables.contacts) > before:
        lines += [say("contact_add.consent"), say("contact_add.save_each_other")]
    return tuple(lines)


def _add_card(ask: Ask, card: Card) -> Phrase:
    """Store a contact and all their numbers, unless one of the numbers is known."""
    phones = _phones(card, ask.region)
    name = cleaned(card.name[:LONGEST_NAME])
    if not phones:
        return say("contact_add.bad_card", name=echo(name))
    is_nameless = not name or looks_like_phone(name)  # the name is shown on the page, where numbers are masked
    called = phones[0].masked if is_nameless else name
    enrolled = enrol(ask.tables, called, phones, ask.overview.link.account, ask.now)
    contact = enrolled.contact
    if enrolled.how is Enrolment.DELETED:
        return say("privacy.suppressed", name=called, phone=phones[0])
    if contact is None:
        return say("contact_add.own_number")
    return say(_SAID[enrolled.how], name=contact.name, id=contact.id, phone=contact.phone)


def _phones(card: Card, region: str | None) -> list[Phone]:
    """The numbers on a card that can exist."""
    phones = []
    for number in card.phones:
        with suppress(BadPhone):
            phones.append(Phone.parse(number, region))
    return list(dict.fromkeys(phones))

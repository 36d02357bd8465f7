"""`!contact list` and `!contact show`: who takes part, and what was seen of them."""

from __future__ import annotations

from bot.flows import people
from bot.flows.coverage_lines import lately
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Consent, Contact
from commands.contact_edit import notes_of, tags_of
from commands.declaration import Argument, Ask, Example, Group, Option, both, command
from commands.export import spreadsheet
from commands.kinds import Choice, Text
from commands.options import PAGE, SEARCH, matches
from commands.targets import ContactTarget
from commands.text import shortened
from commands.words import folded
from storage.query import where

#: The newest notes stand with the contact; *!contact note* shows all.
NOTES_SHOWN = 3

_TAG = Option("tag", Text(30), en="tag", es="etiqueta", value_en="vip", value_es="vip")
_RESULTS = Option(
    "results",
    Choice({True: ("with", "con"), False: ("without", "sin")}, bilingual=True),
    en="results",
    es="resultados",
    value_en="with",
    value_es="con",
)


@command(
    en=("contact list", "contacts"),
    es=("contacto lista", "contactos", "contacto listar"),
    group=Group.CONTACTS,
    role=Role.VIEWER,
    options=(SEARCH, _TAG, _RESULTS, PAGE),
    examples=both(
        (Example("!contact list", "Ana (#1)"), Example("!contacts search:lui", "Luis (#2)"),
         Example("!contacts results:without", "Sofía (#3)")),
        (Example("!contacto lista", "Ana (#1)"), Example("!contactos buscar:lui", "Luis (#2)"),
         Example("!contactos resultados:sin", "Sofía (#3)")),
    ),
)  # fmt: skip
def contact_list(ask: Ask, search: str | None, tag: str | None, results: bool | None, page: int | None) -> Reply:
    found = sorted(
        (contact for contact in ask.tables.contacts.all() if matches(contact.name, search)),
        key=lambda contact: contact.name.casefold(),
    )
    if tag is not None:
        found = [contact for contact in found if folded(tag) in contact.tags]
    if results is not None:
        judged = {number for (number,) in ask.tables.results.pluck(where("campaign_id") > 0, "contact_id")}
        found = [contact for contact in found if (contact.id in judged) is results]
    if not found:
        is_filtered = search or tag or results is not None
        return Reply((say("contact.nothing_found") if is_filtered else say("contact.none"),))
    shown, below, papers = shortened(found, page, spreadsheet("contacts"))
    rows = [_row(contact) for contact in shown]
    return Reply((say("contact.list_title", count=len(found)), *rows, *below), papers=papers)


@command(
    en=("contact show",),
    es=("contacto ver", "contacto mostrar"),
    group=Group.CONTACTS,
    role=Role.VIEWER,
    arguments=(Argument("contact", ContactTarget(), en="contact", es="contacto"),),
    examples=both(
        (Example("!contact show Ana", "*Ana (#1)*"), Example("!contact show +57 300 123-4567", "*Ana (#1)*")),
        (Example("!contacto ver Ana", "*Ana (#1)*"), Example("!contacto ver +57 300 123-4567", "*Ana (#1)*")),
    ),
)
def contact_show(ask: Ask, contact: Contact) -> Reply:
    number = "contact.number" if ask.role > Role.VIEWER else "contact.number_masked"
    lines = [
        say("contact.title", name=contact.name, id=contact.id),
        say(number, phone=contact.phone),
        say(f"consent.{contact.consent.value}", at=contact.consent_at),
        _last_status(contact),
    ]
    if contact.paused:
        lines.append(say("contact.paused"))
    if contact.tags:
        lines.append(tags_of(contact.tags))
    if ask.role > Role.VIEWER:
        lines += notes_of(contact.notes)[:NOTES_SHOWN]
    return Reply((*lines, *_campaigns(ask, contact), lately(ask.tables, ask.zone, ask.now)))


def _row(contact: Contact) -> Phrase:
    return say("contact.row", name=contact.name, id=contact.id, phone=contact.phone, state=_state(contact))


def _state(contact: Contact) -> Phrase:
    if contact.consent is Consent.WITHDRAWN:
        return say("contact.left")
    if contact.paused:
        return say("contact.paused")
    return say("contact.seen", at=contact.last_seen_at) if contact.last_seen_at else say("contact.unseen")


def _last_status(contact: Contact) -> Phrase:
    if contact.last_seen_at is None:
        return say("contact.no_status")
    return say("contact.last_status", at=contact.last_seen_at)


def _campaigns(ask: Ask, contact: Contact) -> tuple[Phrase, ...]:
    """How the contact stands in each active campaign that looks at them."""
    outcomes = {
        result.campaign_id: result.outcome.value
        for result in ask.tables.results.find(where("contact_id") == contact.id)
    }
    return tuple(
        say(
            "contact.campaign",
            name=campaign.name,
            id=campaign.id,
            outcome=say(f"outcome.{outcomes.get(campaign.id, 'pendiente')}"),
        )
        for campaign in people.campaigns_of(ask.tables, contact)
    )

"""`!data`: what is kept of one person: shown, handed out, deleted."""

from __future__ import annotations

from bot.flows import privacy
from bot.model.chat import Paper, Phrase, Reply, Role, say
from bot.model.contact import Contact
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.targets import ContactTarget

_CONTACT = Argument("contact", ContactTarget(), en="contact", es="contacto")


@command(
    en=("data show",),
    es=("datos ver", "datos mostrar"),
    group=Group.DATA,
    role=Role.OPERATOR,
    arguments=(_CONTACT,),
    examples=both(Example("!data show Ana", "Statuses seen: 1"), Example("!datos ver Ana", "Estados vistos: 1")),
)
def data_show(ask: Ask, contact: Contact) -> Reply:
    return Reply((*privacy.shown(ask.tables, contact), say("privacy.more", id=contact.id)))


@command(
    en=("data export",),
    es=("datos exportar",),
    group=Group.DATA,
    role=Role.OWNER,
    arguments=(_CONTACT,),
    examples=both(
        Example("!data export Ana", "Everything kept of Ana", paper="personal_data"),
        Example("!datos exportar Ana", "Todo lo guardado de Ana", paper="personal_data"),
    ),
)
def data_export(ask: Ask, contact: Contact) -> Reply:
    return Reply(papers=(Paper("personal_data", {"contact": contact.id}),))


def _what_is_lost(ask: Ask, contact: Contact) -> tuple[Phrase, ...]:
    found = privacy.kept(ask.tables, contact)
    facts = {"statuses": found.statuses, "results": found.results, "messages": found.messages, "media": found.media}
    return (say("privacy.delete_ask", name=contact.name, id=contact.id, **facts),)


@command(
    en=("data delete", "forget", "contact delete"),
    es=("datos borrar", "datos eliminar", "olvidar", "contacto borrar", "contacto eliminar"),
    group=Group.DATA,
    role=Role.OWNER,
    arguments=(_CONTACT,),
    confirm=_what_is_lost,
    undoable=False,
    examples=both(Example("!data delete Ana", "for good"), Example("!datos borrar Ana", "para siempre")),
)
def data_delete(ask: Ask, contact: Contact) -> Reply:
    privacy.erase(ask.tables, contact, ask.now)
    return Reply((say("privacy.deleted", name=contact.name),))

"""`!contact edit`, `tag`, `note`, `pause` and `resume`: what the owner knows of a contact."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.flows import people
from bot.model.blocks import Note
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from bot.model.identity import Phone
from commands.declaration import Argument, Ask, Example, Group, Option, WrongUse, both, command
from commands.kinds import PhoneNumber, Text
from commands.targets import ContactTarget
from commands.words import Words, folded

LONGEST_NAME, LONGEST_TAG, LONGEST_NOTE = 80, 30, 300
MOST_TAGS, MOST_NOTES = 10, 50

_CONTACT = Argument("contact", ContactTarget(), en="contact", es="contacto")
_FIRST = Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto")


@dataclass(frozen=True)
class TagChange:
    """`vip bogota` adds tags, `-vip` takes one away."""

    def take(self, words: Words, ask: Ask) -> tuple[tuple[str, ...] | None, Words]:
        tags = tuple(folded(word.text.lstrip("+")).replace("−", "-") for word in words)
        too_long = next((tag for tag in tags if len(tag) > LONGEST_TAG), None)
        if too_long is not None:
            raise WrongUse("text.too_long", most=LONGEST_TAG)
        return tags or None, ()


@command(
    en=("contact edit",),
    es=("contacto editar",),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(_CONTACT,),
    options=(
        Option("name", Text(LONGEST_NAME), en="name", es="nombre", value_en='"New name"', value_es='"Nombre nuevo"'),
        Option("number", PhoneNumber(), en="number", es="número", value_en="+57…", value_es="+57…"),
    ),
    examples=both(
        (Example('!contact edit Luis name:"Luis Díaz"', "*Luis Díaz (#2)*"),
         Example("!contact edit Luis number:+573105550101", "+57 310 5550101")),
        (Example('!contacto editar Luis nombre:"Luis Díaz"', "*Luis Díaz (#2)*"),
         Example("!contacto editar Luis número:+573105550101", "+57 310 5550101")),
    ),
)  # fmt: skip
def contact_edit(ask: Ask, contact: Contact, name: str | None, number: Phone | None) -> Reply:
    if name is None and number is None:
        raise WrongUse("contact_edit.nothing")
    changed = contact if name is None else replace(contact, name=name)
    if number is not None:
        changed = _with_number(ask, changed, number)
    ask.tables.contacts.save(changed)
    return Reply((say("contact_edit.done", name=changed.name, id=contact.id, phone=changed.phone),))


@command(
    en=("contact tag",),
    es=("contacto etiqueta", "contacto etiquetar"),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(_FIRST, Argument("tags", TagChange(), en="tag | -tag", es="etiqueta | -etiqueta", required=False)),
    more=True,
    examples=both(Example("!contact tag Ana vip", "vip"), Example("!contacto etiqueta Ana vip", "vip")),
)
def contact_tag(ask: Ask, contact: Contact, tags: tuple[str, ...] | None) -> Reply:
    gone = {tag[1:] for tag in tags or () if tag.startswith("-")}
    new = [tag for tag in tags or () if not tag.startswith("-")]
    kept = tuple(dict.fromkeys(tag for tag in (*contact.tags, *new) if tag and tag not in gone))
    if len(kept) > MOST_TAGS:
        raise UserError("contact_edit.too_many_tags", most=MOST_TAGS)
    if tags:
        ask.tables.contacts.save(replace(contact, tags=kept))
    return Reply((say("contact.title", name=contact.name, id=contact.id), tags_of(kept)))


@command(
    en=("contact note",),
    es=("contacto nota", "contacto anotar"),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(_FIRST, Argument("text", Text(LONGEST_NOTE), en="text", es="texto", required=False)),
    examples=both(
        Example("!contact note Ana called on Monday", "called on Monday"),
        Example("!contacto nota Ana llamó el lunes", "llamó el lunes"),
    ),
)
def contact_note(ask: Ask, contact: Contact, text: str | None) -> Reply:
    notes = contact.notes
    if text is not None:
        notes = (*notes, Note(ask.now, str(ask.order.person), text))[-MOST_NOTES:]
        ask.tables.contacts.save(replace(contact, notes=notes))
    rows = notes_of(notes) or (say("contact_edit.no_notes"),)
    return Reply((say("contact.title", name=contact.name, id=contact.id), *rows))


@command(
    en=("contact pause",),
    es=("contacto pausar",),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(_CONTACT,),
    examples=both(Example("!contact pause Luis", "is paused"), Example("!contacto pausar Luis", "está en pausa")),
)
def contact_pause(ask: Ask, contact: Contact) -> Reply:
    return _pause(ask, contact, is_paused=True)


@command(
    en=("contact resume",),
    es=("contacto reanudar",),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(_CONTACT,),
    examples=both(Example("!contact resume Luis", "takes part"), Example("!contacto reanudar Luis", "participa")),
)
def contact_resume(ask: Ask, contact: Contact) -> Reply:
    return _pause(ask, contact, is_paused=False)


def tags_of(tags: tuple[str, ...]) -> Phrase:
    return say("contact_edit.tags", tags=", ".join(tags)) if tags else say("contact_edit.no_tags")


def notes_of(notes: tuple[Note, ...]) -> tuple[Phrase, ...]:
    """The notes, the newest first."""
    return tuple(say("contact_edit.note", at=note.at, text=note.text) for note in reversed(notes))


def _pause(ask: Ask, contact: Contact, *, is_paused: bool) -> Reply:
    ask.tables.contacts.save(replace(contact, paused=is_paused))
    key = "contact_edit.paused" if is_paused else "contact_edit.resumed"
    return Reply((say(key, name=contact.name, id=contact.id),))


def _with_number(ask: Ask, contact: Contact, number: Phone) -> Contact:
    """The number is looked up anew; the old one still leads to the contact, in case they post from it."""
    known = people.contact_of(ask.tables, (number.jid,))
    if known is not None and known.id != contact.id:
        raise UserError("contact_edit.number_taken", name=known.name, id=known.id)
    people.learn_addresses(ask.tables, contact, (number.jid,), ask.now)
    return replace(contact, phone=number, look_up_at=ask.now, on_whatsapp=None)

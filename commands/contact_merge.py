"""`!contact merge`: two contacts are one person with two numbers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows import merging
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from commands.audience import parted
from commands.declaration import Argument, Ask, Example, Group, WrongUse, command
from commands.declaration import both as in_both
from commands.targets import contacts_named
from commands.words import Words
from storage.query import where


@dataclass(frozen=True)
class TwoContacts:
    """Two contacts, with a comma between them: the one that stays, and the one that becomes a part of it."""

    def take(self, words: Words, ask: Ask) -> tuple[tuple[Contact, Contact] | None, Words]:
        names = parted(words)
        if not names:
            return None, ()
        if len(names) != 2:
            raise WrongUse("merge.two")
        found = contacts_named(names, ask)
        if len(found) != 2:
            raise UserError("merge.same")
        return (found[0], found[1]), ()


def _what_moves(ask: Ask, both: tuple[Contact, Contact]) -> tuple[Phrase, ...]:
    kept, gone = both
    statuses = ask.tables.captures.count(where("contact_id") == gone.id)
    facts = {"name": gone.name, "id": gone.id, "kept": kept.name, "kept_id": kept.id}
    return (say("merge.ask", count=statuses, **facts),)


@command(
    en=("contact merge",),
    es=("contacto unir",),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(Argument("both", TwoContacts(), en="contact, other contact", es="contacto, otro contacto"),),
    confirm=_what_moves,
    more=True,
    examples=in_both(
        Example("!contact merge Ana, Luis", "Luis (#2) will become a part of Ana (#1)"),
        Example("!contacto unir Ana, Luis", "Luis (#2) pasará a ser parte de Ana (#1)"),
    ),
)
def contact_merge(ask: Ask, both: tuple[Contact, Contact]) -> Reply:
    kept, gone = both
    merging.merge(ask.tables, kept, gone, ask.now)
    return Reply((say("merge.done", name=kept.name, id=kept.id, gone=gone.name, phone=gone.phone),))

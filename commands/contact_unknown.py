"""`!contact unknown`: who posted under an address that is nobody's yet; whose it is, or that it is nobody's."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows import strangers
from bot.flows.strangers import Unknown
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from commands.declaration import Argument, Ask, Example, Group, Offer, Unclear, WrongUse, both, command
from commands.options import PAGE
from commands.targets import contacts_named
from commands.text import footer, page_of
from commands.words import Words, echo, folded

#: So many last digits tell unknown authors apart.
DIGITS = 4
_IGNORE = frozenset({"ignore", "ignorar", "nobody", "nadie"})


@dataclass(frozen=True)
class UnknownTarget:
    """An unknown author, by the last digits that the list shows."""

    def take(self, words: Words, ask: Ask) -> tuple[Unknown | None, Words]:
        if not words:
            return None, ()
        written = words[0].text.lstrip("…#·")
        found = [each for each in strangers.unknown(ask.tables) if written and each.lid.user.endswith(written)]
        text = echo(words[0].text)
        if len(found) > 1:
            offers = [Offer(each.lid.user, _row(each, each.lid.user)) for each in found]
            raise Unclear("target.several", offers, words[:1], text=text)
        if not found:
            raise UserError("unknown.no_such", text=text)
        return found[0], words[1:]


@dataclass(frozen=True)
class Whose:
    """A contact, or nobody's."""

    contact: Contact | None


@dataclass(frozen=True)
class WhoseKind:
    def take(self, words: Words, ask: Ask) -> tuple[Whose | None, Words]:
        if not words:
            return None, ()
        if len(words) == 1 and folded(words[0].text) in _IGNORE:
            return Whose(None), ()
        return Whose(contacts_named([words], ask)[0]), ()


@command(
    en=("contact unknown",),
    es=("contacto desconocidos", "contacto desconocido"),
    group=Group.CONTACTS,
    role=Role.OPERATOR,
    arguments=(
        Argument("author", UnknownTarget(), en="last digits", es="últimas cifras", required=False),
        Argument("whose", WhoseKind(), en="contact | ignore", es="contacto | ignorar", required=False),
    ),
    options=(PAGE,),
    more=True,
    examples=both(
        Example("!contact unknown", "No unknown authors"), Example("!contacto desconocidos", "Ningún autor desconocido")
    ),
)
def contact_unknown(ask: Ask, author: Unknown | None, whose: Whose | None, page: int | None) -> Reply:
    if author is None:
        return _listed(ask, page)
    if whose is None:
        raise WrongUse("unknown.whose", digits=_digits(author))
    if whose.contact is None:
        strangers.ignore(ask.tables, author.lid, ask.now)
        return Reply((say("unknown.ignored", digits=_digits(author)),))
    facts = {"digits": _digits(author), "name": whose.contact.name, "id": whose.contact.id}
    if not strangers.assign(ask.tables, author.lid, whose.contact, ask.now):
        raise UserError("unknown.taken", **facts)
    return Reply((say("unknown.assigned", count=author.statuses, **facts),))


def _listed(ask: Ask, page: int | None) -> Reply:
    found = strangers.unknown(ask.tables)
    if not found:
        return Reply((say("unknown.none"),))
    rows = [_row(each, _digits(each)) for each in page_of(found, page)]
    return Reply((say("unknown.title", count=len(found)), *rows, *footer(found, page), say("unknown.how")))


def _row(each: Unknown, digits: str) -> Phrase:
    statuses = say("unknown.statuses", count=each.statuses)
    return say("unknown.row", digits=digits, statuses=statuses, at=each.last_at)


def _digits(each: Unknown) -> str:
    return each.lid.user[-DIGITS:]

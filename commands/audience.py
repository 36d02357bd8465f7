"""`!campaign contacts`: at whom a campaign looks; everyone by default, or only those named, with exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from bot.flows import people
from bot.model.campaign import Audience, Campaign, Membership, pair_key
from bot.model.chat import Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from commands.campaigns import audience
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.options import PAGE
from commands.targets import CampaignTarget, contacts_named
from commands.text import footer, page_of
from commands.words import Word, Words, folded, joined
from storage.query import where


class Change(StrEnum):
    ALL = "all"
    ONLY = "only"
    ADD = "add"
    TAKE_OUT = "take_out"


_SIGNS = {
    "all": Change.ALL,
    "everyone": Change.ALL,
    "todos": Change.ALL,
    "todas": Change.ALL,
    "only": Change.ONLY,
    "solo": Change.ONLY,
    "+": Change.ADD,
    "add": Change.ADD,
    "agregar": Change.ADD,
    "-": Change.TAKE_OUT,
    "−": Change.TAKE_OUT,
    "–": Change.TAKE_OUT,
    "remove": Change.TAKE_OUT,
    "quitar": Change.TAKE_OUT,
}


_ANDS = frozenset({"and", "y", "e", "&"})


@dataclass(frozen=True)
class AudienceChange:
    change: Change
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class AudienceChangeKind:
    """`all`, `only Ana, Luis`, `+ Ana` or `- Ana`; the sign may touch the name."""

    def take(self, words: Words, ask: Ask) -> tuple[AudienceChange | None, Words]:
        if not words:
            return None, ()
        change, names = _sign(words)
        if change is None:
            raise WrongUse("audience.unknown_change", text=joined(words)[:40])
        contacts = tuple(_contacts(names, ask))
        if (change is Change.ALL) == bool(contacts):
            raise WrongUse("audience.no_names" if contacts else "audience.whom")
        return AudienceChange(change, contacts), ()


def begins_change(word: Word) -> bool:
    """Whether a word is, or begins with, the sign of a change."""
    return _sign((word,))[0] is not None


@command(
    en=("campaign contacts",),
    es=("campaña contactos",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(
        Argument("campaign", CampaignTarget(begins_change), en="campaign", es="campaña", required=False),
        Argument(
            "change",
            AudienceChangeKind(),
            en="all | only A, B | + A | - A",
            es="todos | solo A, B | + A | - A",
            required=False,
        ),
    ),
    options=(PAGE,),
    more=True,
    examples=both(
        (
            Example("!campaign contacts promo only Ana, Luis", "looks at 2 chosen contacts"),
            Example("!campaign contacts #1 - Luis", "looks at all contacts"),
            Example("!campaign contacts promo", "Ana"),
        ),
        (
            Example("!campaña contactos promo solo Ana, Luis", "Mira a 2 contactos elegidos"),
            Example("!campaña contactos #1 - Luis", "Mira a todos los contactos"),
            Example("!campaña contactos promo", "Ana"),
        ),
    ),
)
def campaign_contacts(ask: Ask, campaign: Campaign, change: AudienceChange | None, page: int | None) -> Reply:
    changed = _apply(ask, campaign, change) if change else campaign
    members = people.participants(ask.tables, changed)
    rows = [say("named", name=contact.name, id=contact.id) for contact in page_of(members, page)]
    title = say("audience.title", name=changed.name, id=changed.id, audience=audience(ask, changed))
    return Reply((title, *rows, *footer(members, page)))


def _apply(ask: Ask, campaign: Campaign, change: AudienceChange) -> Campaign:
    match change.change:
        case Change.ALL:
            _forget_exceptions(ask, campaign)
            return ask.tables.campaigns.save(replace(campaign, audience=Audience.EVERYONE))
        case Change.ONLY:
            _forget_exceptions(ask, campaign)
            _except(ask, campaign, change.contacts, takes_part=True)
            return ask.tables.campaigns.save(replace(campaign, audience=Audience.CHOSEN))
        case Change.ADD:
            _except(ask, campaign, change.contacts, takes_part=True)
        case Change.TAKE_OUT:
            _except(ask, campaign, change.contacts, takes_part=False)
    return campaign


def _forget_exceptions(ask: Ask, campaign: Campaign) -> None:
    for member in ask.tables.memberships.find(where("campaign_id") == campaign.id):
        ask.tables.memberships.remove(member)


def _except(ask: Ask, campaign: Campaign, contacts: Iterable[Contact], *, takes_part: bool) -> None:
    for contact in contacts:
        wanted = Membership(0, pair_key(campaign.id, contact.id), campaign.id, contact.id, takes_part)
        member, is_new = ask.tables.memberships.add_once(wanted)
        if not is_new:
            ask.tables.memberships.save(replace(wanted, id=member.id))


def _contacts(names: Words, ask: Ask) -> list[Contact]:
    """Names between commas; `Ana and Luis` are two, unless somebody is called so."""
    parts = parted(names)
    try:
        return contacts_named(parts, ask)
    except UserError:
        single = [piece for part in parts for piece in _between_ands(part)]
        if single == parts:
            raise
        return contacts_named(single, ask)


def _between_ands(words: Words) -> list[Words]:
    ands = [n for n, word in enumerate(words) if not word.quoted and folded(word.text) in _ANDS]
    pieces = [words[start + 1 : end] for start, end in pairwise([-1, *ands, len(words)])]
    return [piece for piece in pieces if piece]


def _sign(words: Words) -> tuple[Change | None, Words]:
    """The sign of the change and the names behind it."""
    first, rest = words[0], words[1:]
    if folded(first.text) in _SIGNS:
        return _SIGNS[folded(first.text)], rest
    if first.text[0] in "+-−–" and not first.quoted:
        return _SIGNS[first.text[0]], (first.part(1), *rest)
    return None, words


def parted(words: Words) -> list[Words]:
    """Names are parted by commas; a comma between quotes belongs to the name."""
    parts: list[list[Word]] = [[]]
    for word in words:
        if word.quoted:
            parts[-1].append(word)
            continue
        for place, piece in enumerate(_between_commas(word)):
            parts += [[]] if place else []
            parts[-1] += [piece] if piece.text else []
    return [tuple(part) for part in parts if part]


def _between_commas(word: Word) -> Iterator[Word]:
    start = 0
    for text in word.text.split(","):
        yield word.part(start, start + len(text))
        start += len(text) + 1

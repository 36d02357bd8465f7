"""What a command is about: a campaign or a contact, by #id, name, number, shared card, or a reply to a message."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.flows import people
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import ABOUT_NOTHING, About, Order, say
from bot.model.contact import Contact
from bot.model.document import from_document
from bot.model.errors import UserError
from bot.model.event import Card
from bot.model.identity import BadPhone, Phone
from bot.model.outbox import OutboxItem
from commands.declaration import Ask, Offer, Unclear
from commands.kinds import looks_like_phone, phone, whole
from commands.words import LIKENESS, Word, Words, echo, folded, joined, likeness, nearest
from storage.query import where

Named = TypeVar("Named", Campaign, Contact)
Finding = Callable[[Words, Sequence[tuple[str, Named]]], Named | None]

REPLY = "reply:"
#: What may stand before a name, in the language of a sentence.
_LINKS = frozenset({"of", "for", "from", "the", "de", "del", "para", "a", "la", "el"})


@dataclass(frozen=True)
class CampaignTarget:
    """A campaign; left out, the one that a replied-to message is about, or else the only active one.

    next_begins: whether a word begins the next argument, for which the words behind the campaign are left. Without
    it, all the words must name the campaign.
    """

    next_begins: Callable[[Word], bool] | None = None

    def take(self, words: Words, ask: Ask) -> tuple[Campaign | None, Words]:
        known = _open_first(ask.tables.campaigns.all())
        if words:
            found, left = _longest(words, known, self._is_next)
            if found is not None and not (left and self.next_begins is None):
                self._refuse_slip(words, found, left, known)
                return found, left
            named = tuple(itertools.takewhile(lambda word: not self._is_next(word), words))
            if named:
                raise _unknown("campaign", named, known)
        return _campaign_replied_to(ask) or _only_active(known, words), words

    def _refuse_slip(self, words: Words, found: Campaign, left: Words, known: Sequence[Campaign]) -> None:
        """`promo mayoo 60` means Promo Mayo: a beginning alone fits, and what stands behind it is no next argument."""
        if not left or self._is_next(left[0]):
            return
        taken = len(words) - len(left)
        named = tuple(itertools.takewhile(lambda word: not self._is_next(word), words))
        rest = " ".join(found.name.split()[taken:])
        is_beginning = _exact(words[:taken], [(folded(found.name), found)]) is None
        if is_beginning and likeness(joined(named[taken:]), rest) >= LIKENESS:
            raise _unknown("campaign", named, known)

    def _is_next(self, word: Word) -> bool:
        return self.next_begins is not None and self.next_begins(word)


@dataclass(frozen=True)
class OptionalCampaignTarget:
    """A campaign, or None when none is named."""

    def take(self, words: Words, ask: Ask) -> tuple[Campaign | None, Words]:
        return CampaignTarget().take(words, ask) if words else (_campaign_replied_to(ask), words)


@dataclass(frozen=True)
class ContactTarget:
    """A contact; left out, the one of a shared card, or the one that the replied-to message is about.

    is_last: all the words must name them. Otherwise the words behind a name are left for the next argument.
    """

    is_last: bool = True

    def take(self, words: Words, ask: Ask) -> tuple[Contact | None, Words]:
        meant = _contact_replied_to(ask) if not self.is_last else None
        if words and meant is not None and not looks_like_phone(words[0].text):
            return _named_exactly(words, ask) or (meant, words)
        if words:
            found, left = _longest(words, ask.tables.contacts.all()) if not self.is_last else (None, words)
            if found is not None:
                return found, left
            return contacts_named([words], ask)[0], ()
        for card in cards_of(ask):
            for number in card.phones:
                contact = _contact_with(number, ask)
                if contact is not None:
                    return contact, ()
        return _contact_replied_to(ask), ()


def contacts_named(names: Sequence[Words], ask: Ask) -> list[Contact]:
    """The contacts that these words mean, each once; raises UserError."""
    known = ask.tables.contacts.all()
    return list(dict.fromkeys(_contact_named(words, known, ask) for words in names))


def cards_of(ask: Ask) -> list[Card]:
    """The contact cards that were sent with the order, or that it replies to."""
    documents = ask.order.cards
    if not documents and (replied_to := _order_replied_to(ask)):
        documents = replied_to.cards
    return [from_document(Card, document) for document in documents]


def same_name(name: str, rows: Sequence[Named]) -> Named | None:
    """The row of this name, however it is written."""
    return next((row for row in rows if folded(row.name) == folded(name)), None)


def _contact_named(words: Words, known: Sequence[Contact], ask: Ask) -> Contact:
    text = joined(words)
    if looks_like_phone(text):
        contact = people.contact_of(ask.tables, (phone(text, ask.region).jid,))
        if contact is None:
            raise UserError("contact.unknown_number", text=echo(text))
        return contact
    found, left = _longest(words, known)
    if found is None or left:
        raise _unknown("contact", words, known)
    return found


def _named_exactly(words: Words, ask: Ask) -> tuple[Contact, Words] | None:
    """Who is named in full: in a reply, the beginning of a name is more likely a word of something else."""
    found, left = _longest_by((_exact,), words, ask.tables.contacts.all())
    return (found, left) if found is not None else None


def _longest(
    words: Words, known: Sequence[Named], is_next: Callable[[Word], bool] = lambda word: False
) -> tuple[Named | None, Words]:
    """The row that the most words name exactly, or else by a beginning that fits no other; `a Luis` is not Ana."""
    if len(words) == 1 or words[0].quoted or folded(words[0].text) not in _LINKS or is_next(words[0]):
        return _longest_by((_exact, _by_beginning), words, known)
    found, left = _longest_by((_exact,), words, known)
    if found is None:
        found, left = _longest_by((_by_beginning,), words, known, least=2)
    return (found, left) if found is not None else _longest(words[1:], known, is_next)


def _longest_by(
    ways: Sequence[Finding[Named]], words: Words, known: Sequence[Named], least: int = 1
) -> tuple[Named | None, Words]:
    names = [(folded(row.name), row) for row in known]
    most_words = max((name.count(" ") + 1 for name, _ in names), default=0)
    lengths = range(min(len(words), most_words), least - 1, -1)
    for find in ways:
        for length in lengths:
            row = find(words[:length], names)
            if row is not None:
                return row, words[length:]
    return None, words


def _exact(words: Words, names: Sequence[tuple[str, Named]]) -> Named | None:
    """By the id behind #, the name, or a bare id: a campaign may be called `2026`."""
    text = joined(words)
    number = None if words[0].quoted else whole(text.removeprefix("#"))
    with_number = next((row for _, row in names if row.id == number), None)
    if with_number and text.startswith("#"):
        return with_number
    alike = [row for name, row in names if name == folded(text)]
    if len(alike) > 1:
        raise _several(words, alike)
    return alike[0] if alike else with_number


def _by_beginning(words: Words, names: Sequence[tuple[str, Named]]) -> Named | None:
    text = joined(words)
    start = folded(text)
    alike = [row for name, row in names if start and name.startswith(start)]
    if len(alike) > 1:
        raise _several(words, alike)
    return alike[0] if alike else None


def _several(words: Words, rows: Sequence[Named]) -> Unclear:
    return Unclear("target.several", [_offer(row) for row in rows], words, text=echo(joined(words)))


def _unknown(what: str, words: Words, rows: Sequence[Campaign] | Sequence[Contact]) -> UserError:
    text = echo(joined(words))
    meant = nearest(joined(words), [row.name for row in rows])
    if meant is not None:
        row = next(row for row in rows if row.name == meant)
        return Unclear(f"{what}.did_you_mean", [_offer(row)], words, text=text, name=row.name, id=row.id)
    return UserError(f"{what}.unknown", text=text)


def _offer(row: Campaign | Contact) -> Offer:
    facts = {"name": row.name, "id": row.id}
    shown = say("target.contact", phone=row.phone, **facts) if isinstance(row, Contact) else say("named", **facts)
    return Offer(f"#{row.id}", shown)


def _open_first(campaigns: list[Campaign]) -> list[Campaign]:
    """Without the closed ones whose name an open one has taken over."""
    open_names = {folded(each.name) for each in campaigns if each.state is not CampaignState.CLOSED}
    return [each for each in campaigns if each.state is not CampaignState.CLOSED or folded(each.name) not in open_names]


def _only_active(campaigns: list[Campaign], before: Words) -> Campaign:
    active = [campaign for campaign in campaigns if campaign.state is CampaignState.ACTIVE]
    if len(active) == 1:
        return active[0]
    if not active:
        raise UserError("campaign.none_active")
    newest_first = sorted(active, key=lambda campaign: -campaign.id)
    raise Unclear("campaign.which", [_offer(campaign) for campaign in newest_first], before=before)


def _campaign_replied_to(ask: Ask) -> Campaign | None:
    order = _order_replied_to(ask)
    made = ask.tables.campaigns.one(where("created_by") == order.key) if order else None
    return made or ask.tables.campaigns.get(_replied_to(ask).campaign)


def _contact_replied_to(ask: Ask) -> Contact | None:
    return ask.tables.contacts.get(_replied_to(ask).contact)


def _replied_to(ask: Ask) -> About:
    """What the message that is replied to, one of ours or the asker's own command, is about."""
    ours, theirs = _message_replied_to(ask), _order_replied_to(ask)
    return ours.about if ours is not None else theirs.about if theirs is not None else ABOUT_NOTHING


def _message_replied_to(ask: Ask) -> OutboxItem | None:
    return ask.tables.outbox.one(where("message_id") == ask.order.quoted) if ask.order.quoted else None


def _order_replied_to(ask: Ask) -> Order | None:
    """The order that was replied to, also by way of its answer."""
    if not ask.order.quoted:
        return None
    answer = _message_replied_to(ask)
    is_answer = answer is not None and answer.key.startswith(REPLY)
    key = answer.key.removeprefix(REPLY) if answer and is_answer else f"{ask.order.chat}|{ask.order.quoted}"
    return ask.tables.orders.one(where("key") == key)


def _contact_with(number: str, ask: Ask) -> Contact | None:
    try:
        return people.contact_of(ask.tables, (Phone.parse(number, ask.region).jid,))
    except BadPhone:
        return None

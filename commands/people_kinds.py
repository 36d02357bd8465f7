"""Which person is meant: by number, contact, card, mention, or a reply to what they wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.flows import people
from bot.model.identity import BadPhone, Jid, Phone
from commands.declaration import Ask
from commands.recipients import AnyNumber
from commands.targets import cards_of
from commands.words import Words
from storage.query import where

#: A mention in a text: `@` and the digits of a number or LID.
_MENTION = re.compile(r"@(\d{5,20})")


@dataclass(frozen=True)
class Person:
    """Somebody by their addresses, the number first where it is known, and a name to call them."""

    addresses: tuple[Jid, ...]
    name: str


@dataclass(frozen=True)
class AnyPerson:
    """A person, who need be no contact; left out, the one who wrote the message that is replied to."""

    def take(self, words: Words, ask: Ask) -> tuple[Person | None, Words]:
        mentioned, left = _mentioned(words, ask)
        if mentioned is not None:
            return _called(mentioned, ask), left
        if not words:
            return _on_card(ask) or _replied_to(ask), ()
        phone, left = AnyNumber().take(words, ask)
        return (_called(phone.jid, ask) if isinstance(phone, Phone) else None), left


def _mentioned(words: Words, ask: Ask) -> tuple[Jid | None, Words]:
    """Who is mentioned in the words: the message says whether the digits are those of a number or a LID."""
    for place, word in enumerate(words):
        found = _MENTION.fullmatch(word.text)
        if found is not None:
            known = [jid for jid in ask.order.mentions if jid.user == found[1]]
            left = words[:place] + words[place + 1 :]
            return (known[0] if known else Phone(f"+{found[1]}").jid), left
    return None, words


def _on_card(ask: Ask) -> Person | None:
    for card in cards_of(ask):
        for number in card.phones:
            try:
                return _called(Phone.parse(number, ask.region).jid, ask)
            except BadPhone:
                continue
    return None


def _replied_to(ask: Ask) -> Person | None:
    author = ask.order.quoted_author
    return _called(author, ask) if author is not None else None


def _called(jid: Jid, ask: Ask) -> Person:
    """With the name of the contact, if they are one, and the addresses known of them."""
    contact = people.contact_of(ask.tables, (jid,))
    if contact is None:
        return Person((jid,), jid.masked)
    lids = [Jid.parse(each.jid) for each in ask.tables.addresses.find(where("contact_id") == contact.id)]
    others = (each for each in lids if each not in (jid, contact.phone.jid))
    return Person((contact.phone.jid, *([jid] if jid.is_lid else others)), contact.name)

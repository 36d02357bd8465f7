"""Who is meant by a number: any phone number, or a contact's."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.contact import Contact
from bot.model.identity import Phone
from commands.declaration import Ask
from commands.kinds import PhoneNumber
from commands.targets import ContactTarget
from commands.words import Words


@dataclass(frozen=True)
class AnyNumber:
    """A phone number as it is written, or that of a contact by name or #id; words behind it are left.

    The value is a Phone: a number need not belong to a contact.
    """

    def take(self, words: Words, ask: Ask) -> tuple[Phone | None, Words]:
        written, left = PhoneNumber().take(words, ask)
        if written is not None:
            return written, left
        contact, left = ContactTarget(is_last=False).take(words, ask)
        return (contact.phone if isinstance(contact, Contact) else None), left

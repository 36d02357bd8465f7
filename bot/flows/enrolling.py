"""Somebody becomes a contact: once, whatever number or file they come from, and never against their word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.flows import people
from bot.flows.suppression import suppressed_since
from bot.model.contact import Consent, Contact
from bot.model.identity import ContactId, Jid, Phone
from storage.tables import Tables


class Enrolment(StrEnum):
    ADDED = "added"
    KNOWN = "known"  #: one of the numbers is a contact's already
    LEFT = "left"  #: it is that of a contact who left: only they can come back
    DELETED = "deleted"  #: their data was deleted at their or the owner's wish: they must agree anew
    OWN = "own"  #: it is this account's own


@dataclass(frozen=True)
class Enrolled:
    how: Enrolment
    contact: Contact | None  #: the new one, or the one that is known


def enrol(
    tables: Tables, name: str, phones: Sequence[Phone], own: Jid | None, now: datetime,
    agreed_at: datetime | None = None, source: str = "",
) -> Enrolled:  # fmt: skip
    """Store a contact with all their numbers, unless one of these is known; `own` is this account's address.

    Adding somebody declares that they agreed to take part: now, unless it is known when; `source` says how that is
    known.
    """
    addresses = [phone.jid for phone in phones]
    if own in addresses:
        return Enrolled(Enrolment.OWN, None)
    known = people.contact_of(tables, addresses)
    if known is not None:
        has_left = known.consent is Consent.WITHDRAWN
        return Enrolled(Enrolment.LEFT if has_left else Enrolment.KNOWN, known)
    if suppressed_since(tables, phones) is not None:
        return Enrolled(Enrolment.DELETED, None)
    consent_at = agreed_at or now
    new = Contact(
        ContactId(0), name, phones[0], Consent.DECLARED, consent_at, now, look_up_at=now, consent_source=source
    )
    contact = tables.contacts.add(new)
    people.learn_addresses(tables, contact, addresses, now)
    return Enrolled(Enrolment.ADDED, contact)

"""May this message go to this person? Asked again when its turn comes: minds change while messages wait."""

from __future__ import annotations

from datetime import datetime

from bot.flows import blacklist, people, publishing, sequence_rules
from bot.model.contact import Consent
from bot.model.failures import Failure
from bot.model.outbox import OutboxItem, Pace, Refusal, To
from storage.tables import Tables


def refusal(tables: Tables, item: OutboxItem, now: datetime) -> Refusal | None:
    """Why a message may not go, or not now; None when it may.

    Contacts are written to only with consent; the answer to their own word always goes, but to nobody blacklisted.
    """
    match item.audience:
        case To.CONTROL:
            return None
        case To.STATUS:
            return None if publishing.is_on(tables) else Refusal(Failure.PUBLISHING_OFF)
        case To.CONTACT:
            return _of_contact(tables, item, now)


def _of_contact(tables: Tables, item: OutboxItem, now: datetime) -> Refusal | None:
    if blacklist.holds(tables, item.to):
        return Refusal(Failure.BLACKLISTED)
    if item.pace is Pace.CONFIRMATION:
        return None
    contact = people.contact_of(tables, (item.to,))
    if contact is None or contact.consent is Consent.WITHDRAWN:
        return Refusal(Failure.NO_CONSENT)
    return sequence_rules.refusal(tables, item, contact, now)

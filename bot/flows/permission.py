"""May this message go to this person? Asked again when its turn comes: minds change while messages wait."""

from __future__ import annotations

from bot.flows import blacklist, people, sequence_rules
from bot.model.contact import Consent
from bot.model.failures import Failure
from bot.model.outbox import OutboxItem, Pace, Refusal, To
from storage.tables import Tables


def refusal(tables: Tables, item: OutboxItem) -> Refusal | None:
    """Why a message may not go, or not now; None when it may.

    Contacts are written to only with consent; the answer to their own word always goes, but to nobody blacklisted.
    """
    if item.audience is not To.CONTACT:
        return None
    if blacklist.holds(tables, item.to):
        return Refusal(Failure.BLACKLISTED)
    if item.pace is Pace.CONFIRMATION:
        return None
    contact = people.contact_of(tables, (item.to,))
    if contact is None or contact.consent is Consent.WITHDRAWN:
        return Refusal(Failure.NO_CONSENT)
    return sequence_rules.refusal(tables, item, contact)

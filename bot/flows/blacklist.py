"""Numbers that nothing is sent to: checked when a message is queued, and again when its turn comes."""

from __future__ import annotations

from datetime import datetime

from bot.flows import people
from bot.model.identity import Jid, Phone
from bot.model.outbox import Blacklisted
from storage.query import where
from storage.tables import Tables


def add(tables: Tables, phone: Phone, reason: str, by: str, now: datetime) -> tuple[Blacklisted, bool]:
    """Send nothing to this number any more: the entry, and whether it is new."""
    return tables.blacklist.add_once(Blacklisted(0, str(phone.jid), reason, by, now))


def remove(tables: Tables, phone: Phone) -> Blacklisted | None:
    """Allow a number again; None when it was not listed."""
    entry = tables.blacklist.one(where("jid") == str(phone.jid))
    if entry is not None:
        tables.blacklist.remove(entry)
    return entry


def holds(tables: Tables, jid: Jid) -> bool:
    """Whether an address is listed, or any other address of the same person."""
    if not len(tables.blacklist):
        return False
    contact = people.contact_of(tables, (jid,))
    known = tables.addresses.find(where("contact_id") == contact.id) if contact else []
    addresses = {str(jid), *(address.jid for address in known)}
    return any(tables.blacklist.one(where("jid") == address) is not None for address in addresses)

"""Unknown authors: LIDs whose statuses are held back while WhatsApp is asked whose they are.

Of other strangers nothing is kept, so nothing can be listed. The owner may say whose such a LID is, or that it is
nobody's: of an ignored one only a hash stays.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.flows import people
from bot.model.contact import Contact, Ignored, Parked
from bot.model.document import from_document, to_document
from bot.model.event import MessageSeen, Scope
from bot.model.identity import Jid
from storage.query import where
from storage.tables import Tables

#: How long a status waits at most for its author's LID to be learned.
HELD_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Unknown:
    """Somebody who posted under a LID that is nobody's yet."""

    lid: Jid
    first_at: datetime
    last_at: datetime
    statuses: int


def park(tables: Tables, message: MessageSeen, now: datetime) -> None:
    """Hold a message back that may be a contact's: it names its author by a LID alone, and some LIDs are not known yet.

    Nothing is held back once every contact has been looked up: what other people post or write is never stored.
    """
    is_nameless = message.author.is_lid and message.author_alt is None
    if is_nameless and people.asks_remain(tables) and not _is_ignored(tables, message.author):
        key = f"{message.author}:{message.id}"
        tables.parked.add_once(Parked(0, key, str(message.author), to_document(message), now))


def unparked(tables: Tables, now: datetime) -> list[MessageSeen]:
    """Take out the messages whose author is known by now; forget the others when nothing more can be learned."""
    found: list[MessageSeen] = []
    overdue = not people.asks_remain(tables)
    for parked in tables.parked.all():
        is_known = people.contact_of(tables, (Jid.parse(parked.lid),)) is not None
        if is_known:
            found.append(from_document(MessageSeen, parked.message))
        if is_known or overdue or parked.parked_at < now - HELD_FOR:
            tables.parked.remove(parked)
    return found


def unknown(tables: Tables) -> list[Unknown]:
    """The authors of the statuses that are held back, those with the most first."""
    held: defaultdict[str, list[Parked]] = defaultdict(list)
    for parked in tables.parked.all():
        if parked.message["scope"] == Scope.STATUS.value:
            held[parked.lid].append(parked)
    found = [
        Unknown(Jid.parse(lid), min(p.parked_at for p in theirs), max(p.parked_at for p in theirs), len(theirs))
        for lid, theirs in held.items()
    ]
    return sorted(found, key=lambda each: (-each.statuses, each.lid))


def assign(tables: Tables, lid: Jid, contact: Contact, now: datetime) -> bool:
    """The LID is this contact's: what was held back is heard next. False when it is somebody's already."""
    owner = people.contact_of(tables, (lid,))
    if owner is not None:
        return owner.id == contact.id
    people.learn_addresses(tables, contact, (lid,), now)
    for ignored in tables.ignored.find(where("key") == _hashed(lid)):
        tables.ignored.remove(ignored)
    return True


def ignore(tables: Tables, lid: Jid, now: datetime) -> int:
    """Nobody's: forget what was held back, and hold nothing back any more; returns how many messages that were."""
    tables.ignored.add_once(Ignored(0, _hashed(lid), now))
    held = tables.parked.find(where("lid") == str(lid))
    for parked in held:
        tables.parked.remove(parked)
    return len(held)


def _is_ignored(tables: Tables, lid: Jid) -> bool:
    return tables.ignored.one(where("key") == _hashed(lid)) is not None


def _hashed(lid: Jid) -> str:
    return hashlib.sha256(str(lid).encode()).hexdigest()

"""What became of the messages to a contact: what speaks for a block, read for those alone who may have one.

Whose messages all arrived is told by a count over an index; only of others the messages themselves are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from bot.flows import people
from bot.model.blocks import BlockIssue, BlockRules, Delivery, IssueState
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.failures import REFUSED_BY_SERVER, reason
from bot.model.identity import Jid
from bot.model.outbox import OutboxItem, SendState, To
from storage.query import QueryInstance, where
from storage.tables import Tables

#: Older messages say nothing about today.
LOOK_BACK = timedelta(days=90)
_ARRIVED = (SendState.DELIVERED, SendState.READ)
_NOTHING_OPEN = Delivery(0, None, refused=False, last_sign_at=None)


@dataclass(frozen=True)
class Evidence:
    """What is known of the messages to somebody."""

    delivery: Delivery
    first: OutboxItem | None  #: the first of those that did not arrive; None when there is none
    messages: int  #: how many were read to know


def written_to(tables: Tables, now: datetime) -> list[Contact]:
    """The contacts who were sent anything in the time looked at."""
    addresses = {Jid(*address) for address in tables.outbox.pluck(_sent(now), "to.user", "to.server")}
    found = (people.contact_of(tables, (address,)) for address in addresses)
    contacts = {contact.id: contact for contact in found if contact is not None}
    return [contacts[number] for number in sorted(contacts)]


def any_sent(tables: Tables, now: datetime) -> bool:
    """Whether anybody was sent anything in the time looked at."""
    return tables.outbox.one(_sent(now)) is not None


def evidence(
    tables: Tables, contact: Contact, rules: BlockRules, issue: BlockIssue | None, now: datetime
) -> Evidence | None:
    """What the messages sent until a while ago show; None for somebody to whom nothing was sent."""
    sent = [_sent(now) & _to(address.jid) for address in tables.addresses.find(where("contact_id") == contact.id)]
    if not any(tables.outbox.one(to_them) for to_them in sent):
        return None if issue is None else Evidence(_as_it_was(contact, issue), None, 0)
    until = now - rules.after
    overdue = (where("state") == SendState.SENT.value) & (where("sending_at") <= to_document(until))
    if not any(tables.outbox.count(to_them & overdue) for to_them in sent):
        return Evidence(_NOTHING_OPEN, None, 0)
    items = [item for to_them in sent for item in tables.outbox.find(to_them)]
    items.sort(key=lambda item: (item.sending_at, item.id), reverse=True)
    return _of(contact, items, until, _forgiven_until(tables, contact))


def _sent(now: datetime) -> QueryInstance:
    """Messages to contacts, of the time looked at."""
    return cast(
        QueryInstance,
        (where("sending_at") > to_document(now - LOOK_BACK)) & (where("audience") == To.CONTACT.value),
    )


def _to(address: str) -> QueryInstance:
    jid = Jid.parse(address)
    return cast(QueryInstance, (where("to").user == jid.user) & (where("to").server == jid.server))


def _of(contact: Contact, items: list[OutboxItem], until: datetime, forgiven: datetime) -> Evidence:
    """From the messages to a contact, the newest first."""
    run: list[OutboxItem] = []
    for item in items:
        if item.state in _ARRIVED or (item.sending_at is not None and item.sending_at <= forgiven):
            break
        if item.state is SendState.SENT and item.sending_at is not None and item.sending_at <= until:
            run.append(item)
    first = run[-1] if run else None
    oldest_at = first.sending_at if first else None
    return Evidence(
        Delivery(len(run), oldest_at, _refused(contact, items), _last_sign(contact, items)), first, len(items)
    )


def _as_it_was(contact: Contact, issue: BlockIssue) -> Delivery:
    """The messages are too old to be looked at: the issue itself remembers them, and a sign of life still counts."""
    return Delivery(issue.undelivered, issue.oldest_at, _refused(contact, []), _last_sign(contact, []))


def _forgiven_until(tables: Tables, contact: Contact) -> datetime:
    """Until when the owner says that all is well."""
    settled = tables.block_issues.find(
        (where("contact_id") == contact.id) & (where("state") == IssueState.REACTIVATED.value)
    )
    return max((issue.closed_at for issue in settled if issue.closed_at), default=contact.created_at - LOOK_BACK)


def _refused(contact: Contact, items: list[OutboxItem]) -> bool:
    """The server's own word: about the newest message, or when it was asked for the contact's address."""
    return contact.on_whatsapp is False or any(reason(item.failure) in REFUSED_BY_SERVER for item in items[:1])


def _last_sign(contact: Contact, items: list[OutboxItem]) -> datetime | None:
    receipts = [at for item in items for at in (item.delivered_at, item.read_at)]
    return max((at for at in (contact.last_seen_at, contact.last_wrote_at, *receipts) if at is not None), default=None)

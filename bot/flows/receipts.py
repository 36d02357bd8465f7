"""What became of our messages: receipts advance them, also early, late, and for those in doubt."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import people
from bot.logs import fields
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.event import ReceiptKind, ReceiptSeen
from bot.model.identity import Jid
from bot.model.outbox import EarlyReceipt, OutboxItem, OwnWriting, SendState, To
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: How long a receipt waits for its message: WhatsApp's answer to the send, or the restart that finds it in doubt.
EARLY_FOR = timedelta(hours=1)
#: How long the ids of the owner's own writing are kept, so that its receipts settle no doubt.
OWN_FOR = timedelta(days=3)
#: Ids that the library gives begin so (whatsmeow's GenerateMessageID, as WhatsApp Web does); phones give others.
OUR_IDS = "3EB0"
#: A phone's clock, by which receipts are dated in seconds, may be behind ours.
CLOCKS_DIFFER = timedelta(seconds=5)
#: A receipt that comes later than this after a cut-off send is about something else.
DOUBT_FOR = timedelta(days=14)

_RANK = {SendState.SENT: 1, SendState.DELIVERED: 2, SendState.READ: 3}


def seen(tables: Tables, receipt: ReceiptSeen) -> None:
    """Advance our messages: delivered, then read. Receipts of kinds that say nothing about the reader are dropped."""
    if receipt.kind is ReceiptKind.OTHER:
        return
    state = SendState.DELIVERED if receipt.kind is ReceiptKind.DELIVERED else SendState.READ
    for message_id in receipt.ids:
        item = tables.outbox.one(where("message_id") == message_id)
        if item is not None:
            advance(tables, item, state, receipt.at)
            continue
        early = EarlyReceipt(0, f"{message_id}:{state}", message_id, state, receipt.at, receipt.reader)
        stored, _ = tables.early_receipts.add_once(early)
        _settle_one_of(tables, stored)


def own_writing(tables: Tables, message_id: str, at: datetime) -> None:
    """The owner wrote to somebody on another device: receipts for that message are none of our business."""
    tables.own_writings.add_once(OwnWriting(0, message_id, at))


def catch_up(tables: Tables, item: OutboxItem) -> OutboxItem:
    """A message got its id: receipts that were faster count now; those that are not its own may settle a doubt."""
    for early in tables.early_receipts.find(where("message_id") == item.message_id, order_by="at"):
        item = advance(tables, item, early.state, early.at)
        tables.early_receipts.remove(early)
    settle_doubts(tables)
    return item


def settle_doubts(tables: Tables) -> None:
    """What is in doubt, or under way, has changed: a receipt that nobody could place may have told already."""
    for early in tables.early_receipts.find(where("at") > 0, order_by="at"):
        _settle_one_of(tables, early)


def forget(tables: Tables, now: datetime) -> None:
    """Receipts that belong to no message of ours: those of the owner's own writing on other devices."""
    for early in tables.early_receipts.find(where("at") < to_document(now - EARLY_FOR)):
        tables.early_receipts.remove(early)
    for own in tables.own_writings.find(where("at") < to_document(now - OWN_FOR)):
        tables.own_writings.remove(own)


def advance(tables: Tables, item: OutboxItem, state: SendState, at: datetime) -> OutboxItem:
    """Move a message on; never back."""
    if _RANK.get(item.state, 0) >= _RANK[state] or item.state in (SendState.QUEUED, SendState.CANCELLED):
        return item
    read_at = at if state is SendState.READ else item.read_at
    return tables.outbox.save(
        replace(item, state=state, delivered_at=item.delivered_at or at, read_at=read_at, failure="")
    )


def _settle_one_of(tables: Tables, early: EarlyReceipt) -> None:
    """A receipt for an id that we do not know, by somebody with one message in doubt: it must be that message's.

    WhatsApp tells the id of a message only in the answer that never came. Not so when the owner wrote to them on
    another device, or while another message to them is under way, which it may be as well; and when several of their
    messages are in doubt, the owner decides.
    """
    if early.reader is None or not early.message_id.startswith(OUR_IDS) or _is_own(tables, early.message_id):
        return
    doubtful = [item for item in _to(tables, early.reader, SendState.IN_DOUBT) if _may_be(early, item)]
    if len(doubtful) != 1 or _to(tables, early.reader, SendState.SENDING):
        return
    item = advance(tables, replace(doubtful[0], message_id=early.message_id), early.state, early.at)
    tables.early_receipts.remove(early)
    log.info("a receipt settled a message in doubt", extra=fields(message=item.id, state=item.state))


def _to(tables: Tables, reader: Jid, state: SendState) -> list[OutboxItem]:
    """The messages to somebody that are in this state."""
    found = tables.outbox.find((where("state") == state.value) & (where("audience") == To.CONTACT.value))
    if not found:
        return []
    contact = people.contact_of(tables, (reader,))
    return [item for item in found if _is_to(tables, item, reader, contact)]


def _is_to(tables: Tables, item: OutboxItem, reader: Jid, contact: Contact | None) -> bool:
    return item.to == reader or (contact is not None and people.contact_of(tables, (item.to,)) == contact)


def _may_be(early: EarlyReceipt, item: OutboxItem) -> bool:
    begun = item.sending_at
    return begun is not None and begun - CLOCKS_DIFFER <= early.at <= begun + DOUBT_FOR


def _is_own(tables: Tables, message_id: str) -> bool:
    return tables.own_writings.one(where("message_id") == message_id) is not None

"""What receipts do: in any order, for many messages at once, under any address, and for messages in doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows import people, receipts
from bot.model.contact import Contact
from bot.model.errors import GatewayError
from bot.model.event import ReceiptKind, ReceiptSeen
from bot.model.failures import Failure
from bot.model.identity import Jid
from bot.model.limits import Limits
from bot.model.outbox import OutboxItem, SendState
from tests.sending.sender import Sender

LID = Jid("99110000000001", "lid")


@pytest.fixture
def sender() -> Sender:
    return Sender(replace(Limits(), human_pace=0.0, warmup=()))


@pytest.fixture
def ana(sender: Sender) -> Contact:
    contact = sender.add_contact("+573001234501")
    people.learn_addresses(sender.tables, contact, (LID,), sender.clock.now())
    return contact


def begun(sender: Sender, contact: Contact, key: str) -> OutboxItem:
    sender.say(key, contact.phone.jid)
    while (item := sender.begin()) is None:
        sender.pass_time(timedelta(seconds=1))
    return item


def receive(sender: Sender, kind: ReceiptKind, reader: Jid, *ids: str) -> None:
    receipts.seen(sender.tables, ReceiptSeen(ids, kind, reader, reader, sender.clock.now()))


def state(sender: Sender, item: OutboxItem) -> SendState:
    return sender.tables.outbox.need(item.id).state


def test_one_receipt_advances_many_messages(sender: Sender, ana: Contact) -> None:
    items = [begun(sender, ana, key) for key in "ab" if sender.pass_time(timedelta(seconds=9)) is None]
    ids = [sender.transmit(item) for item in items]
    for item, message_id in zip(items, ids, strict=True):
        sender.answer(item, message_id)
    receive(sender, ReceiptKind.DELIVERED, LID, *ids)
    assert [state(sender, item) for item in items] == [SendState.DELIVERED] * 2


def test_a_message_in_doubt_is_settled_by_a_receipt_under_the_lid(sender: Sender, ana: Contact) -> None:
    item = begun(sender, ana, "a")
    message_id = sender.transmit(item)
    sender.crash()
    assert state(sender, item) is SendState.IN_DOUBT
    receive(sender, ReceiptKind.READ, LID, message_id)
    settled = sender.tables.outbox.need(item.id)
    assert (settled.state, settled.message_id, settled.failure) == (SendState.READ, message_id, "")


def test_a_receipt_that_came_before_the_crash_was_known_settles_it_too(sender: Sender, ana: Contact) -> None:
    item = begun(sender, ana, "a")
    receive(sender, ReceiptKind.DELIVERED, LID, sender.transmit(item))
    assert state(sender, item) is SendState.SENDING
    sender.crash()
    assert state(sender, item) is SendState.DELIVERED


def test_two_doubts_to_one_person_are_left_to_the_owner(sender: Sender, ana: Contact) -> None:
    items = []
    for key in "ab":
        sender.pass_time(timedelta(seconds=9))
        item = begun(sender, ana, key)
        sender.end(item, GatewayError(Failure.NO_ANSWER, in_doubt=True))
        items.append(item)
    receive(sender, ReceiptKind.DELIVERED, LID, sender.arrived[0].message_id)
    assert [state(sender, item) for item in items] == [SendState.IN_DOUBT] * 2


def test_the_receipt_of_a_later_message_settles_no_doubt(sender: Sender, ana: Contact) -> None:
    """It is faster than the answer to its own send: found by killing the bot in a burst."""
    doubtful = begun(sender, ana, "never went out")
    sender.crash()
    sender.pass_time(timedelta(seconds=9))
    later = begun(sender, ana, "later")
    message_id = sender.transmit(later)
    receive(sender, ReceiptKind.DELIVERED, LID, message_id)
    sender.answer(later, message_id)
    assert state(sender, doubtful) is SendState.IN_DOUBT
    assert state(sender, later) is SendState.DELIVERED


@pytest.mark.parametrize("message_id", ["3AF0123456", "3EB0OWNWRITING"])
def test_receipts_for_the_owners_own_writing_settle_no_doubt(sender: Sender, ana: Contact, message_id: str) -> None:
    item = begun(sender, ana, "a")
    sender.crash()
    receipts.own_writing(sender.tables, "3EB0OWNWRITING", sender.clock.now())
    receive(sender, ReceiptKind.DELIVERED, LID, message_id)
    assert state(sender, item) is SendState.IN_DOUBT


def test_kinds_that_say_nothing_about_the_reader_change_nothing(sender: Sender, ana: Contact) -> None:
    item = begun(sender, ana, "a")
    message_id = sender.transmit(item)
    sender.answer(item, message_id)
    receive(sender, ReceiptKind.OTHER, LID, message_id)
    assert state(sender, item) is SendState.SENT
    receive(sender, ReceiptKind.PLAYED, LID, message_id)
    assert state(sender, item) is SendState.READ

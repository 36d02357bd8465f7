"""The order of the queue, one message at a time, and what a fault or the owner does to a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.flows import permission, publishing, queueing, sending
from bot.model.contact import Contact
from bot.model.identity import STATUS_CHAT
from bot.model.limits import Limits
from bot.model.outbox import Pace, SendState, To
from storage.query import where
from tests.sending.sender import OWNER, Sender

QUICK = replace(Limits(), human_pace=0.0, warmup=())


@pytest.fixture
def sender() -> Sender:
    return Sender(QUICK)


@pytest.fixture
def ana(sender: Sender) -> Contact:
    return sender.add_contact("+573001234501")


def test_the_owner_goes_first_then_answers_to_contacts_then_the_rest(sender: Sender) -> None:
    now = sender.clock.now()
    publishing.switch(sender.tables, is_on=True)
    sending.queue(sender.tables, sending.text("status", STATUS_CHAT, To.STATUS, "x", now))
    for number, pace in enumerate((Pace.REPORT, Pace.PLAIN, Pace.CONFIRMATION)):
        contact = sender.add_contact(f"+57300123450{number}")
        item = sending.text(pace.value, contact.phone.jid, To.CONTACT, "x", now)
        sending.queue(sender.tables, replace(item, pace=pace, paced=True))
    sender.say("answer", OWNER, To.CONTROL)
    sender.drain(timedelta(minutes=10), tick=timedelta(seconds=1))
    assert [sent.key for sent in sender.arrived] == ["answer", "confirmation", "plain", "report", "status"]


def test_a_person_types_to_one_contact_at_a_time() -> None:
    sender = Sender(replace(Limits(), warmup=()))
    contacts = [sender.add_contact(f"+57300123450{number}") for number in (1, 2)]
    for contact in contacts:
        sender.say(str(contact.id), contact.phone.jid)
    random, now = Random(1), sender.clock.now()
    first = sending.next_step(sender.tables, sender.window, permission.refusal, random, now)
    assert first is not None
    assert first.typing
    assert sending.next_step(sender.tables, sender.window, permission.refusal, random, now) is None
    sender.drain(timedelta(minutes=2), tick=timedelta(milliseconds=500))
    times = [sent.elapsed for sent in sender.arrived]
    assert times[0] >= 3
    assert times[1] - times[0] >= 3


def test_a_fault_of_ours_in_the_middle_of_a_send_leaves_a_contacts_message_in_doubt(
    sender: Sender, ana: Contact
) -> None:
    sender.say("a", ana.phone.jid)
    item = None
    while item is None:
        item = sender.begin()
        sender.pass_time(timedelta(seconds=1))
    sending.broken(sender.tables, item.id, "7K2Q")
    broken = sender.tables.outbox.need(item.id)
    assert (broken.state, broken.failure) == (SendState.IN_DOUBT, "fault: 7K2Q")


def test_a_queue_longer_than_the_look_ahead_for_one_number_does_not_hold_up_another(
    sender: Sender, ana: Contact
) -> None:
    luis = sender.add_contact("+573001234502")
    for number in range(sending.LOOK_AHEAD + 10):
        sender.say(f"a{number}", ana.phone.jid)
    sender.say("for Luis", luis.phone.jid)
    for _ in range(60):
        sender.turn()
        sender.pass_time(timedelta(seconds=1))
    assert "for Luis" in {sent.key for sent in sender.arrived}


def test_what_the_owner_sends_again_is_sent_once_more_and_counts_twice(sender: Sender, ana: Contact) -> None:
    sender.say("a", ana.phone.jid)
    while (item := sender.begin()) is None:
        sender.pass_time(timedelta(seconds=1))
    sender.transmit(item)
    sender.crash()
    (doubtful,) = queueing.in_doubt(sender.tables)
    queueing.send_again(sender.tables, doubtful, sender.clock.now())
    sender.drain(timedelta(minutes=5), tick=timedelta(seconds=1))
    assert len(sender.arrived) == 2
    assert sender.window.use(sender.clock.now() - timedelta(minutes=4), str(ana.phone.jid))[1].used == 2
    assert sender.tables.outbox.count(where("state") == SendState.IN_DOUBT.value) == 0

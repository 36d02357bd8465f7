"""Reminders: each step in its time, once, to those who still need it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows import blacklist, outcomes, people, queueing, sequences
from bot.i18n import Catalogue
from bot.model.campaign import Campaign, CampaignState, pair_key
from bot.model.capture import Capture, CaptureState, Judgement, Verdict
from bot.model.chat import Language
from bot.model.contact import Consent, Contact
from bot.model.errors import GatewayError
from bot.model.event import ContentKind
from bot.model.failures import Failure
from bot.model.identity import CampaignId, CaptureId
from bot.model.limits import DAY, Limits
from bot.model.outbox import SendState
from bot.model.result import Outcome, Result
from bot.model.rules import CampaignRules
from bot.model.sequence import Going, Progress, ReminderStep, Sequence, Stop, filled, unknown_placeholders
from storage.query import where
from tests.sending.sender import Sender

CATALOGUE = Catalogue.load()
STEPS = (
    ReminderStep(timedelta(), "Hello {name}, {campaign} is on"),
    ReminderStep(2 * DAY, "Did you post {campaña}?"),
    ReminderStep(DAY, "Last call on {date}"),
)


class Reminding:
    """A sequence of three steps for two contacts."""

    def __init__(self) -> None:
        self.sender = Sender(replace(Limits(), human_pace=0.0, warmup=()))
        self.tables = self.sender.tables
        self.ana = self.sender.add_contact("+573001234501")
        self.luis = self.sender.add_contact("+573001234502")
        self.campaign = self.tables.campaigns.add(Campaign(CampaignId(0), "Promo", self.sender.clock.now()))
        self.sequence = self.add(only_pending=False)

    def add(self, *, only_pending: bool) -> Sequence:
        now = self.sender.clock.now()
        key = f"s{len(self.tables.sequences)}"
        return self.tables.sequences.add(
            Sequence(0, key, "Promo", self.campaign.id, STEPS, only_pending, Language.EN, now)
        )

    def start(self) -> int:
        return sequences.start(self.tables, self.sequence, self.sender.clock.now())

    def live(self, span: timedelta) -> None:
        """Let time pass, with the engine's looks at sequences and outbox."""
        end = self.sender.passed + span.total_seconds()
        while self.sender.passed < end:
            sequences.follow(self.tables, 0, self.sender.clock.now())
            sequences.tick(self.tables, CATALOGUE, self.sender.clock.now())
            sequences.sweep(self.tables, 0)
            for _ in range(4):
                self.sender.turn()
                self.sender.pass_time(timedelta(minutes=15))

    def got(self, contact: Contact) -> list[str]:
        """The steps that a contact got, by the end of their keys."""
        return [sent.key.rpartition(":")[2] for sent in self.sender.arrived if sent.to == contact.phone.jid]

    def progress(self, contact: Contact) -> Progress:
        found = self.tables.progress.one(where("key") == pair_key(self.sequence.id, contact.id))
        assert found is not None
        return found

    def make_daily(self) -> None:
        """Each day counts by itself, and brings a reminder."""
        self.campaign = self.tables.campaigns.save(replace(self.campaign, rules=CampaignRules(daily=True)))
        steps = tuple(ReminderStep(after, "Today?") for after in (timedelta(), DAY, DAY))
        self.sequence = self.tables.sequences.save(replace(self.sequence, steps=steps))

    def post(self, contact: Contact) -> None:
        """A status that shows the campaign's picture."""
        now = self.sender.clock.now()
        name = f"status{len(self.tables.captures)}"
        capture = self.tables.captures.add(
            Capture(CaptureId(0), f"{contact.id}:{name}", contact.id, name, now, now, ContentKind.IMAGE,
                    CaptureState.JUDGED)
        )  # fmt: skip
        key = pair_key(capture.id, self.campaign.id)
        self.tables.judgements.add(Judgement(0, key, capture.id, self.campaign.id, contact.id, now, Verdict.MATCH, now))
        outcomes.settle(self.tables, self.campaign, contact, now)

    def comply(self, contact: Contact, outcome: Outcome = Outcome.CUMPLE) -> None:
        key, now = pair_key(self.campaign.id, contact.id), self.sender.clock.now()
        self.tables.results.add(Result(0, key, self.campaign.id, contact.id, outcome, now, now, None))


@pytest.fixture
def reminding() -> Reminding:
    return Reminding()


def test_every_step_goes_once_and_in_its_time(reminding: Reminding) -> None:
    assert reminding.start() == 2
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == reminding.got(reminding.luis) == ["0", "1", "2"]
    times = [sent.elapsed for sent in reminding.sender.arrived if sent.to == reminding.ana.phone.jid]
    assert times[1] - times[0] >= 2 * DAY.total_seconds()
    assert times[2] - times[1] >= DAY.total_seconds()
    assert reminding.progress(reminding.ana).state is Going.DONE
    assert reminding.start() == 0


def test_the_first_reminder_names_the_campaign_and_says_how_to_leave(reminding: Reminding) -> None:
    reminding.start()
    sequences.tick(reminding.tables, CATALOGUE, reminding.sender.clock.now())
    text = reminding.tables.outbox.all()[0].text
    assert text.startswith("🤖 Hello +573001234501, Promo is on")
    assert "STOP" in text


ENDINGS: dict[Stop, Callable[[Reminding], object]] = {
    Stop.COMPLIED: lambda on: on.comply(on.ana),
    Stop.ANSWERED: lambda on: people.wrote(on.tables, (on.ana.phone.jid,), on.sender.clock.now()),
    Stop.LEFT: lambda on: on.tables.contacts.save(
        replace(on.tables.contacts.need(on.ana.id), consent=Consent.WITHDRAWN)
    ),
    Stop.BLACKLISTED: lambda on: blacklist.add(on.tables, on.ana.phone, "", "", on.sender.clock.now()),
    Stop.CLOSED: lambda on: on.tables.campaigns.save(replace(on.campaign, state=CampaignState.CLOSED)),
}


@pytest.mark.parametrize("why", ENDINGS)
def test_it_ends_while_the_next_step_is_awaited(reminding: Reminding, why: Stop) -> None:
    reminding.start()
    reminding.live(DAY)
    ENDINGS[why](reminding)
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == ["0"]
    assert (reminding.progress(reminding.ana).state, reminding.progress(reminding.ana).why) == (Going.STOPPED, why)


@pytest.mark.parametrize("why", ENDINGS)
def test_it_ends_also_while_the_step_waits_in_the_queue(reminding: Reminding, why: Stop) -> None:
    queueing.pause(reminding.tables)
    reminding.start()
    reminding.live(timedelta(hours=2))
    assert reminding.progress(reminding.ana).state is Going.QUEUED
    ENDINGS[why](reminding)
    queueing.resume(reminding.tables)
    reminding.live(DAY)
    assert reminding.got(reminding.ana) == []
    assert reminding.progress(reminding.ana).why == why


def test_whoever_did_not_comply_goes_on(reminding: Reminding) -> None:
    reminding.start()
    reminding.live(DAY)
    reminding.comply(reminding.ana, Outcome.INCUMPLE)
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == ["0", "1", "2"]


def test_where_each_day_counts_nobody_is_reminded_who_posted_that_day(reminding: Reminding) -> None:
    reminding.make_daily()
    reminding.post(reminding.ana)
    reminding.start()
    reminding.live(4 * DAY)
    assert reminding.got(reminding.ana) == ["1", "2"]
    assert reminding.got(reminding.luis) == ["0", "1", "2"]
    assert reminding.progress(reminding.ana).state is Going.DONE


def test_a_reminder_that_waits_is_not_sent_to_who_posts_meanwhile_and_the_next_one_is(reminding: Reminding) -> None:
    reminding.make_daily()
    queueing.pause(reminding.tables)
    reminding.start()
    reminding.live(timedelta(hours=2))
    assert reminding.progress(reminding.ana).state is Going.QUEUED
    reminding.post(reminding.ana)
    queueing.resume(reminding.tables)
    reminding.live(4 * DAY)
    assert reminding.got(reminding.ana) == ["1", "2"]


def test_who_posted_today_is_not_pending_today_and_is_so_again_tomorrow(reminding: Reminding) -> None:
    reminding.make_daily()
    reminding.post(reminding.ana)
    now = reminding.sender.clock.now()
    assert sequences.pending(reminding.tables, reminding.campaign, now) == [reminding.luis]
    assert len(sequences.pending(reminding.tables, reminding.campaign, now + DAY)) == 2


def test_for_the_pending_only_those_of_whom_nothing_was_seen_are_reminded(reminding: Reminding) -> None:
    reminding.comply(reminding.ana, Outcome.INCUMPLE)
    assert sequences.start(reminding.tables, reminding.add(only_pending=True), reminding.sender.clock.now()) == 1


def test_those_who_complied_already_are_not_begun_with(reminding: Reminding) -> None:
    reminding.comply(reminding.ana)
    assert reminding.start() == 1


def test_a_paused_sequence_holds_also_what_is_queued_and_goes_on_where_it_was(reminding: Reminding) -> None:
    queueing.pause(reminding.tables)
    reminding.start()
    reminding.live(timedelta(hours=2))
    paused = sequences.pause(reminding.tables, reminding.sequence)
    queueing.resume(reminding.tables)
    reminding.live(DAY)
    assert reminding.sender.arrived == []
    sequences.resume(reminding.tables, paused, reminding.sender.clock.now())
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == ["0", "1", "2"]


def test_deleting_takes_back_what_is_queued(reminding: Reminding) -> None:
    queueing.pause(reminding.tables)
    reminding.start()
    reminding.live(timedelta(hours=2))
    sequences.delete(reminding.tables, reminding.sequence)
    queueing.resume(reminding.tables)
    reminding.live(5 * DAY)
    assert reminding.sender.arrived == []
    assert {item.state for item in reminding.tables.outbox.all()} == {SendState.CANCELLED}


def test_who_is_held_as_probably_blocked_goes_on_when_released(reminding: Reminding) -> None:
    reminding.start()
    reminding.live(DAY)
    assert sequences.hold(reminding.tables, reminding.ana.id) == 1
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == ["0"]
    sequences.release(reminding.tables, reminding.ana.id, reminding.sender.clock.now())
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == ["0", "1", "2"]


def test_a_crash_in_the_middle_of_a_step_repeats_nothing(reminding: Reminding) -> None:
    reminding.start()
    sequences.tick(reminding.tables, CATALOGUE, reminding.sender.clock.now())
    item = None
    while item is None:
        item = reminding.sender.begin()
        reminding.sender.pass_time(timedelta(seconds=5))
    reminding.sender.transmit(item)
    reminding.sender.crash()
    reminding.live(5 * DAY)
    assert reminding.got(reminding.ana) == reminding.got(reminding.luis) == ["0", "1", "2"]


def test_a_number_that_is_not_on_whatsapp_ends_it(reminding: Reminding) -> None:
    reminding.start()
    sequences.tick(reminding.tables, CATALOGUE, reminding.sender.clock.now())
    for _ in range(20):
        reminding.sender.turn(lambda _: GatewayError(Failure.NOT_ON_WHATSAPP, permanent=True))
        reminding.sender.pass_time(timedelta(seconds=5))
    reminding.live(timedelta(hours=2))
    assert reminding.progress(reminding.ana).why == Stop.UNREACHABLE


def test_placeholders_are_filled_in_both_languages_and_others_are_told() -> None:
    facts = {"name": "Ana", "campaign": "Promo", "date": "6 May"}
    assert filled("{nombre} {name} {campaña} {fecha}", **facts) == "Ana Ana Promo 6 May"
    assert unknown_placeholders("{nombre} {price}") == ["price"]
    with pytest.raises(ValueError, match=r"expected|Single"):
        unknown_placeholders("{nombre")

"""Probable blocks: what speaks for one and against it, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.flows import block_rounds, blocks, jobs, sending, sequences, timetable
from bot.flows.voice import Voice
from bot.i18n import Catalogue
from bot.model.blocks import Band, BlockRules, Delivery, Factor, IssueState, estimate
from bot.model.campaign import Campaign
from bot.model.chat import Language
from bot.model.contact import Contact
from bot.model.identity import CampaignId
from bot.model.limits import Limits
from bot.model.outbox import SendState, To
from bot.model.plan import every_hours
from bot.model.sequence import Going, ReminderStep, Sequence
from storage.query import where
from tests.sending.sender import Sender
from tests.support.clock import START

RULES = BlockRules()
DAY = timedelta(days=1)


def silent(undelivered: int, days: float, **more: object) -> Delivery:
    delivery = Delivery(undelivered, START - days * DAY, refused=False, last_sign_at=None)
    return replace(delivery, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("delivery", "probability", "band"),
    [
        (Delivery(0, None, False, None), 0, Band.ACTIVE),
        (silent(1, 3), 30, Band.ACTIVE),
        (silent(2, 7), 55, Band.SUSPICIOUS),
        (silent(3, 10), 70, Band.SUSPICIOUS),
        (silent(4, 14), 90, Band.BLOCKED),
        (silent(9, 60), 90, Band.BLOCKED),
        (silent(1, 3, refused=True), 60, Band.SUSPICIOUS),
        (silent(3, 14, refused=True), 100, Band.BLOCKED),
        (silent(9, 60, refused=True, last_sign_at=START - DAY), 45, Band.ACTIVE),
        (silent(4, 14, last_sign_at=START - 15 * DAY), 80, Band.BLOCKED),
        (silent(4, 14, last_sign_at=START - 30 * DAY), 90, Band.BLOCKED),
    ],
)
def test_the_probability_adds_up_from_its_factors(delivery: Delivery, probability: int, band: Band) -> None:
    found = estimate(delivery, START)
    assert (found.probability, RULES.band(found.probability)) == (probability, band)
    assert max(0, min(100, sum(weight.points for weight in found.weights))) == probability


def test_a_sign_of_life_always_means_active_however_long_the_silence() -> None:
    for undelivered in range(1, 12):
        for days in (3, 7, 14, 90):
            delivery = silent(undelivered, days, refused=True, last_sign_at=START - timedelta(hours=1))
            found = estimate(delivery, START)
            assert RULES.band(found.probability) is Band.ACTIVE
            assert Factor.SIGN_OF_LIFE in {weight.factor for weight in found.weights}


@pytest.fixture
def sender() -> Sender:
    return Sender(replace(Limits(), human_pace=0.0, warmup=()))


def unanswered(sender: Sender, contact: Contact, count: int, apart: timedelta = 4 * DAY) -> None:
    """Messages that WhatsApp took and that no receipt ever came for."""
    for number in range(count):
        sender.say(f"{contact.id}:{number}:{sender.passed}", contact.phone.jid)
        while sender.tables.outbox.count(where("state") == SendState.QUEUED.value):
            sender.turn()
            sender.pass_time(timedelta(minutes=1))
        sender.pass_time(apart)


def a_run(sender: Sender, contact: Contact, undelivered: int, apart: timedelta = 3 * DAY) -> None:
    """A message that arrived, and then so many that did not, the last of them four days ago."""
    for number in range(undelivered + 1):
        at = sender.clock.now() - 4 * DAY - (undelivered - number) * apart
        item = sending.text(f"{contact.id}:{number}", contact.phone.jid, To.CONTACT, "hello", at)
        state = SendState.SENT if number else SendState.DELIVERED
        sender.tables.outbox.add(replace(item, state=state, sending_at=at, sent_at=at))


def reminded(sender: Sender, contact: Contact) -> None:
    campaign = sender.tables.campaigns.add(Campaign(CampaignId(0), "Promo", sender.clock.now()))
    steps = (ReminderStep(100 * DAY, "later"),)
    wanted = Sequence(0, "s", "Promo", campaign.id, steps, False, Language.EN, sender.clock.now())
    sequences.start(sender.tables, sender.tables.sequences.add(wanted), sender.clock.now())


def going(sender: Sender) -> Going:
    (progress,) = sender.tables.progress.all()
    return progress.state


def examine(sender: Sender) -> blocks.Statistics:
    return blocks.examine(sender.tables, RULES, sender.clock.now())


def examine_bit_by_bit(sender: Sender) -> int:
    """What the engine does after the job began; in how many steps."""
    steps = 0
    while (under_way := block_rounds.under_way(sender.tables)) is not None:
        block_rounds.go_on(sender.tables, under_way, sender.clock.now())
        steps += 1
    return steps


def test_from_a_high_probability_on_reminders_are_paused_with_the_evidence_kept(sender: Sender) -> None:
    ana = sender.add_contact("+573001234501")
    reminded(sender, ana)
    unanswered(sender, ana, 4)
    found = examine(sender)
    (issue,) = blocks.open_issues(sender.tables)
    assert (found.blocked, issue.band, issue.undelivered, issue.paused) == (1, Band.BLOCKED, 4, True)
    assert {weight.factor for weight in issue.weights} == {Factor.UNDELIVERED, Factor.DAYS}
    assert going(sender) is Going.PAUSED
    examine(sender)
    assert len(sender.tables.block_issues) == 1


def test_young_messages_say_nothing(sender: Sender) -> None:
    ana = sender.add_contact("+573001234501")
    unanswered(sender, ana, 6, apart=timedelta(hours=1))
    assert examine(sender).blocked == examine(sender).suspicious == 0


@pytest.mark.parametrize("sign", ["last_seen_at", "last_wrote_at"])
def test_a_sign_of_life_settles_an_issue_and_lets_reminders_go_on(sender: Sender, sign: str) -> None:
    ana = sender.add_contact("+573001234501")
    reminded(sender, ana)
    unanswered(sender, ana, 4)
    examine(sender)
    now: datetime = sender.clock.now()
    sender.tables.contacts.save(replace(sender.tables.contacts.need(ana.id), **{sign: now}))
    examine(sender)
    (issue,) = sender.tables.block_issues.all()
    assert (issue.state, issue.paused) == (IssueState.CLEARED, False)
    assert going(sender) is Going.WAITING


def test_a_receipt_ends_the_row_of_undelivered_messages(sender: Sender) -> None:
    ana = sender.add_contact("+573001234501")
    unanswered(sender, ana, 4)
    newest = max(sender.tables.outbox.all(), key=lambda item: item.id)
    sender.tables.outbox.save(replace(newest, state=SendState.DELIVERED, delivered_at=sender.clock.now()))
    assert examine(sender).suspicious == examine(sender).blocked == 0


def test_what_the_owner_reactivates_is_not_marked_again_for_the_same_messages(sender: Sender) -> None:
    ana = sender.add_contact("+573001234501")
    reminded(sender, ana)
    unanswered(sender, ana, 4)
    examine(sender)
    assert blocks.reactivate(sender.tables, blocks.open_issues(sender.tables)[0], sender.clock.now()) == 1
    examine(sender)
    assert blocks.open_issues(sender.tables) == []
    assert going(sender) is Going.WAITING
    unanswered(sender, ana, 4)
    examine(sender)
    assert [issue.undelivered for issue in blocks.open_issues(sender.tables)] == [4]


def test_nothing_is_ever_sent_to_find_out(sender: Sender) -> None:
    ana = sender.add_contact("+573001234501")
    unanswered(sender, ana, 4)
    before = len(sender.tables.outbox)
    examine(sender)
    assert sender.tables.outbox.count(where("audience") == To.CONTACT.value) == before


def test_the_mean_is_over_all_who_were_written_to(sender: Sender) -> None:
    ana, luis = (sender.add_contact(f"+57300123450{number}") for number in (1, 2))
    unanswered(sender, ana, 4)
    sender.say("luis", luis.phone.jid)
    sender.turn(), sender.pass_time(timedelta(minutes=1)), sender.turn()
    found = blocks.statistics(sender.tables, RULES, sender.clock.now())
    assert (found.contacts, found.blocked, found.active, found.mean) == (2, 1, 1, 45.0)


def test_the_six_hourly_job_tells_the_owner_of_those_newly_marked_once(sender: Sender) -> None:
    ana, voice = sender.add_contact("+573001234501"), Voice(Catalogue.load(), Language.EN, ZoneInfo("America/Bogota"))
    unanswered(sender, ana, 4)
    for _ in range(2):
        now = sender.clock.now()
        jobs.declare(sender.tables, timetable.wanted(sender.tables, now), voice, now)
        sender.pass_time(timedelta(hours=7))
        now = sender.clock.now()
        (job,) = [each for each in jobs.due(sender.tables, voice, now) if each.key == "block_check"]
        assert job.plan == every_hours(6)
        jobs.run(sender.tables, timetable.DUTIES, job, voice, now)
        examine_bit_by_bit(sender)
    (alert,) = [each for each in sender.tables.alerts.all() if each.kind == "blocks"]
    assert alert.facts == {"count": 1}


def test_bit_by_bit_it_finds_what_it_finds_at_one_go(sender: Sender) -> None:
    contacts = [sender.add_contact(f"+57300123{number:04d}") for number in range(3 * block_rounds.CONTACTS)]
    for number, contact in enumerate(contacts):
        a_run(sender, contact, undelivered=number % 6)
    block_rounds.begin(sender.tables, "check")
    assert examine_bit_by_bit(sender) > 3
    found = sender.tables.block_issues.all()
    assert {issue.band for issue in found} == {Band.SUSPICIOUS, Band.BLOCKED}
    for issue in found:
        sender.tables.block_issues.remove(issue)
    examine(sender)
    again = {issue.key: issue for issue in sender.tables.block_issues.all()}
    assert {issue.key: replace(issue, id=again[issue.key].id) for issue in found} == again


def test_one_step_reads_few_messages_however_many_there_are(sender: Sender) -> None:
    contacts = [sender.add_contact(f"+57300123{number:04d}") for number in range(6)]
    for contact in contacts:
        a_run(sender, contact, undelivered=block_rounds.MESSAGES, apart=timedelta(hours=12))
    block_rounds.begin(sender.tables, "check")
    under_way = block_rounds.under_way(sender.tables)
    assert under_way is not None
    block_rounds.go_on(sender.tables, under_way, sender.clock.now())
    assert [issue.contact_id for issue in sender.tables.block_issues.all()] == [contacts[0].id]


def test_an_issue_whose_messages_are_too_old_is_still_settled_by_a_sign_of_life(sender: Sender) -> None:
    ana = sender.add_contact("+573001234501")
    reminded(sender, ana)
    unanswered(sender, ana, 4)
    examine(sender)
    for item in sender.tables.outbox.all():
        sender.tables.outbox.remove(item)
    sender.pass_time(100 * DAY)
    examine(sender)
    assert (len(blocks.open_issues(sender.tables)), going(sender)) == (1, Going.PAUSED)
    sender.tables.contacts.save(replace(sender.tables.contacts.need(ana.id), last_seen_at=sender.clock.now()))
    examine(sender)
    assert (blocks.open_issues(sender.tables), going(sender)) == ([], Going.WAITING)


def test_the_owner_says_how_often_it_is_looked(sender: Sender) -> None:
    blocks.choose_hours(sender.tables, 12)
    plans = {wanted.kind: wanted.plan for wanted in timetable.wanted(sender.tables, sender.clock.now())}
    assert plans["block_check"] == every_hours(12)

"""The commands of sending: previews, doubts, limits of one number, reminders by wizard, own statuses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows import blocks, permission, queueing, sending
from bot.model.blocks import Band, BlockIssue, Factor, IssueState, Weight
from bot.model.chat import Language
from bot.model.identity import ContactId
from bot.model.outbox import Form, OutboxItem, SendState, To
from bot.model.sequence import Going, ReminderStep
from storage.query import where
from tests.commands.desk import Desk, a_desk, jid, pictures

ANA = jid("+573001234567")


def confirmed(desk: Desk, text: str, **with_it: object) -> str:
    """What is answered when the code is given."""
    code = re.search(r"!confirm (\w{4})", desk.ask(text, **with_it))
    assert code is not None
    return desk.ask(f"!confirm {code[1]}")


def to_contacts(desk: Desk) -> list[OutboxItem]:
    return desk.tables.outbox.find(where("audience") == To.CONTACT.value)


def a_doubt(desk: Desk) -> OutboxItem:
    item = sending.text("doubt", ANA, To.CONTACT, "hello Ana", desk.clock.now())
    doubtful = replace(item, state=SendState.IN_DOUBT, sending_at=desk.clock.now(), failure="interrupted")
    return desk.tables.outbox.add(doubtful)


@pytest.fixture
def desk() -> Desk:
    return a_desk(Language.EN)


def test_a_message_is_shown_first_and_queued_when_confirmed(desk: Desk) -> None:
    shown = desk.ask("!send Ana The picture is ready")
    assert "🤖 The picture is ready" in shown
    assert to_contacts(desk) == []
    assert "1 message is on its way" in confirmed(desk, "!send Ana The picture is ready")
    (item,) = to_contacts(desk)
    assert (item.to, item.text) == (ANA, "🤖 The picture is ready")


def test_a_message_that_waits_can_be_undone(desk: Desk) -> None:
    confirmed(desk, "!send Ana The picture is ready")
    desk.ask("!undo")
    assert to_contacts(desk) == []


def test_the_pending_ones_are_written_to_and_those_not_allowed_are_left_out(desk: Desk) -> None:
    desk.ask("!blacklist add Sofía")
    assert "None of them may be written to" in desk.ask("!send pending promo hello")
    desk.ask("!blacklist remove Sofía")
    confirmed(desk, "!send pending promo hello")
    assert [item.to for item in to_contacts(desk)] == [jid("+34612345678")]


def test_a_preview_counts_what_waits_already(desk: Desk) -> None:
    assert "It goes now" in desk.ask("!send Ana hello")
    for number in range(60):
        sending.queue(desk.tables, sending.text(f"m{number}", ANA, To.CONTACT, "x", desk.clock.now()))
    assert "the last one goes at 7 May" in desk.ask("!send Ana hello")  # 50 a day to one number


def test_nobody_pending_is_said(desk: Desk) -> None:
    desk.ask("!campaign contacts promo only Ana, Luis")
    assert "Nobody is pending" in desk.ask("!send pending promo hello")


def test_the_queue_shows_when_each_message_goes_and_for_what_it_waits(desk: Desk) -> None:
    for _ in range(2):
        confirmed(desk, "!send Ana hello")
    answer = desk.ask("!queue")
    assert "*2 messages wait*" in answer
    assert "RATE_LIMIT_EXCEEDED: " in answer


def test_a_doubt_is_shown_and_settled_by_a_word(desk: Desk) -> None:
    item = a_doubt(desk)
    assert f"#{item.id} Ana (#1)" in desk.ask("!queue")
    desk.ask(f"!queue sent {item.id}")
    assert desk.tables.outbox.need(item.id).state is SendState.SENT
    assert "No message in doubt" in desk.ask(f"!queue sent {item.id}")


def test_a_doubt_is_sent_again_as_a_message_of_its_own(desk: Desk) -> None:
    item = a_doubt(desk)
    desk.ask(f"!queue again {item.id}")
    states = sorted(each.state for each in to_contacts(desk))
    assert states == [SendState.DROPPED, SendState.QUEUED]


def test_a_dropped_doubt_still_counts_against_the_limits(desk: Desk) -> None:
    item = a_doubt(desk)
    desk.ask(f"!queue drop {item.id}")
    assert desk.tables.outbox.need(item.id).state is SendState.DROPPED
    assert "minute: 1 of 5" in desk.ask("!limits Ana")


def test_clearing_the_queue_asks_first_and_leaves_answers_alone(desk: Desk) -> None:
    confirmed(desk, "!send Ana hello")
    assert "1 message taken out" in confirmed(desk, "!queue clear")
    assert [item.state for item in to_contacts(desk)] == [SendState.CANCELLED]


def test_one_waiting_message_is_taken_out(desk: Desk) -> None:
    confirmed(desk, "!send Ana hello")
    (item,) = to_contacts(desk)
    desk.ask(f"!queue drop {item.id}")
    assert to_contacts(desk)[0].state is SendState.CANCELLED


def test_pausing_holds_contacts_and_resuming_tells_what_waits(desk: Desk) -> None:
    confirmed(desk, "!send Ana hello")
    desk.ask("!pause")
    assert queueing.is_paused(desk.tables)
    assert "paused" in desk.ask("!queue")
    assert "1 message waits" in desk.ask("!resume")


def test_limits_of_a_number_name_the_limit_and_the_time(desk: Desk) -> None:
    for number in range(5):
        item = sending.text(f"m{number}", ANA, To.CONTACT, "x", desk.clock.now())
        at = desk.clock.now() - timedelta(seconds=40 - 2 * number)
        desk.tables.outbox.add(replace(item, state=SendState.SENT, sending_at=at))
    answer = desk.ask("!limits +57 300 123-4567")
    assert "minute: 5 of 5" in answer
    assert "RATE_LIMIT_EXCEEDED: number_minute" in answer


def test_limits_of_a_number_count_what_waits_for_it_alone(desk: Desk) -> None:
    confirmed(desk, "!send Ana hello")
    confirmed(desk, "!send Luis hello")
    assert "Waiting messages: 1" in desk.ask("!limits Ana")
    assert "Waiting messages: 0" in desk.ask("!limits +57 300 999 9999")


def test_a_blacklisted_number_gets_nothing_also_by_its_other_addresses(desk: Desk) -> None:
    desk.ask("!blacklist add Ana asked by phone")
    assert "Ana (#1)" in desk.ask("!blacklist")
    assert "asked by phone" in desk.ask("!blacklist")
    item = sending.queue(desk.tables, sending.text("x", ANA, To.CONTACT, "x", desk.clock.now()))
    assert (item.state, item.failure) == (SendState.FAILED, "blacklisted")


def test_quiet_hours_are_read_without_minutes_too(desk: Desk) -> None:
    assert "from 22:00 to 07:30" in desk.ask("!quiet 22-7:30")


def test_quiet_hours_are_refused_when_they_make_no_sense(desk: Desk) -> None:
    assert "is no span of hours" in desk.ask("!quiet 25:00-08:00")


def test_the_warm_up_is_switched_off_only_with_a_code(desk: Desk) -> None:
    assert "The warm-up is off" in confirmed(desk, "!warmup off")
    assert "is on" in desk.ask("!warmup on")


def test_the_wizard_takes_steps_one_by_one(desk: Desk) -> None:
    desk.ask("!sequence new promo for:pending")
    assert "is no step" in desk.ask("hello")
    assert "1. at once: Hello {name}" in desk.ask("0 Hello {name}")
    assert "2. after 48 h" in desk.ask("2d Did you post {campaign}?")
    assert "for 1 contact" in desk.ask("done")
    (sequence,) = desk.tables.sequences.all()
    assert sequence.steps == (
        ReminderStep(timedelta(), "Hello {name}"),
        ReminderStep(timedelta(days=2), "Did you post {campaign}?"),
    )
    assert "1 under way" in desk.ask("!sequences")
    assert "wait for their next step: 1" in desk.ask("!sequence show")


@pytest.mark.parametrize("gone", ["!campaign close promo", "!campaign delete promo"])
def test_the_wizard_makes_nothing_for_a_campaign_that_went_meanwhile(desk: Desk, gone: str) -> None:
    desk.ask("!sequence new promo")
    desk.ask("0 Hello {name}!")
    asked = desk.ask(gone)
    if "!confirm" in asked:
        desk.ask(f"!confirm {asked.split('!confirm ')[1].split('*')[0].split()[0]}")
    assert "closed or deleted meanwhile" in desk.ask("done")
    assert not desk.tables.sequences.all()


def test_the_wizard_makes_nothing_without_a_step_or_when_cancelled(desk: Desk) -> None:
    desk.ask("!sequence new promo")
    assert "no step yet" in desk.ask("done")
    desk.ask("cancel")
    assert desk.tables.sequences.all() == []


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("0 Hello {price}", "{price} stands for nothing"),
        ("0 Hello {name", "A brace is missing"),
        ("400d Hello", "90 days at most"),
        (" | ".join(["1d x"] * 11), "10 steps at most"),
    ],
)
def test_steps_that_cannot_be_are_refused(desk: Desk, steps: str, says: str) -> None:
    assert says in desk.ask(f"!sequence new promo {steps}")
    assert desk.tables.sequences.all() == []


def test_a_sequence_is_paused_resumed_and_deleted(desk: Desk) -> None:
    desk.ask("!sequence new promo 0 Hello {name}")
    assert "is paused" in desk.ask("!sequence pause")
    assert "goes on" in desk.ask("!sequence resume #1")
    assert "is gone" in confirmed(desk, "!sequence delete promo")
    assert desk.tables.progress.all() == []


def an_issue(desk: Desk) -> BlockIssue:
    now = desk.clock.now()
    weights = (Weight(Factor.UNDELIVERED, 60, 4), Weight(Factor.DAYS, 30, 15))
    return desk.tables.block_issues.add(
        BlockIssue(0, "1:1", ContactId(1), now, now, 90, Band.BLOCKED, 4, now, None, weights, paused=True)
    )


def test_the_evidence_is_listed_with_its_factors_and_called_probable(desk: Desk) -> None:
    an_issue(desk)
    assert "Ana (#1)* · 90 % · probably blocked" in desk.ask("!blocks")
    answer = desk.ask("!block show Ana")
    assert "+60: messages in a row that did not arrive: 4" in answer
    assert "probable" in answer


def test_notes_have_a_time_and_go_with_the_evidence(desk: Desk) -> None:
    an_issue(desk)
    desk.ask("!block note Ana changed her phone")
    assert "📝 6 May 09:00: changed her phone" in desk.ask("!block show Ana")
    assert "is gone" in confirmed(desk, "!block delete Ana")
    assert desk.tables.block_issues.all() == []


def test_reactivating_lets_reminders_go_on(desk: Desk) -> None:
    desk.ask("!sequence new promo for:all 0 Hello")
    an_issue(desk)
    assert "is active again" in desk.ask("!block reactivate Ana")
    assert blocks.open_issues(desk.tables) == []
    an = desk.tables.block_issues.all()[0]
    assert an.state is IssueState.REACTIVATED
    assert all(row.state is Going.WAITING for row in desk.tables.progress.all())


def test_all_are_reactivated_however_it_is_put(desk: Desk) -> None:
    for words in ("!blocks reactivate all", "!block reactivate all", "!bloqueo reactivar todos"):
        an_issue(desk)
        desk.ask(words)
        assert blocks.open_issues(desk.tables) == []
        desk.tables.block_issues.remove(desk.tables.block_issues.all()[0])


@pytest.mark.parametrize(
    ("changed", "command", "asked", "then"),
    [
        ("!pause", "!resume", "!queue", "Sending to contacts is paused"),
        ("!resume", "!pause", "!queue", "Nothing waits"),
        ("!limits profile conservative", "!limits profile intensive", "!limits profile", "conservative"),
        ("!quiet 22:00-07:00", "!quiet off", "!config show", "22:00-07:00"),
        ("!publish mode on", "!publish mode off", "!publish Today", "for all who may see it"),
        ("!publish mode off", "!publish mode on", "!publish Today", "switched off"),
        ("!blocks thresholds 40 70", "!blocks thresholds 60 90 every:12", "!blocks thresholds", "from 40"),
        ("!blocks thresholds every:4", "!blocks thresholds every:12", "!blocks thresholds", "every 4 h"),
    ],
)
def test_what_was_chosen_for_sending_can_be_undone(
    desk: Desk, changed: str, command: str, asked: str, then: str
) -> None:
    desk.ask(changed)
    before = desk.ask(asked)
    desk.clock.advance(timedelta(minutes=11))  # the choice before is older than can be undone
    desk.ask(command)
    assert desk.ask(asked) != before
    assert f"Undone: {command}" in desk.ask("!undo")
    assert then in desk.ask(asked)
    assert "nothing to undo" in desk.ask("!undo")


def test_the_warm_up_that_was_switched_off_comes_back(desk: Desk) -> None:
    confirmed(desk, "!warmup off")
    assert desk.tables.facts.get("warmup") == "off"
    desk.ask("!undo")
    assert not desk.tables.facts.get("warmup")


def test_a_choice_that_was_made_anew_meanwhile_is_not_undone(desk: Desk) -> None:
    desk.ask("!pause")
    queueing.resume(desk.tables)
    assert "cannot be undone any more" in desk.ask("!undo")
    assert not queueing.is_paused(desk.tables)


def test_who_paused_sending_is_in_the_audit(desk: Desk) -> None:
    desk.ask("!pause")
    assert "!pause" in desk.ask("!audit")


def test_own_statuses_are_off_until_switched_on_and_are_shown_first(desk: Desk) -> None:
    assert "switched off" in desk.ask("!publish Today at the café")
    desk.ask("!publish mode on")
    shown = desk.ask("!publish Today at the café")
    assert "with text alone: Today at the café" in shown
    assert "0 pictures" not in shown
    assert "for all who may see it: 1 picture" in desk.ask("!publish Today", pictures=pictures(1))
    confirmed(desk, "!publish Today", pictures=pictures(1))
    (item,) = desk.tables.outbox.find(where("audience") == To.STATUS.value)
    assert (str(item.to), item.form, item.text) == ("status@broadcast", Form.IMAGE, "Today")


def test_an_own_status_that_waits_is_not_posted_once_that_is_switched_off(desk: Desk) -> None:
    desk.ask("!publish mode on")
    confirmed(desk, "!publish Today")
    (item,) = desk.tables.outbox.find(where("audience") == To.STATUS.value)
    assert permission.refusal(desk.tables, item, desk.clock.now()) is None
    desk.ask("!publish mode off")
    refused = permission.refusal(desk.tables, item, desk.clock.now())
    assert refused is not None
    assert (refused.why, refused.for_good) == ("publishing_off", True)

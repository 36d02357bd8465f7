"""Signs of WhatsApp's displeasure become a risk, which slows down or stops what goes to contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import risks, sending
from bot.model.errors import GatewayError
from bot.model.failures import Failure
from bot.model.incident import LinkChange
from bot.model.limits import Limits
from bot.model.link import LinkState
from bot.model.outbox import OutboxItem, To
from bot.model.risk import Level, Signs, risk
from storage.query import where
from tests.sending.sender import OWNER, Sender
from tests.support.stage import Stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = timedelta()


@pytest.mark.parametrize(
    ("signs", "level"),
    [
        (Signs(), Level.GREEN),
        (Signs(banned=NOW, ban_code=101), Level.RED),
        (Signs(banned=3 * DAY), Level.AMBER),
        (Signs(banned=5 * DAY), Level.GREEN),
        (Signs(refused=DAY), Level.RED),
        (Signs(outdated=HOUR), Level.AMBER),
        (Signs(reach_out=HOUR), Level.RED),
        (Signs(bad_address=timedelta(minutes=5)), Level.AMBER),
        (Signs(too_fast=timedelta(minutes=1)), Level.RED),
        (Signs(too_fast=timedelta(minutes=30)), Level.AMBER),
        (Signs(overloaded=timedelta(minutes=30)), Level.AMBER),
        (Signs(failures_in_a_row=2), Level.GREEN),
        (Signs(failures_in_a_row=3), Level.AMBER),
        (Signs(failures_in_a_row=6), Level.RED),
        (Signs(disconnects=3), Level.GREEN),
        (Signs(disconnects=4), Level.AMBER),
        (Signs(answer_time=timedelta(seconds=12)), Level.AMBER),
        (Signs(disconnects=4, banned=NOW), Level.RED),
    ],
)
def test_the_worst_sign_decides(signs: Signs, level: Level) -> None:
    found = risk(signs)
    assert found.level is level
    assert bool(found.reasons) is (level is not Level.GREEN)


@pytest.fixture
def sender() -> Sender:
    return Sender(replace(Limits(), human_pace=0.0, warmup=()))


def assessed(sender: Sender) -> Level:
    return risks.assess(sender.tables, sender.clock.now()).level


@pytest.mark.parametrize(
    ("state", "reason", "level"),
    [
        (LinkState.BANNED, 101, Level.RED),
        (LinkState.RESTRICTED, 403, Level.RED),
        (LinkState.LOGGED_OUT, 406, Level.RED),
        (LinkState.LOGGED_OUT, 401, Level.GREEN),
        (LinkState.OUTDATED, 405, Level.AMBER),
        (LinkState.RECONNECTING, 429, Level.RED),
        (LinkState.RECONNECTING, 503, Level.AMBER),
    ],
)
def test_codes_of_the_link_are_signs(sender: Sender, state: LinkState, reason: int, level: Level) -> None:
    sender.tables.link_log.add(LinkChange(0, sender.clock.now(), state, reason))
    assert assessed(sender) is level


def test_a_ban_is_remembered_after_it_has_ended_and_after_restarts(sender: Sender) -> None:
    sender.tables.link_log.add(LinkChange(0, sender.clock.now(), LinkState.BANNED, 103))
    sender.pass_time(10 * DAY)
    sender.tables.link_log.add(LinkChange(0, sender.clock.now(), LinkState.STARTING))
    assert assessed(sender) is Level.RED
    sender.tables.link_log.add(LinkChange(0, sender.clock.now(), LinkState.CONNECTED))
    levels = []
    for _ in range(3):
        levels.append(assessed(sender))
        sender.pass_time(2 * DAY)
    assert levels == [Level.RED, Level.AMBER, Level.GREEN]


@pytest.mark.parametrize(
    ("failure", "level"),
    [
        (Failure.REACH_OUT_LIMIT, Level.RED),
        (Failure.BAD_ADDRESS, Level.AMBER),
        (Failure.TOO_FAST, Level.RED),
        (Failure.NOT_ON_WHATSAPP, Level.GREEN),
        (Failure.NOT_CONNECTED, Level.GREEN),
    ],
)
def test_codes_of_sends_are_signs(sender: Sender, failure: Failure, level: Level) -> None:
    ana = sender.add_contact("+573001234501")
    sender.say("hello", ana.phone.jid)
    fail_next(sender, GatewayError(failure, permanent=True))
    assert assessed(sender) is level


def test_failures_in_a_row_end_with_a_success_and_fade(sender: Sender) -> None:
    for number in range(6):
        sender.say(f"a{number}", OWNER, To.CONTROL)
        fail_next(sender, GatewayError(Failure.SERVER, permanent=True))
    assert assessed(sender) is Level.RED
    sender.pass_time(2 * HOUR)
    assert assessed(sender) is Level.GREEN
    sender.say("b", OWNER, To.CONTROL)
    fail_next(sender, GatewayError(Failure.SERVER, permanent=True))
    assert assessed(sender) is Level.RED
    sender.pass_time(timedelta(minutes=1))
    sender.say("c", OWNER, To.CONTROL)
    while sender.turn() is None:
        sender.pass_time(timedelta(seconds=1))
    assert assessed(sender) is Level.GREEN


def test_more_than_three_lost_connections_in_an_hour_are_a_sign(sender: Sender) -> None:
    for _ in range(4):
        sender.tables.link_log.add(LinkChange(0, sender.clock.now(), LinkState.RECONNECTING))
        sender.pass_time(timedelta(minutes=10))
    assert assessed(sender) is Level.AMBER
    sender.pass_time(HOUR)
    assert assessed(sender) is Level.GREEN


def test_amber_halves_the_counts_and_doubles_the_gaps() -> None:
    slow, limits = Limits().slowed(), Limits()
    assert [count for _, _, count in slow.in_total] == [count // 2 for _, _, count in limits.in_total]
    assert [count for _, _, count in slow.per_number] == [2, 10, 25]
    assert (slow.gap, slow.number_gap, slow.human_pace) == (2 * limits.gap, 2 * limits.number_gap, 2.0)
    assert slow.contacts_per_hour == 25
    assert slow.warmup[0] == 10


def test_at_red_nothing_goes_to_contacts_after_a_restart_and_the_owner_is_still_answered(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.settle()
    stage.tables.link_log.add(LinkChange(0, stage.clock.now() - HOUR, LinkState.BANNED, 101))
    stage.tables.link_log.add(LinkChange(0, stage.clock.now(), LinkState.CONNECTED))
    stage.close()
    stage = Stage(tmp_path, stage.clock)
    stage.contact("Ana", "+573001234567").write("STOP")
    stage.owner.note("!help")
    stage.settle(at_most=timedelta(minutes=2))
    assert any("!help" in text for text in stage.texts())
    waiting = stage.tables.outbox.find(where("audience") == "contact")
    assert [item.state.value for item in waiting] == ["queued"]
    stage.close()


def fail_next(sender: Sender, error: GatewayError) -> OutboxItem:
    for _ in range(10):
        item = sender.turn(lambda _: error)
        if item is not None:
            return item
        sender.pass_time(timedelta(seconds=1))
    raise AssertionError("nothing was sent")


def test_a_slow_whatsapp_is_a_sign(sender: Sender) -> None:
    for number in range(6):
        sender.say(f"a{number}", OWNER, To.CONTROL)
        sender.pass_time(timedelta(seconds=2))
        item = sender.begin()
        assert item is not None
        sender.pass_time(timedelta(seconds=15))
        sender.answer(item, sender.transmit(item))
    assert assessed(sender) is Level.AMBER
    assert sending.window(sender.tables, Limits(), sender.clock.now()).use(sender.clock.now())[0].used > 0

"""The time of day is set while messages wait: no burst, and no waiting for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.flows import sending
from bot.model.contact import Contact
from bot.model.limits import DAY, HOUR, MINUTE, Limit, Limits
from bot.model.pacing import SendWindow
from tests.sending.sender import Sender

FIVE_A_MINUTE = Limits()
BACK = [-timedelta(minutes=3), -3 * HOUR, -400 * DAY]
FORWARD = [timedelta(minutes=3), 3 * HOUR, 400 * DAY]


@pytest.fixture
def sender() -> Sender:
    return Sender(replace(FIVE_A_MINUTE, human_pace=0.0, warmup=()))


def full_minute(sender: Sender) -> Contact:
    """Five messages to one number, so that the next one must wait."""
    ana = sender.add_contact("+573001234501")
    for number in range(5):
        sender.say(f"m{number}", ana.phone.jid)
        while sender.turn() is None:
            sender.pass_time(timedelta(seconds=1))
    sender.say("next", ana.phone.jid)
    return ana


def wait_of_next(sender: Sender) -> float:
    """Seconds that really pass until the next message goes."""
    begun, count = sender.passed, len(sender.arrived)
    while len(sender.arrived) == count:
        sender.turn()
        sender.pass_time(timedelta(seconds=1))
    return sender.passed - begun


@pytest.mark.parametrize("step", BACK + FORWARD)
@pytest.mark.parametrize("is_running", [True, False])
def test_the_wait_keeps_its_length(sender: Sender, step: timedelta, is_running: bool) -> None:
    full_minute(sender)
    since_first = sender.passed - sender.arrived[0].elapsed
    sender.clock.set(sender.clock.now() + step)
    if not is_running:
        sender.crash()
    assert 0 <= wait_of_next(sender) - (60 - since_first) <= 3


@pytest.mark.parametrize("step", BACK)
def test_after_a_restart_of_the_machine_a_clock_behind_blocks_no_longer_than_the_limit(
    sender: Sender, step: timedelta
) -> None:
    full_minute(sender)
    sender.clock.restart_machine()
    sender.clock.set(sender.clock.now() + step)
    sender.crash()
    assert wait_of_next(sender) <= 62


def test_the_warm_up_moves_along() -> None:
    sender = Sender(replace(FIVE_A_MINUTE, human_pace=0.0))
    sender.clock.set(sender.clock.now() + 30 * DAY)
    sender.begin()
    assert sender.window.warmup_day(sender.clock.now()) == 0


def test_the_machines_own_clock_counts_on_and_knows_its_start() -> None:
    clock = SystemClock()
    first, boot = clock.elapsed(), clock.boot()
    assert clock.elapsed() >= first > 0
    assert clock.boot() == boot


def test_a_forecast_reserves_nothing() -> None:
    window, now = SendWindow(FIVE_A_MINUTE), Sender(FIVE_A_MINUTE).clock.now()
    ahead = window.forecast([("a", sending.To.CONTACT)] * 7, now)
    assert ahead[0].limit is None
    assert ahead[5].limit is Limit.NUMBER_GAP or ahead[5].limit is Limit.NUMBER_MINUTE
    assert ahead[5].at == now + MINUTE
    assert window.earliest("a", sending.To.CONTACT, now).limit is None

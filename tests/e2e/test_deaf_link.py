"""A WhatsApp that stays connected and says nothing any more, through the real library: found, told, and over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model.link import LinkState
from tests.support.watched_bot import QUICK, WatchedBot
from tests.support.world import World

#: A silence is looked into at once; no ping is ever late, also while the clock rushes.
ATTENTIVE = replace(QUICK, quiet=timedelta(seconds=0.5), probe=timedelta(seconds=10), pong=timedelta(days=1))


@pytest.fixture
def bot(world: World, tmp_path: Path) -> Iterator[WatchedBot]:
    bot = WatchedBot(world, tmp_path, ATTENTIVE)
    bot.link_device()
    yield bot
    bot.close()


def test_a_deaf_connection_that_making_it_anew_does_not_mend_is_told_and_called_off(bot: WatchedBot) -> None:
    before = bot.gateway.process_id
    bot.world.server.is_stalled = True
    bot.comes_to(LinkState.DEAF, LinkState.RECONNECTING)
    bot.minutes_pass(6)
    bot.until(lambda: "offline" in bot.open_alerts(), "an alert that nothing is received")
    bot.until(
        lambda: any(bot.sentence("alert.offline") in told for told in bot.told_outside()), "to be told by the webhook"
    )
    bot.world.server.is_stalled = False
    stuck = bot.gateway.process_id
    with bot.waits.rushing():  # what was asked of a deaf WhatsApp is never answered
        bot.until(
            lambda: bot.gateway.process_id != stuck or bot.gateway.link().state is LinkState.CONNECTED,
            "the process to be given up, or to hear again",
        )
    bot.comes_to(LinkState.CONNECTED)
    assert bot.gateway.process_id != before
    so_far = len(bot.webhook.got)
    bot.minutes_pass(7)
    bot.until(lambda: not bot.open_alerts() & {"offline", "deaf"}, "the alert to be over")
    over = bot.sentence("alerts.sign.over")
    bot.until(lambda: any(over in told for told in bot.told_outside()[so_far:]), "the alert to be called off")

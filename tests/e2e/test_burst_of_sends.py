"""kill -9 during a burst of messages to contacts; `python -m tests.sending kills` does it a hundred times over."""

from __future__ import annotations

from pathlib import Path

from bot.model.outbox import SendState
from tests.sending.kills import burst
from tests.support.world import World

SETTLED = {SendState.SENT, SendState.DELIVERED, SendState.READ, SendState.FAILED, SendState.IN_DOUBT}


def test_no_message_of_a_burst_arrives_twice_or_is_lost_whatever_is_killed(world: World, tmp_path: Path) -> None:
    found = burst(world, tmp_path, messages=40, kills=5, people=4)
    assert len(found.items) == 40
    assert set(found.by_state) <= SETTLED
    texts = {item.text: item.state for item in found.items}
    arrived = {text: times for text, times in found.arrivals.items() if text in texts}
    assert set(arrived.values()) == {1}
    went = {text for text, state in texts.items() if state in (SendState.SENT, SendState.DELIVERED, SendState.READ)}
    assert went <= set(arrived)

"""Upkeep that repeats, whatever is done to the machine's clock and whichever job fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.metronome import Metronome

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def metronome(done: list[str]) -> Metronome:
    with time_machine.travel(NOON, tick=False):
        metronome = Metronome()
        metronome.every(30, "broken", lambda: done.append(str(1 / 0)))
        metronome.every(30, "often", lambda: done.append("often"))
        metronome.every(3600, "seldom", lambda: done.append("seldom"))
    return metronome


def beat(metronome: Metronome, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        metronome.beat()


def test_all_is_done_at_the_first_beat_and_then_in_its_time(metronome: Metronome, done: list[str]) -> None:
    for second in range(0, 61, 10):
        beat(metronome, NOON + timedelta(seconds=second))
    assert done == ["often", "seldom", "often", "often"]


def test_a_clock_set_back_silences_nothing(metronome: Metronome, done: list[str]) -> None:
    beat(metronome, NOON)
    done.clear()
    beat(metronome, NOON - timedelta(days=3))
    beat(metronome, NOON - timedelta(days=3) + timedelta(seconds=31))
    assert done == ["often", "seldom", "often"]


def test_what_was_missed_while_the_machine_slept_is_done_once(metronome: Metronome, done: list[str]) -> None:
    beat(metronome, NOON)
    done.clear()
    beat(metronome, NOON + timedelta(days=1))
    beat(metronome, NOON + timedelta(days=1, seconds=1))
    assert done == ["often", "seldom"]

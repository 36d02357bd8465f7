"""How much of a period was seen, and why not the rest."""

from __future__ import annotations

from datetime import timedelta

from bot.flows.coverage import coverage
from bot.model.coverage import Blind, Coverage
from bot.model.incident import LinkChange
from bot.model.link import LinkState
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import START

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def a_log(*changes: tuple[timedelta, LinkState]) -> Tables:
    tables = Tables(open_store(":memory:", SCHEMA))
    for at, state in changes:
        tables.link_log.add(LinkChange(0, START + at, state))
    return tables


def test_a_period_without_a_break_is_all_seen() -> None:
    tables = a_log((-HOUR, LinkState.CONNECTED))
    assert coverage(tables, START, START + HOUR) == Coverage(HOUR, HOUR)


def test_a_break_is_told_once_by_its_longest_part() -> None:
    tables = a_log(
        (-HOUR, LinkState.CONNECTED),
        (HOUR, LinkState.RECONNECTING),
        (HOUR + 5 * MINUTE, LinkState.STOPPED),
        (2 * HOUR, LinkState.STARTING),
        (2 * HOUR + MINUTE, LinkState.CONNECTED),
    )
    found = coverage(tables, START, START + 24 * HOUR)
    blind = Blind(START + HOUR, START + 2 * HOUR + MINUTE, LinkState.STOPPED)
    assert found == Coverage(24 * HOUR, 24 * HOUR - blind.length, (blind,))


def test_a_moment_without_connection_is_not_seen_and_exonerates_nobody() -> None:
    tables = a_log(
        (-HOUR, LinkState.CONNECTED), (HOUR, LinkState.RECONNECTING), (HOUR + MINUTE / 2, LinkState.CONNECTED)
    )
    found = coverage(tables, START, START + 2 * HOUR)
    assert found.seen == 2 * HOUR - MINUTE / 2
    assert found.is_complete


def test_what_goes_on_at_the_edges_counts_within_the_period_only() -> None:
    tables = a_log((-HOUR, LinkState.BANNED), (HOUR, LinkState.CONNECTED), (2 * HOUR, LinkState.DEAF))
    found = coverage(tables, START, START + 3 * HOUR)
    assert found.blind == (
        Blind(START, START + HOUR, LinkState.BANNED),
        Blind(START + 2 * HOUR, START + 3 * HOUR, LinkState.DEAF),
    )
    assert found.seen == HOUR


def test_before_its_first_start_the_bot_saw_nothing() -> None:
    assert coverage(a_log(), START, START + HOUR).blind == (Blind(START, START + HOUR, LinkState.STOPPED),)
    assert coverage(a_log((HOUR, LinkState.CONNECTED)), START, START + 2 * HOUR).seen == HOUR


def test_a_period_that_has_not_begun_is_empty() -> None:
    assert coverage(a_log(), START, START - HOUR) == Coverage()

"""The charts' geometry: nothing overlaps or leaves its field, heights and widths are in proportion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model.coverage import Blind
from bot.model.link import LinkState
from webstatus.charts import HEIGHT, WIDTH, bar, columns, timeline

AMOUNT = st.integers(0, 10_000)
MIDNIGHT = datetime(2026, 5, 6, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = (MIDNIGHT, MIDNIGHT + 24 * HOUR)


@given(st.lists(AMOUNT, min_size=1, max_size=5))
def test_the_parts_of_a_bar_fill_it_in_proportion(amounts: list[int]) -> None:
    chart = bar([(f"tone {place}", amount) for place, amount in enumerate(amounts)])
    whole = sum(amounts)
    assert sum(piece.width for piece in chart.pieces) == pytest.approx(WIDTH if whole else 0)
    for piece, amount in zip(chart.pieces, [a for a in amounts if a], strict=True):
        assert piece.width == pytest.approx(WIDTH * amount / whole)
    for left, right in zip(chart.pieces, chart.pieces[1:], strict=False):
        assert left.x + left.width == pytest.approx(right.x)


@example([(0, 90)], 357)
@given(st.lists(st.tuples(AMOUNT, AMOUNT), max_size=30), st.none() | st.integers(1, 10_000))
def test_columns_stand_on_the_ground_side_by_side_and_fit(rows: list[tuple[int, int]], limit: int | None) -> None:
    chart = columns([(("good", low), ("off", high)) for low, high in rows], limit=limit)
    assert chart.peak == max((low + high for low, high in rows), default=0)
    assert len(chart.pieces) == sum((low > 0) + (high > 0) for low, high in rows)
    for piece in chart.pieces:
        assert -1e-6 <= piece.y <= piece.y + piece.height <= HEIGHT + 1e-6
        assert 0 <= piece.x <= piece.x + piece.width <= WIDTH + 1e-6
    if chart.line is not None:
        assert 0 <= chart.line <= HEIGHT


def test_a_column_is_as_high_as_its_share_of_the_highest() -> None:
    half, full = columns([(("good", 5),), (("good", 10),)]).pieces
    assert (half.height, full.height) == (HEIGHT / 2, HEIGHT)


def test_a_limit_is_drawn_once_it_is_within_sight() -> None:
    assert columns([(("good", 5),)], limit=50).line is None
    assert columns([(("good", 40),)], limit=50).line == 0
    assert columns([(("good", 100),)], limit=50).line == HEIGHT / 2


def test_a_day_is_receiving_until_now_but_for_its_blind_times() -> None:
    blind = Blind(MIDNIGHT + 6 * HOUR, MIDNIGHT + 9 * HOUR, LinkState.STOPPED)
    seen, missed = timeline(DAY, (MIDNIGHT, MIDNIGHT + 12 * HOUR), (blind,)).pieces
    assert (seen.tone, seen.x, seen.width) == ("good", 0, WIDTH / 2)
    assert (missed.tone, missed.x, missed.width) == ("bad", WIDTH / 4, WIDTH / 8)


def test_a_minute_of_blindness_can_be_seen() -> None:
    blind = Blind(MIDNIGHT, MIDNIGHT + timedelta(minutes=1), LinkState.STOPPED)
    assert timeline(DAY, (MIDNIGHT, MIDNIGHT + HOUR), (blind,)).pieces[1].width > WIDTH / 500


def test_on_the_first_day_nothing_is_drawn_before_the_first_start() -> None:
    (seen,) = timeline(DAY, (MIDNIGHT + 6 * HOUR, MIDNIGHT + 12 * HOUR), ()).pieces
    assert (seen.x, seen.width) == (WIDTH / 4, WIDTH / 4)

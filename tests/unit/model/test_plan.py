"""Due times are those of the wall clock, once each, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.plan import Plan, daily, every_hours, latest_due, monthly, next_due, next_three, once, weekly

NEW_YORK, MADRID, BOGOTA = (ZoneInfo(name) for name in ("America/New_York", "Europe/Madrid", "America/Bogota"))
ZONES = [NEW_YORK, MADRID, BOGOTA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca"), ZoneInfo("UTC")]
PLANS = [daily(2, 30), daily(20), weekly(0, 9), monthly(31, 8), every_hours(6)]


def local(plan: Plan, after: datetime, zone: ZoneInfo, count: int) -> list[str]:
    found = []
    for _ in range(count):
        due = next_due(plan, after, zone)
        assert due is not None
        found.append(due.astimezone(zone).strftime("%m-%d %H:%M"))
        after = due
    return found


def test_daily_in_a_zone_without_changes() -> None:
    after = datetime(2026, 5, 6, 14, tzinfo=UTC)  # 09:00 in Bogota
    assert local(daily(20), after, BOGOTA, 2) == ["05-06 20:00", "05-07 20:00"]
    assert local(daily(8), after, BOGOTA, 1) == ["05-07 08:00"]


def test_a_time_that_the_clocks_skip_is_due_an_hour_later_on_that_day() -> None:
    before = datetime(2026, 3, 7, 12, tzinfo=UTC)  # New York loses 02:00-03:00 on 8 March
    assert local(daily(2, 30), before, NEW_YORK, 3) == ["03-08 03:30", "03-09 02:30", "03-10 02:30"]


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)  # Madrid repeats 02:00-03:00 on 25 October
    first = next_due(daily(2, 30), before, MADRID)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_due(daily(2, 30), first, MADRID) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_every_six_hours_stays_at_the_hours_of_the_wall_clock() -> None:
    before = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # the night in which Madrid loses an hour
    assert local(every_hours(6), before, MADRID, 4) == ["03-29 00:00", "03-29 06:00", "03-29 12:00", "03-29 18:00"]


def test_weekly_and_monthly() -> None:
    after = datetime(2026, 1, 30, 12, tzinfo=UTC)  # a Friday
    assert local(weekly(0, 9), after, BOGOTA, 2) == ["02-02 09:00", "02-09 09:00"]
    assert local(monthly(31, 8), after, BOGOTA, 3) == ["01-31 08:00", "02-28 08:00", "03-31 08:00"]


def test_once_is_due_once() -> None:
    at = datetime(2026, 5, 6, tzinfo=UTC)
    assert next_due(once(at), at - timedelta(seconds=1), BOGOTA) == at
    assert next_due(once(at), at, BOGOTA) is None
    assert next_three(once(at), at - timedelta(days=1), BOGOTA) == (at,)


def test_the_newest_of_several_missed_times() -> None:
    first = datetime(2026, 5, 1, 13, tzinfo=UTC)
    newest, passed = latest_due(daily(8), first, datetime(2026, 5, 4, 14, tzinfo=UTC), BOGOTA)
    assert (newest, passed) == (datetime(2026, 5, 4, 13, tzinfo=UTC), 3)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_daily_plan_is_due_exactly_once_on_every_local_day_of_a_year(zone: ZoneInfo) -> None:
    for plan in (daily(2, 30), daily(0), daily(23, 59)):
        after, days = datetime(2026, 1, 1, 12, tzinfo=UTC), []
        while len(days) < 366:
            due = next_due(plan, after, zone)
            assert due is not None
            days.append(due.astimezone(zone).date())
            after = due
        assert days == [days[0] + timedelta(days=n) for n in range(366)]


@given(st.sampled_from(PLANS), st.sampled_from(ZONES), st.integers(0, 3 * 366 * 24 * 60))
def test_the_next_time_is_the_same_from_wherever_before_it_is_asked(plan: Plan, zone: ZoneInfo, minutes: int) -> None:
    after = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = next_due(plan, after, zone)
    assert due is not None
    assert due > after
    assert next_due(plan, after + (due - after) / 2, zone) == due
    assert next_due(plan, due - timedelta(microseconds=1), zone) == due
    assert due.astimezone(zone).date() >= date(2025, 1, 1) - timedelta(days=1)

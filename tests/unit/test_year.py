"""A year of scheduled jobs: every one ran as it should, none twice, none stale."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.model.job import RunState
from tests.year import HOUR, START, Year, changes, downtimes, expected, mismatches

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def year() -> Year:
    """Lived through from due time to due time, with the downtimes."""
    year = Year(NEW_YORK)
    year.live(downtimes(NEW_YORK))
    return year


def test_every_job_of_a_year_ran_exactly_as_it_should(year: Year) -> None:
    assert len(changes(NEW_YORK)) == 2
    assert mismatches(year, downtimes(NEW_YORK)) == {}
    states = [run.state for run in year.runs.values()]
    assert states.count(RunState.MISSED) > 10  # the downtimes did hit due times
    assert RunState.FAILED not in states


def test_no_daily_message_is_said_after_its_time_is_over(year: Year) -> None:
    said = [run for run in year.runs.values() if run.state is RunState.DONE]
    for kind, hours in (("morning_plan", 4), ("evening_summary", 3)):
        lateness = [run.at - run.due_at for run in said if run.kind == kind]
        assert timedelta() < max(lateness) <= hours * HOUR  # some were late, and still of use


def test_the_campaigns_end_is_told_before_and_after(year: Year) -> None:
    for job, after in (("ends_tomorrow:2", -24 * HOUR), ("ends_soon:2", -2 * HOUR), ("final_report:2", 24 * HOUR)):
        assert year.of(job) == {year.ends_at + after: RunState.DONE}


@pytest.mark.parametrize("back", [timedelta(minutes=45), timedelta(hours=2), timedelta(days=3)])
def test_a_clock_set_back_repeats_nothing_and_stops_nothing(back: timedelta) -> None:
    """Every hour is looked at; at noon of the 20th day the clock jumps back."""
    zone = ZoneInfo("Europe/Madrid")
    year, now, jumped = Year(zone), START, False
    while now < START + timedelta(days=30):
        year.look(now)
        now += HOUR / 2
        if not jumped and now >= START + timedelta(days=20):
            now, jumped = now - back, True
    want = {at for at in expected("evening_summary", zone, []) if at <= now}
    assert set(year.of("evening_summary")) == want


def test_the_second_opinion_knows_both_changes_of_the_clocks() -> None:
    zone = ZoneInfo("America/New_York")
    nights = [at.astimezone(zone) for at in expected("own:night", zone, [])]
    assert len(nights) == 365
    odd = [at for at in nights if (at.hour, at.minute) != (2, 30)]
    assert [(at.month, at.day, at.hour, at.minute) for at in odd] == [(3, 8, 3, 30)]

"""Scheduled jobs: each due time once, a missed one only while it is of use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.flows import jobs
from bot.flows.jobs import Duty, Wanted, Work
from bot.flows.voice import Voice
from bot.model.chat import Language
from bot.model.job import Job, Maker, RunState
from bot.model.plan import daily, once
from storage.query import where
from tests.support.clock import START, FakeClock
from tests.support.stage import Stage

BOGOTA = ZoneInfo("America/Bogota")
TODAY_AT_EIGHT_PM = datetime(2026, 5, 7, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()
    stage.campaign("Promo", b"the poster")
    stage.said.clear()
    yield stage
    stage.close()


def go_to(stage: Stage, at: datetime) -> None:
    """Let time pass, as a machine that was asleep until then."""
    stage.clock.advance(at - stage.clock.now())
    stage.engine.jobs.run_due()
    stage.settle()


def summaries(stage: Stage) -> list[str]:
    return [item.text for item in stage.tables.outbox.all() if "Coverage" in item.text]


def runs(stage: Stage, kind: str = "evening_summary") -> list[RunState]:
    return [run.state for run in stage.tables.job_runs.find(where("kind") == kind, order_by="due_at")]


def test_the_evening_summary_is_said_once_at_its_time(stage: Stage) -> None:
    stage.engine.jobs.run_due()
    go_to(stage, TODAY_AT_EIGHT_PM - timedelta(seconds=1))
    assert summaries(stage) == []
    go_to(stage, TODAY_AT_EIGHT_PM)
    go_to(stage, TODAY_AT_EIGHT_PM + timedelta(minutes=1))
    assert len(summaries(stage)) == 1
    assert "Promo (#1)" in summaries(stage)[0]
    assert runs(stage) == [RunState.DONE]


def test_one_missed_in_downtime_is_said_once_while_it_is_of_use(stage: Stage) -> None:
    stage.engine.jobs.run_due()
    go_to(stage, TODAY_AT_EIGHT_PM + 2 * HOUR)
    go_to(stage, TODAY_AT_EIGHT_PM + 3 * HOUR)
    assert len(summaries(stage)) == 1


def test_after_three_days_of_sleep_there_is_no_stale_summary_and_the_owner_is_told(stage: Stage) -> None:
    stage.engine.jobs.run_due()
    go_to(stage, TODAY_AT_EIGHT_PM + 2 * DAY + 12 * HOUR)
    assert summaries(stage) == []
    assert runs(stage) == [RunState.MISSED]
    missed = stage.tables.job_runs.one(where("kind") == "evening_summary")
    assert missed is not None
    assert missed.missed_before == 2
    assert stage.tables.alerts.one(where("cause") == "missed_job:evening_summary") is not None


def test_a_clock_that_is_set_back_repeats_nothing(stage: Stage) -> None:
    stage.engine.jobs.run_due()
    go_to(stage, TODAY_AT_EIGHT_PM)
    go_to(stage, TODAY_AT_EIGHT_PM - HOUR)
    go_to(stage, TODAY_AT_EIGHT_PM + timedelta(minutes=5))
    assert len(summaries(stage)) == 1


def test_a_clock_that_was_a_year_ahead_does_not_silence_the_jobs_for_a_year(stage: Stage) -> None:
    stage.engine.jobs.run_due()
    go_to(stage, TODAY_AT_EIGHT_PM + 365 * DAY)
    go_to(stage, TODAY_AT_EIGHT_PM - HOUR)
    assert len(summaries(stage)) == 1
    go_to(stage, TODAY_AT_EIGHT_PM)
    assert len(summaries(stage)) == 2


def test_a_kill_in_the_middle_of_a_job_leaves_it_due_and_it_is_said_once(tmp_path: Path) -> None:
    clock = FakeClock()
    stage = Stage(tmp_path, clock)
    stage.settle()
    stage.campaign("Promo", b"the poster")
    stage.engine.jobs.run_due()
    stage.clock.advance(TODAY_AT_EIGHT_PM - stage.clock.now())
    job = stage.tables.jobs.one(where("key") == "evening_summary")
    assert job is not None
    with pytest.raises(KeyboardInterrupt), stage.tables.store.transaction():
        jobs.run(stage.tables, {"evening_summary": cut_off(job)}, job, stage.engine.jobs.voice, clock.now())
    stage.close()
    again = Stage(tmp_path, clock)
    again.engine.jobs.run_due()
    again.settle()
    assert len(summaries(again)) == 1
    again.close()


def test_a_bug_in_one_job_harms_no_other_and_after_three_tries_its_next_time_comes(stage: Stage) -> None:
    broken = broken_job(stage)
    go_to(stage, TODAY_AT_EIGHT_PM)
    go_to(stage, TODAY_AT_EIGHT_PM + timedelta(minutes=1))
    assert len(summaries(stage)) == 1  # the other job of this hour
    assert len(stage.tables.dead_letters) == 1
    go_to(stage, TODAY_AT_EIGHT_PM + timedelta(minutes=3))
    go_to(stage, TODAY_AT_EIGHT_PM + HOUR)
    assert len(stage.tables.dead_letters) == 3
    after = stage.tables.jobs.need(broken.id)
    assert after.due_at == TODAY_AT_EIGHT_PM + DAY
    assert [run.state for run in jobs.last_runs(stage.tables, after)] == [RunState.FAILED]


def test_a_job_that_failed_for_a_moment_is_done_at_the_next_try(stage: Stage) -> None:
    broken = broken_job(stage)
    go_to(stage, TODAY_AT_EIGHT_PM)
    stage.tables.jobs.save(replace(stage.tables.jobs.need(broken.id), facts={"text": "call Ana"}))
    go_to(stage, TODAY_AT_EIGHT_PM + timedelta(minutes=3))
    after = stage.tables.jobs.need(broken.id)
    assert [run.state for run in jobs.last_runs(stage.tables, after)] == [RunState.DONE]
    assert (after.due_at, after.failures) == (TODAY_AT_EIGHT_PM + DAY, 0)
    assert sum("call Ana" in item.text for item in stage.tables.outbox.all()) == 1


def broken_job(stage: Stage) -> Job:
    """A reminder of the owner's at eight in the evening that has lost its words."""
    wanted = Wanted("own:1", "own_reminder", daily(20), {})
    job = jobs.add(stage.tables, wanted, Maker.OWNER, stage.engine.jobs.voice, stage.clock.now())
    stage.engine.jobs.run_due()
    return job


def test_a_job_of_the_owners_for_one_moment_is_gone_afterwards_and_its_run_stays(stage: Stage) -> None:
    voice = stage.engine.jobs.voice
    at = START + HOUR
    job = jobs.add(stage.tables, Wanted("own:1", "x", once(at), {}), Maker.OWNER, voice, START)
    duties = {"x": Duty("x", lambda work: True, DAY)}
    jobs.run(stage.tables, duties, job, voice, at)
    assert stage.tables.jobs.get(job.id) is None
    assert jobs.last_runs(stage.tables, job)[0].state is RunState.DONE


def test_a_paused_job_is_not_done(stage: Stage) -> None:
    voice = Voice(stage.engine.jobs.voice.catalogue, Language.EN, BOGOTA)
    job = jobs.add(stage.tables, Wanted("own:1", "x", daily(10), {}), Maker.OWNER, voice, START)
    job = stage.tables.jobs.save(replace(job, paused=True))
    jobs.run(stage.tables, {}, job, voice, START + 2 * HOUR)
    assert jobs.last_runs(stage.tables, job) == []
    assert stage.tables.jobs.need(job.id).due_at == START + HOUR + DAY


def cut_off(job: Job) -> Duty:
    def act(work: Work) -> bool:
        raise KeyboardInterrupt

    return Duty(job.kind, act, HOUR)

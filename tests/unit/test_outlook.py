"""Open alerts, the next jobs and the last runs, as the overview shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.flows import alerts, outlook
from bot.model.alert import Severity
from bot.model.chat import say
from bot.model.job import Job, JobRun, Maker, RunState
from bot.model.overview import AlertView, NextRun, RiskView, RunView
from bot.model.plan import daily
from bot.model.risk import Signs, risk
from storage.store import open_store
from storage.tables import SCHEMA, Tables

NOW = datetime(2026, 5, 6, 14, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    store = open_store(tmp_path / "bot.db", SCHEMA)
    yield Tables(store)
    store.close()


def a_job(tables: Tables, kind: str, due_at: datetime | None, *, paused: bool = False, **facts: int | str) -> None:
    tables.jobs.add(Job(0, kind, kind, daily(8), Maker.PRODUCT, NOW, due_at, facts, paused=paused))


def test_critical_alerts_come_first_and_those_that_are_over_not_at_all(tables: Tables) -> None:
    alerts.raised(tables, NOW - 3 * HOUR, "memory", Severity.WARNING, free=90)
    alerts.raised(tables, NOW - 2 * HOUR, "captures", Severity.WARNING, share=30, missed=3, seen=10)
    alerts.raised(tables, NOW - HOUR, "link", Severity.CRITICAL, state=say("link.banned"), todo=say("link.banned.todo"))
    alerts.cleared(tables, NOW, "captures")
    assert outlook.open_alerts(tables) == (
        AlertView("link", "critical", NOW - HOUR, {"state": say("link.banned"), "todo": say("link.banned.todo")}),
        AlertView("memory", "warning", NOW - 3 * HOUR, {"free": 90}),
    )


def test_the_next_three_jobs_that_are_not_paused(tables: Tables) -> None:
    for number, hours in enumerate((9, 2, 7, 4, 1)):
        a_job(tables, f"job {number}", NOW + hours * HOUR, paused=hours == 1)
    a_job(tables, "over", None)
    assert outlook.next_runs(tables) == (
        NextRun("job 1", NOW + 2 * HOUR),
        NextRun("job 3", NOW + 4 * HOUR),
        NextRun("job 2", NOW + 7 * HOUR),
    )


def test_of_a_job_the_campaign_is_told_and_no_text_of_the_owner(tables: Tables) -> None:
    a_job(tables, "ends_soon:12", NOW + HOUR, campaign=12)
    a_job(tables, "own:1", NOW + 2 * HOUR, text="call Ana, +57 300 1234567")
    assert outlook.next_runs(tables) == (
        NextRun("ends_soon:12", NOW + HOUR, campaign=12),
        NextRun("own:1", NOW + 2 * HOUR),
    )


def test_the_last_five_runs_of_all_jobs(tables: Tables) -> None:
    for hours, state in enumerate((RunState.DONE, RunState.MISSED, RunState.SKIPPED, RunState.FAILED) * 2):
        at = NOW - hours * HOUR
        tables.job_runs.add(JobRun(0, f"run {hours}", "morning_plan", "morning_plan", at, at, state))
    runs = outlook.last_runs(tables)
    assert [run.at for run in runs] == [NOW - hours * HOUR for hours in range(5)]
    assert runs[1] == RunView("morning_plan", NOW - HOUR, "missed")


def test_the_risk_is_told_with_its_reasons() -> None:
    found = risk(Signs(failures_in_a_row=4, disconnects=12))
    assert outlook.risk_view(found) == RiskView(
        "red", (say("risk.reason.disconnects", count=12), say("risk.reason.failures", count=4))
    )

"""Killed at any moment, every scheduled message is said once: none is lost, none is doubled."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from bot.flows import jobs
from bot.model.job import RunState
from storage.query import where
from tests.crash.jobs_worker import open_tables
from tests.support.killing import killed_after

DAY = timedelta(days=1)
KILLS = 10


def test_a_killed_process_has_said_each_message_once_at_its_time(tmp_path: Path) -> None:
    random = Random(7)
    for _ in range(KILLS):
        killed_after("tests.crash.jobs_worker", [str(tmp_path)], random.randint(1, 12), random)
    tables = open_tables(tmp_path)
    for kind in ("morning_plan", "evening_summary"):
        runs = tables.job_runs.find(where("kind") == kind, order_by="due_at")
        times = [run.due_at for run in runs]
        assert times == [times[0] + DAY * n for n in range(len(times))]  # no day is missing
        assert {run.state for run in runs} == {RunState.DONE}
        said = {item.key for item in tables.outbox.all() if item.key.startswith(f"job:{kind}:")}
        assert said == {f"job:{run.key}" for run in runs}
        job = tables.jobs.one(where("key") == kind)
        assert job is not None
        assert job.due_at == times[-1] + DAY
        assert jobs.last_runs(tables, job)[0].due_at == times[-1]
    assert len(tables.job_runs) > KILLS
    tables.store.close()

"""Scheduled jobs: each due time is done once, a missed one only while it is of use, and every run is kept.

What is done is declared in bot.flows.timetable as a `Duty`; here it is decided when. `run` is called for each job of
`due` in a transaction of its own, so that what a job says, its run and its next time are one thing: a crash undoes all
three, and the run's key (`job:due time`) keeps the same time from being done twice, also after a clock that was set
back or a restored backup.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.flows import alerts
from bot.flows.voice import Voice
from bot.logs import fields
from bot.model.alert import Severity
from bot.model.chat import say
from bot.model.document import to_document
from bot.model.job import Job, JobRun, Maker, RunState
from bot.model.overview import HealthItem
from bot.model.plan import Plan, latest_due, next_due
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Runs kept of each job at least; the owner sees the last five.
KEPT_RUNS = 40
#: A run that starts this late is still on time: the machine may be busy.
PUNCTUAL = timedelta(minutes=10)
#: A due time that failed is tried again after these waits, and then given up.
RETRIES = (timedelta(minutes=2), timedelta(minutes=20))


@dataclass(frozen=True)
class Work:
    """All that a duty is given. It only reads and writes tables: what takes time is left as rows to the lanes."""

    tables: Tables
    voice: Voice
    job: Job
    due: datetime
    now: datetime
    health: tuple[HealthItem, ...] = ()

    @property
    def key(self) -> str:
        """Natural key of this run: for the messages that it queues."""
        return f"job:{run_key(self.job, self.due)}"


@dataclass(frozen=True)
class Duty:
    """What a kind of job does. `act` returns whether there was anything to do."""

    kind: str
    act: Callable[[Work], bool]
    useful_for: timedelta  #: a missed one is done up to so long after its time, and never later
    plan: Plan | None = None  #: of a job that every bot has; None for those that campaigns or owners make


@dataclass(frozen=True)
class Wanted:
    """A job that should exist now: the product's own, those of campaigns."""

    key: str
    kind: str
    plan: Plan
    facts: Mapping[str, int | str]


def declare(tables: Tables, wanted: Iterable[Wanted], voice: Voice, now: datetime) -> None:
    """Bring the product's jobs in line with what is wanted: new ones are added, changed ones moved, others removed."""
    known = {job.key: job for job in tables.jobs.find(where("made_by") == Maker.PRODUCT.value)}
    for each in wanted:
        job = known.pop(each.key, None)
        if job is None:
            add(tables, each, Maker.PRODUCT, voice, now)
        elif (job.plan, job.facts) != (each.plan, dict(each.facts)):
            moved = _at(job, next_due(each.plan, now, voice.zone))
            tables.jobs.save(replace(moved, plan=each.plan, facts=dict(each.facts)))
    for job in known.values():
        tables.jobs.remove(job)


def add(tables: Tables, wanted: Wanted, maker: Maker, voice: Voice, now: datetime) -> Job:
    """A new job; one with the same key is left as it is."""
    due = next_due(wanted.plan, now, voice.zone)
    job = Job(0, wanted.key, wanted.kind, wanted.plan, maker, now, due, dict(wanted.facts))
    stored, _ = tables.jobs.add_once(job)
    return stored


def due(tables: Tables, voice: Voice, now: datetime) -> list[Job]:
    """The jobs whose time has come, the longest overdue first; times that clock or zone moved are put right."""
    for job in tables.jobs.find(where("due_at") > to_document(now)):
        right = next_due(job.plan, now, voice.zone)
        if right is not None and right != job.due_at:
            tables.jobs.save(_at(job, right))
    passed = tables.jobs.find(where("due_at") <= to_document(now), order_by="due_at")
    return [job for job in passed if job.retry_at is None or not now < job.retry_at <= now + RETRIES[-1]]


def run(
    tables: Tables, duties: Mapping[str, Duty], job: Job, voice: Voice, now: datetime,
    health: tuple[HealthItem, ...] = (),
) -> None:  # fmt: skip
    """Do what a due job is for, unless it was done or is too late, and give it its next time."""
    assert job.due_at is not None
    newest, passed = latest_due(job.plan, job.due_at, now, voice.zone)
    following = next_due(job.plan, now, voice.zone)
    if job.made_by is Maker.OWNER and following is None:
        tables.jobs.remove(job)  # a reminder for one moment; its run stays
    else:
        tables.jobs.save(_at(job, following))
    key = run_key(job, newest)
    if job.paused or tables.job_runs.one(where("key") == key) is not None:
        return
    duty = duties[job.kind]
    if now - newest > duty.useful_for:
        state = RunState.MISSED
        _tell_missed(tables, job, newest, now)
    else:
        acted = duty.act(Work(tables, voice, job, newest, now, health))
        state = RunState.DONE if acted else RunState.SKIPPED
    _keep(tables, JobRun(0, key, job.key, job.kind, newest, now, state, missed_before=passed))
    log.info("job ran", extra=fields(job=job.key, state=state, late=now - newest > PUNCTUAL))


def run_now(tables: Tables, job: Job, now: datetime) -> None:
    """Have it done at the next beat, whatever its plan says; afterwards its plan goes on."""
    tables.jobs.save(_at(job, now))


def failed(tables: Tables, job_id: int, reference: str, voice: Voice, now: datetime) -> None:
    """A bug of ours: this time is tried again, a few times; then it is given up, and the next one comes."""
    job = tables.jobs.get(job_id)
    if job is None or job.due_at is None:
        return
    if job.failures < len(RETRIES):
        wait = RETRIES[job.failures]
        tables.jobs.save(replace(job, failures=job.failures + 1, retry_at=now + wait))
        return
    newest, _ = latest_due(job.plan, job.due_at, now, voice.zone)
    tables.jobs.save(_at(job, next_due(job.plan, now, voice.zone)))
    _keep(tables, JobRun(0, run_key(job, newest), job.key, job.kind, newest, now, RunState.FAILED, reference))


def last_runs(tables: Tables, job: Job, count: int = 5) -> list[JobRun]:
    """The newest first."""
    return tables.job_runs.find(where("job") == job.key, order_by="due_at", reverse=True, limit=count)


def _at(job: Job, due: datetime | None) -> Job:
    """The job with another due time, which has not failed yet."""
    return replace(job, due_at=due, failures=0, retry_at=None)


def run_key(job: Job, due: datetime) -> str:
    return f"{job.key}:{to_document(due)}"


def _tell_missed(tables: Tables, job: Job, due: datetime, now: datetime) -> None:
    name = say(f"job.{job.kind}")
    alerts.happened(tables, now, f"missed_job:{job.key}", Severity.WARNING, job=name, at=due)


def _keep(tables: Tables, run: JobRun) -> None:
    tables.job_runs.add_once(run)
    of_job = where("job") == run.job
    if tables.job_runs.count(of_job) >= 2 * KEPT_RUNS:
        for old in tables.job_runs.find(of_job, order_by="due_at", reverse=True)[KEPT_RUNS:]:
            tables.job_runs.remove(old)

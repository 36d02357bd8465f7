"""What is wrong and what is planned, as the overview shows it: open alerts, the risk, the next jobs, the last runs."""

from __future__ import annotations

from bot.flows import alerts, bulletins
from bot.model.alert import Severity
from bot.model.chat import say
from bot.model.kept_facts import told
from bot.model.overview import AlertView, NextRun, RiskView, RunView
from bot.model.risk import Risk
from storage.query import where
from storage.tables import Tables

NEXT_RUNS, LAST_RUNS = 3, 5


def open_alerts(tables: Tables) -> tuple[AlertView, ...]:
    """The most severe first, of these the oldest first."""
    found = sorted(alerts.open_alerts(tables), key=lambda alert: alert.severity is not Severity.CRITICAL)
    return tuple(AlertView(alert.kind, alert.severity.value, alert.since, told(alert.facts)) for alert in found)


def next_runs(tables: Tables) -> tuple[NextRun, ...]:
    """The next jobs that are not paused, each with its next time only."""
    due = where("due_at") > 0
    coming = [
        NextRun(job.kind, job.due_at, job.facts.get(bulletins.CAMPAIGN))
        for job in tables.jobs.find(due, order_by="due_at")
        if job.due_at is not None and not job.paused
    ]
    return tuple(coming[:NEXT_RUNS])


def last_runs(tables: Tables) -> tuple[RunView, ...]:
    newest = tables.job_runs.find(where("at") > 0, order_by="at", reverse=True, limit=LAST_RUNS)
    return tuple(RunView(run.kind, run.at, run.state.value) for run in newest)


def risk_view(risk: Risk) -> RiskView:
    reasons = (say(f"risk.reason.{reason.key}", **reason.facts) for reason in risk.reasons)
    return RiskView(risk.level.word, tuple(reasons))

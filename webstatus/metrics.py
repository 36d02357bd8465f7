"""The overview for Prometheus: read at each scrape from the engine's snapshot, without names, numbers or texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict

from flask import Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.model.link import LinkState
from bot.model.overview import Overview

#: Periods of the coverage, by their label.
COVERAGE_DAYS = {"7d": 7, "30d": 30}
RISK_LEVELS = {"green": 0, "amber": 1, "red": 2}


class Metrics:
    """A registry of its own: nothing that a library registers by itself is told."""

    def __init__(self, overview: Callable[[], Overview]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(OverviewCollector(overview))
        ProcessCollector(registry=self._registry)  # memory, CPU, open files; on Linux only
        self._answers = Counter(
            "testigo_page_answers", "Answers of the page.", ("endpoint", "code"), registry=self._registry
        )

    def text(self) -> Response:
        """GET /metrics, in Prometheus' text format."""
        return Response(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)

    def count(self, answer: Response) -> Response:
        """Run after each request; addresses that are not ours count together, so that nobody can fill the memory."""
        self._answers.labels(request.endpoint or "none", str(answer.status_code)).inc()
        return answer


class OverviewCollector(Collector):
    def __init__(self, overview: Callable[[], Overview]) -> None:
        self._overview = overview

    def describe(self) -> Iterable[Metric]:
        """Nothing in advance: the registry need not ask for an overview before there is one."""
        return ()

    def collect(self) -> Iterator[Metric]:
        shown = self._overview()
        yield InfoMetricFamily("testigo_build", "The version that runs.", value={"version": shown.version})
        yield _one("testigo_start_timestamp_seconds", "When the bot was started.", shown.started_at.timestamp())
        yield _one("testigo_snapshot_timestamp_seconds", "When these figures were counted.", shown.at.timestamp())
        yield from _link(shown)
        yield from _work(shown)
        yield from _sending(shown)
        yield from _health(shown)


def _link(shown: Overview) -> Iterator[Metric]:
    link = shown.link
    states = {state.value: float(state is link.state) for state in LinkState}
    yield _by("testigo_link_state", "1 for the state in which the link is, else 0.", "state", states)
    yield _one("testigo_link_state_since_timestamp_seconds", "When the link entered its state.", link.since.timestamp())
    yield _one("testigo_link_failures", "Failed attempts to connect, in a row.", link.failures)
    coverage = {"today": _ratio(shown.seen_today.total_seconds(), shown.day_so_far.total_seconds())}
    for label, days in COVERAGE_DAYS.items():
        seen, passed = shown.trends.coverage(days)
        coverage[label] = _ratio(seen.total_seconds(), passed.total_seconds())
    told = {label: share for label, share in coverage.items() if share is not None}
    yield _by("testigo_coverage_ratio", "Share of local days in which the bot was receiving.", "period", told)


def _work(shown: Overview) -> Iterator[Metric]:
    yield _one("testigo_contacts", "Registered contacts.", shown.contacts)
    states = {name: count for name, count in asdict(shown.captures).items() if name != "seen"}
    yield _by("testigo_captures", "Statuses seen since the beginning, by where they stand.", "state", states)
    results = GaugeMetricFamily(
        "testigo_results", "Participants of open campaigns by outcome.", labels=("campaign", "outcome")
    )
    review = GaugeMetricFamily("testigo_reviews", "Statuses that wait for a person to decide.", labels=("campaign",))
    for campaign in shown.campaigns:
        outcomes = asdict(campaign.outcomes)
        review.add_metric((str(campaign.id),), outcomes.pop("review"))
        for outcome, count in outcomes.items():
            results.add_metric((str(campaign.id), outcome), count)
    yield from (results, review)


def _sending(shown: Overview) -> Iterator[Metric]:
    queue = shown.queue
    states = {"waiting": queue.waiting, "in_doubt": queue.in_doubt, "failed": queue.failed}
    yield _by("testigo_outbox_messages", "Messages that are not sent, by where they stand.", "state", states)
    yield _one("testigo_messages_sent_today", "Messages sent since local midnight.", queue.sent_today)
    used = {limit.name: limit.used for limit in shown.limits}
    most = {limit.name: limit.limit for limit in shown.limits}
    yield _by("testigo_send_limit_used", "Messages that count against a sending limit.", "limit", used)
    yield _by("testigo_send_limit_max", "Messages that a sending limit allows.", "limit", most)


def _health(shown: Overview) -> Iterator[Metric]:
    known = {item.name: float(item.ok) for item in shown.health if item.ok is not None}
    yield _by("testigo_health_ok", "1 for a check that is in order, 0 for one that needs attention.", "check", known)
    alerts = dict.fromkeys(("critical", "warning"), 0)
    for alert in shown.alerts:
        alerts[alert.severity] = alerts.get(alert.severity, 0) + 1
    yield _by("testigo_alerts_open", "Alerts that are open.", "severity", alerts)
    if shown.risk is not None and shown.risk.level in RISK_LEVELS:
        yield _one("testigo_risk_level", "Risk of a ban: 0 low, 1 raised, 2 high.", RISK_LEVELS[shown.risk.level])
    latest = {run.name: run for run in reversed(shown.last_runs)}
    ran = {name: run.at.timestamp() for name, run in latest.items()}
    went_well = {name: float(run.outcome == "done") for name, run in latest.items()}
    yield _by("testigo_job_last_run_timestamp_seconds", "When a job ran last, of the last five runs.", "job", ran)
    yield _by("testigo_job_last_run_ok", "1 if it was done then, else 0.", "job", went_well)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=(label,))
    for each, value in values.items():
        family.add_metric((each,), value)
    return family


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None

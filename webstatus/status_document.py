"""The overview as JSON for other programs: masked numbers, no codes. Its schema is docs/api/status.schema.json."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.model.chat import Phrase
from bot.model.coverage import Blind
from bot.model.link import Link
from bot.model.overview import AlertView, Fact, LimitUse, NextRun, Overview, QueueView, RiskView, RunView
from bot.model.trends import DayCoverage, PostHour, SendHour, Trends
from webstatus.shortlist import IN_DOCUMENT, shortlist


def status_document(overview: Overview) -> dict[str, Any]:
    """JSON-ready; times in ISO 8601 (UTC), lengths of time in seconds."""
    campaigns, left_out = shortlist(overview, IN_DOCUMENT)
    return {
        "at": overview.at.isoformat(),
        "version": overview.version,
        "started_at": overview.started_at.isoformat(),
        "timezone": overview.timezone,
        "link": _link(overview.link),
        "health": [asdict(item) for item in overview.health],
        "risk": _risk(overview.risk),
        "alerts": [_alert(alert) for alert in overview.alerts],
        "coverage_today": {
            "seen_seconds": _seconds(overview.seen_today),
            "day_seconds": _seconds(overview.day_so_far),
        },
        "trends": _trends(overview.trends),
        "contacts": overview.contacts,
        "outcomes": asdict(overview.outcomes),
        "captures": asdict(overview.captures),
        "campaigns": [asdict(campaign) for campaign in campaigns],
        "campaigns_left_out": left_out,
        "queue": _queue(overview.queue),
        "limits": [_limit(limit) for limit in overview.limits],
        "jobs": {
            "next": [_next_run(run) for run in overview.next_runs],
            "last": [_last_run(run) for run in overview.last_runs],
        },
        "events": [
            {"at": event.at.isoformat(), "key": event.key, "facts": _facts(event.facts)} for event in overview.events
        ],
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "state": link.state.value,
        "since": link.since.isoformat(),
        "account": link.account.masked if link.account else None,
        "failures": link.failures,
        "retry_at": _moment(link.retry_at),
        "reason": link.reason,
        "until": _moment(link.until),
        "detail": link.detail,
    }


def _risk(risk: RiskView | None) -> dict[str, Any] | None:
    return {"level": risk.level, "reasons": [reason.key for reason in risk.reasons]} if risk else None


def _alert(alert: AlertView) -> dict[str, Any]:
    return {
        "kind": alert.kind,
        "severity": alert.severity,
        "since": alert.since.isoformat(),
        "facts": _facts(alert.facts),
    }


def _trends(trends: Trends) -> dict[str, Any]:
    return {
        "at": _moment(trends.at),
        "days": [_day(day) for day in trends.days],
        "blind": [_blind(blind) for blind in trends.blind],
        "posts": [_post_hour(hour) for hour in trends.posts],
        "sends": [_send_hour(hour) for hour in trends.sends],
    }


def _day(day: DayCoverage) -> dict[str, Any]:
    return {
        "start": day.start.isoformat(),
        "seen_seconds": _seconds(day.seen),
        "passed_seconds": _seconds(day.passed),
    }


def _blind(blind: Blind) -> dict[str, Any]:
    return {"start": blind.start.isoformat(), "end": blind.end.isoformat(), "reason": blind.reason.value}


def _post_hour(hour: PostHour) -> dict[str, Any]:
    return {**asdict(hour), "start": hour.start.isoformat()}


def _send_hour(hour: SendHour) -> dict[str, Any]:
    return {**asdict(hour), "start": hour.start.isoformat()}


def _queue(queue: QueueView) -> dict[str, Any]:
    return {**asdict(queue), "next_at": _moment(queue.next_at)}


def _limit(limit: LimitUse) -> dict[str, Any]:
    return {**asdict(limit), "resets_at": _moment(limit.resets_at)}


def _next_run(run: NextRun) -> dict[str, Any]:
    return {"name": run.name, "at": run.at.isoformat(), "campaign": run.campaign}


def _last_run(run: RunView) -> dict[str, Any]:
    return {"name": run.name, "at": run.at.isoformat(), "outcome": run.outcome}


def _facts(facts: dict[str, Fact]) -> dict[str, object]:
    return {name: _fact(fact) for name, fact in facts.items()}


def _fact(fact: Fact) -> object:
    """A fact that is itself a sentence is given by its catalogue key."""
    match fact:
        case Phrase():
            return fact.key
        case datetime():
            return fact.isoformat()
        case timedelta():
            return _seconds(fact)
        case tuple():
            return [_fact(each) for each in fact]
        case _:
            return fact


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())

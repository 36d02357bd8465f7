"""The overview as JSON for other programs: masked numbers, no codes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.model.chat import Phrase
from bot.model.link import Link
from bot.model.overview import LimitUse, Overview, QueueView, RecentEvent


def status_document(overview: Overview) -> dict[str, Any]:
    """JSON-ready; times in ISO 8601 (UTC), lengths of time in seconds."""
    return {
        "at": overview.at.isoformat(),
        "version": overview.version,
        "started_at": overview.started_at.isoformat(),
        "timezone": overview.timezone,
        "link": _link(overview.link),
        "health": [asdict(item) for item in overview.health],
        "coverage_today": {
            "seen_seconds": _seconds(overview.seen_today),
            "day_seconds": _seconds(overview.day_so_far),
        },
        "contacts": overview.contacts,
        "outcomes": asdict(overview.outcomes),
        "captures": asdict(overview.captures),
        "campaigns": [asdict(campaign) for campaign in overview.campaigns],
        "queue": _queue(overview.queue),
        "limits": [_limit(limit) for limit in overview.limits],
        "events": [{"at": event.at.isoformat(), "key": event.key, "facts": _facts(event)} for event in overview.events],
    }


def _facts(event: RecentEvent) -> dict[str, object]:
    """A fact that is itself a sentence is given by its catalogue key."""
    return {name: fact.key if isinstance(fact, Phrase) else fact for name, fact in event.facts.items()}


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


def _queue(queue: QueueView) -> dict[str, Any]:
    return {**asdict(queue), "next_at": _moment(queue.next_at)}


def _limit(limit: LimitUse) -> dict[str, Any]:
    return {**asdict(limit), "resets_at": _moment(limit.resets_at)}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())

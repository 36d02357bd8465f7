"""What the bot reports about itself: the week's trends on Monday, retention and backups once a month."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.flows import bulletins, retention
from bot.flows.coverage import coverage
from bot.flows.coverage_lines import covered
from bot.flows.jobs import Work
from bot.model.campaign import CampaignState
from bot.model.capture import CaptureState, Verdict
from bot.model.chat import Phrase, say
from bot.model.document import to_document
from storage.query import where
from storage.tables import Tables

WEEK = timedelta(days=7)
#: What an open campaign brought is never deleted: an outcome must not turn back into "pending". The owner may close it.
LONG_OPEN, MOST = timedelta(days=180), 5
_OPEN = where("state").one_of([CampaignState.ACTIVE.value, CampaignState.PAUSED.value])


def weekly_trends(work: Work) -> bool:
    """Monday: the week beside the one before it."""
    tables, now = work.tables, work.now
    this, before = _posts(tables, now - WEEK, now), _posts(tables, now - 2 * WEEK, now - WEEK)
    if not any((*this, *before)):
        return False
    names = ("seen", "matched", "missed")
    lines = [say("trends.title", start=now - WEEK, end=now)]
    lines += [_compared(name, *counts) for name, *counts in zip(names, this, before, strict=True)]
    lines.append(covered(coverage(tables, now - WEEK, now), work.voice.zone, now))
    return bulletins.tell(work, lines)


def monthly_report(work: Work) -> bool:
    """What was kept and deleted, and what there is to fall back on."""
    tables, now = work.tables, work.now
    lines = [
        say("monthly.title"),
        say("monthly.deleted", **retention.counted(tables)),
        say("monthly.kept", contacts=len(tables.contacts), captures=len(tables.captures), results=len(tables.results)),
    ]
    for item in work.health:
        if item.ok is not None and item.name in ("disk", "media", "backup"):
            sign = "✅" if item.ok else "⚠️"
            lines.append(say("monthly.item", sign=sign, name=say(f"health.{item.name}"), detail=item.detail))
    old = [each for each in tables.campaigns.find(_OPEN) if now - each.created_at > LONG_OPEN]
    if old:
        lines.append(say("monthly.long_open", names=tuple(each.name for each in old[:MOST]), id=old[0].id))
    retention.count_anew(tables)
    return bulletins.tell(work, lines)


def _posts(tables: Tables, start: datetime, end: datetime) -> tuple[int, int, int]:
    """Statuses seen, those that showed a campaign's picture, those that could not be captured."""
    within = (where("posted_at") >= to_document(start)) & (where("posted_at") < to_document(end))
    states = [state for (state,) in tables.captures.pluck(within, "state")]
    matched = {capture for (capture,) in tables.judgements.pluck(
        within & (where("verdict") == Verdict.MATCH.value), "capture_id"
    )}  # fmt: skip
    return len(states), len(matched), states.count(CaptureState.NOT_CAPTURED.value)


def _compared(name: str, count: int, before: int) -> Phrase:
    if not before:
        return say(f"trends.{name}", n=count, change=say("trends.new"))
    sign = "▲" if count > before else "▼" if count < before else "＝"
    change = say("trends.change", sign=sign, before=before)
    return say(f"trends.{name}", n=count, change=change)

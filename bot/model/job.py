"""Scheduled jobs as rows: what recurs when, and how each due time of it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.model.plan import Plan


class Maker(StrEnum):
    PRODUCT = "product"  #: one of the messages of product.md §9
    OWNER = "owner"  #: asked for in the chat


@dataclass(frozen=True)
class Job:
    """Something that recurs; `kind` names what is done, in bot.flows.timetable."""

    id: int
    key: str  #: natural key, e.g. `evening_summary`, `campaign_soon:12`, `own:<message id>`
    kind: str
    plan: Plan
    made_by: Maker
    created_at: datetime
    due_at: datetime | None  #: None when it is over
    facts: dict[str, Any] = field(default_factory=dict)  #: what the kind needs: campaign, text
    paused: bool = False
    failures: int = 0  #: tries of this due time that failed
    retry_at: datetime | None = None  #: after a failure: not before then


class RunState(StrEnum):
    DONE = "done"
    MISSED = "missed"  #: the bot was not running, and afterwards it was too late to be of use
    SKIPPED = "skipped"  #: there was nothing to do or to say
    FAILED = "failed"  #: a bug of ours: `detail` is its reference


@dataclass(frozen=True)
class JobRun:
    """How one due time went: it is done once, whatever happens."""

    id: int
    key: str  #: `job:due time in milliseconds`
    job: str  #: the job's key
    kind: str
    due_at: datetime
    at: datetime
    state: RunState
    detail: str = ""
    missed_before: int = 0  #: due times before this one that nobody was there for

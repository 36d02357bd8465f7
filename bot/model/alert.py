"""An alert: something that the owner should know, told after two minutes, repeated three times, and called off."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: What passes within this time is not worth a message.
HOLD = timedelta(minutes=2)
#: Reminders, counted from the first message; then silence.
REMIND_AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))
#: For so long it must be well again before that is believed and told.
STABLE = timedelta(minutes=5)


class Severity(StrEnum):
    WARNING = "warning"  #: look today; waits for the end of the quiet hours
    CRITICAL = "critical"  #: nothing is captured, or will be soon


class News(StrEnum):
    """What there is to tell about an alert now."""

    RAISED = "raised"
    REMINDER = "reminder"
    OVER = "over"


@dataclass(frozen=True)
class Alert:
    id: int
    key: str  #: natural key: the cause while it is open, `cause|since` afterwards
    cause: str  #: `kind` or `kind:detail`; the sentence is the catalogue's `alert.<kind>`
    severity: Severity
    since: datetime
    lasts: bool = True  #: a condition that ends; False for something that happened and is over
    facts: dict[str, Any] = field(default_factory=dict)
    told_at: datetime | None = None
    reminders: int = 0
    calm_since: datetime | None = None  #: since when it is well again
    ended_at: datetime | None = None

    @property
    def kind(self) -> str:
        return self.cause.partition(":")[0]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


def news_of(alert: Alert, now: datetime) -> News | None:
    """What is to be told about an open alert by now, if anything."""
    if alert.told_at is None:
        is_calm = alert.calm_since is not None
        return News.RAISED if not is_calm and now - alert.since >= HOLD else None
    if alert.calm_since is not None:
        return News.OVER if now - alert.calm_since >= STABLE else None
    return News.REMINDER if reminders_due(alert, now) > alert.reminders else None


def reminders_due(alert: Alert, now: datetime) -> int:
    """How many reminders should have gone by now; those of a time in which the bot was off count as gone."""
    if alert.told_at is None or not alert.lasts:
        return 0
    return sum(now - alert.told_at >= wait for wait in REMIND_AFTER)

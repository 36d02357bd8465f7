"""The bot at a glance: the immutable snapshot that the engine publishes for the page and for `!status`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.chat import Phrase
from bot.model.limits import Limits
from bot.model.link import Link
from bot.model.trends import Trends


@dataclass(frozen=True)
class LimitUse:
    """How much of one sending limit is used."""

    name: str  #: catalogue key below `limit.`: minute, hour, day, warmup, contacts_hour
    used: int
    limit: int
    resets_at: datetime | None  #: when the next slot comes free; None when nothing is used


@dataclass(frozen=True)
class QueueView:
    waiting: int = 0
    in_doubt: int = 0
    failed: int = 0
    sent_today: int = 0
    is_paused: bool = False  #: the owner wants nothing sent to contacts
    next_at: datetime | None = None  #: when the next waiting message may go


@dataclass(frozen=True)
class CaptureCounts:
    """Statuses of contacts in active campaigns, since the beginning."""

    seen: int = 0
    judged: int = 0
    waiting: int = 0  #: for media, or for their turn
    not_captured: int = 0
    other: int = 0  #: text, audio and the like


@dataclass(frozen=True)
class OutcomeCounts:
    cumple: int = 0
    incumple: int = 0
    no_capturado: int = 0
    pendiente: int = 0
    review: int = 0


@dataclass(frozen=True)
class CampaignView:
    id: int
    name: str
    state: str
    frames: int
    outcomes: OutcomeCounts


Fact = str | int | float | datetime | timedelta | Phrase | tuple["Fact", ...]


@dataclass(frozen=True)
class RecentEvent:
    """Something worth a line: a catalogue key below `event.` and facts in which numbers are already masked."""

    at: datetime
    key: str
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class HealthItem:
    """One checked thing: `name` is a catalogue key below `health.`; `ok` None means not known yet."""

    name: str
    ok: bool | None
    detail: str = ""


@dataclass(frozen=True)
class AlertView:
    """An alert that is open: `kind` is a catalogue key below `alert.`, for which the facts are."""

    kind: str
    severity: str  #: catalogue key below `page.severity.`: critical, warning
    since: datetime
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class NextRun:
    """A job that is due some time."""

    name: str  #: catalogue key below `job.`
    at: datetime
    campaign: int | None = None  #: the campaign that it is about, if it is about one


@dataclass(frozen=True)
class RunView:
    """A job that ran, or did not."""

    name: str  #: catalogue key below `job.`
    at: datetime
    outcome: str  #: catalogue key below `page.run.`: done, skipped, missed, failed


@dataclass(frozen=True)
class RiskView:
    """How likely WhatsApp is to act against the account: `level` is a catalogue key below `page.risk.`."""

    level: str  #: green, amber, red
    reasons: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Overview:
    at: datetime
    version: str
    started_at: datetime
    timezone: str
    language: str
    link: Link
    contacts: int = 0
    campaigns: tuple[CampaignView, ...] = ()
    outcomes: OutcomeCounts = OutcomeCounts()
    captures: CaptureCounts = CaptureCounts()
    queue: QueueView = QueueView()
    limits: tuple[LimitUse, ...] = ()
    allowances: Limits = field(default_factory=Limits)  #: the sending limits in force
    events: tuple[RecentEvent, ...] = ()
    health: tuple[HealthItem, ...] = ()
    seen_today: timedelta = timedelta()  #: time of the local day so far in which the bot was receiving
    day_so_far: timedelta = timedelta()  #: without the time before the first start
    alerts: tuple[AlertView, ...] = ()  #: the open ones, the most severe first
    next_runs: tuple[NextRun, ...] = ()  #: the next three
    last_runs: tuple[RunView, ...] = ()  #: the last five, the newest first
    risk: RiskView | None = None  #: None: not known yet
    trends: Trends = field(default_factory=Trends)

"""The bot at a glance, counted from the store: what the page and `!status` show."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.flows import chronicle, outlook, people, queueing, tally
from bot.flows.coverage import coverage, first_start
from bot.flows.judging import frames_of
from bot.model.campaign import Campaign, CampaignState
from bot.model.capture import CaptureState
from bot.model.document import to_document
from bot.model.identity import ContactId
from bot.model.link import Link
from bot.model.outbox import SendState
from bot.model.overview import (
    CampaignView,
    CaptureCounts,
    HealthItem,
    LimitUse,
    Overview,
    QueueView,
)
from bot.model.pacing import SendWindow
from bot.model.risk import Risk
from bot.model.trends import Trends
from storage.query import where
from storage.tables import Tables

RECENT_EVENTS = 20
NO_TRENDS = Trends()


class Counted:
    """Remembers the outcomes of the open campaigns until something that they are counted from is written."""

    def __init__(self) -> None:
        self._campaigns: tuple[CampaignView, ...] = ()
        self._versions: tuple[int, ...] | None = None

    def campaigns(self, tables: Tables) -> tuple[CampaignView, ...]:
        """As they are now: 20 campaigns of 500 contacts take 30 ms to count, and nothing while nothing happens."""
        sources = (
            tables.campaigns, tables.frames, tables.contacts, tables.memberships, tables.judgements, tables.results,
        )  # fmt: skip
        versions = tuple(rows.version for rows in sources)
        if versions != self._versions:
            willing = people.taking_part(tables)
            self._campaigns = tuple(_campaign(tables, campaign, willing) for campaign in _open_campaigns(tables))
            self._versions = versions
        return self._campaigns


def survey(
    tables: Tables, link: Link, recent: SendWindow, zone: ZoneInfo, language: str, started_at: datetime,
    version: str, health: tuple[HealthItem, ...], now: datetime, trends: Trends = NO_TRENDS,
    risk: Risk | None = None, counted: Counted | None = None,
) -> Overview:  # fmt: skip
    """Count everything that the overview shows; `counted` knows what need not be counted again."""
    campaigns = (counted or Counted()).campaigns(tables)
    midnight = _midnight(now, zone)
    today = coverage(tables, max(midnight, first_start(tables, now)), now)
    return Overview(
        at=now,
        version=version,
        started_at=started_at,
        timezone=zone.key,
        language=language,
        link=link,
        contacts=len(tables.contacts),
        campaigns=campaigns,
        outcomes=tally.together(campaign.outcomes for campaign in campaigns if campaign.state == CampaignState.ACTIVE),
        captures=_captures(tables),
        queue=_queue(tables, midnight),
        limits=tuple(LimitUse(use.limit.value, use.used, use.allowed, use.resets_at) for use in recent.use(now)),
        allowances=recent.limits,
        events=chronicle.newest(tables, RECENT_EVENTS),
        health=health,
        seen_today=today.seen,
        day_so_far=today.total,
        alerts=outlook.open_alerts(tables),
        next_runs=outlook.next_runs(tables),
        last_runs=outlook.last_runs(tables),
        risk=outlook.risk_view(risk) if risk else None,
        trends=trends,
    )


def _open_campaigns(tables: Tables) -> list[Campaign]:
    states = [CampaignState.ACTIVE.value, CampaignState.PAUSED.value]
    return tables.campaigns.find(where("state").one_of(states))


def _campaign(tables: Tables, campaign: Campaign, willing: frozenset[ContactId]) -> CampaignView:
    frames, outcomes = len(frames_of(tables, campaign)), tally.outcomes_among(tables, campaign, willing)
    return CampaignView(campaign.id, campaign.name, campaign.state.value, frames, outcomes)


def _captures(tables: Tables) -> CaptureCounts:
    count = {state: tables.captures.count(where("state") == state.value) for state in CaptureState}
    return CaptureCounts(
        seen=sum(count.values()),
        judged=count[CaptureState.JUDGED],
        waiting=count[CaptureState.TICKET] + count[CaptureState.TO_FETCH] + count[CaptureState.TO_JUDGE],
        not_captured=count[CaptureState.NOT_CAPTURED],
        other=count[CaptureState.OTHER],
    )


def _queue(tables: Tables, midnight: datetime) -> QueueView:
    queued = where("state") == SendState.QUEUED.value
    next_up = tables.outbox.find(queued, order_by="not_before", limit=1)
    return QueueView(
        waiting=tables.outbox.count(queued),
        in_doubt=tables.outbox.count(where("state") == SendState.IN_DOUBT.value),
        failed=tables.outbox.count(where("state") == SendState.FAILED.value),
        sent_today=tables.outbox.count(where("sending_at") >= to_document(midnight)),
        is_paused=queueing.is_paused(tables),
        next_at=next_up[0].not_before if next_up else None,
    )


def _midnight(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    return datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC)

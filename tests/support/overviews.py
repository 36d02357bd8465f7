"""Overviews as the engine would publish them: a quiet one, and one in the middle of a campaign."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.model.chat import Phrase
from bot.model.coverage import Blind
from bot.model.identity import Jid
from bot.model.link import Link, LinkState
from bot.model.overview import (
    AlertView,
    CampaignView,
    CaptureCounts,
    HealthItem,
    LimitUse,
    NextRun,
    OutcomeCounts,
    Overview,
    QueueView,
    RecentEvent,
    RiskView,
    RunView,
)
from bot.model.trends import DayCoverage, PostHour, SendHour, Trends
from tests.support.clock import START

ACCOUNT = Jid("573001234567", "s.whatsapp.net")
#: Of the length and shape of a real one.
QR_CODE = "2@" + ",".join(["Qm9nb3RhQm9nb3RhQm9nb3RhQm9nb3RhQm9nb3RhQm8="] * 4) + ",1"


def a_link(state: LinkState = LinkState.CONNECTED, now: datetime = START) -> Link:
    """A link with everything that is known in its state."""
    link = Link(state, now - timedelta(minutes=12), account=ACCOUNT)
    match state:
        case LinkState.NOT_LINKED:
            return replace(link, account=None)
        case LinkState.QR_SHOWN:
            return replace(link, account=None, code=QR_CODE, code_until=now + timedelta(seconds=20))
        case LinkState.PAIRING_CODE:
            return replace(link, account=None, code="ABCDEFGH", code_until=now + timedelta(minutes=2))
        case LinkState.RECONNECTING:
            return replace(link, failures=2, retry_at=now + timedelta(minutes=2), detail="died 1")
        case LinkState.BANNED:
            return replace(link, reason=104, until=now + timedelta(hours=30))
        case LinkState.RESTRICTED:
            return replace(link, reason=403)
        case _:
            return link


def an_overview(state: LinkState = LinkState.CONNECTED, now: datetime = START) -> Overview:
    """A bot that has just been started."""
    return Overview(
        at=now,
        version="0.1.0",
        started_at=now - timedelta(hours=5),
        timezone="America/Bogota",
        language="es",
        link=a_link(state, now),
    )


def a_busy_overview(state: LinkState = LinkState.CONNECTED, now: datetime = START) -> Overview:
    """Two campaigns under way."""
    return replace(
        an_overview(state, now),
        contacts=74,
        campaigns=(
            CampaignView(12, "Promo Mayo", "active", 2, OutcomeCounts(41, 7, 4, 8, review=3)),
            CampaignView(13, "Aniversario de la tienda del centro", "paused", 1, OutcomeCounts(9, 2, 0, 5)),
        ),
        outcomes=OutcomeCounts(41, 7, 4, 8, review=3),
        captures=CaptureCounts(seen=188, judged=171, waiting=3, not_captured=4, other=10),
        queue=QueueView(waiting=2, in_doubt=1, sent_today=36, next_at=now + timedelta(seconds=14)),
        limits=(
            LimitUse("minute", 3, 30, now + timedelta(seconds=21)),
            LimitUse("hour", 36, 200, now + timedelta(minutes=18)),
            LimitUse("day", 36, 1000, now + timedelta(hours=19)),
            LimitUse("contacts_hour", 44, 50, now + timedelta(minutes=18)),
        ),
        health=(
            HealthItem("disk", True, "41203 MB"),
            HealthItem("faults", False, "1"),
        ),
        events=(
            RecentEvent(now - timedelta(minutes=4), "match", {"contact": "Ana", "campaign": "Promo Mayo", "score": 97}),
            RecentEvent(now - timedelta(minutes=9), "not_captured", {"contact": "Luis", "reason": "expired"}),
            RecentEvent(now - timedelta(hours=14), "consent_given", {"contact": "Marta"}),
        ),
        seen_today=timedelta(hours=7, minutes=30),
        day_so_far=timedelta(hours=9),
        alerts=(
            AlertView("disk", "critical", now - timedelta(minutes=20), {"free": 812}),
            AlertView("phone_unseen", "warning", now - timedelta(hours=2), {"days": 10}),
        ),
        next_runs=(
            NextRun("evening_summary", now + timedelta(hours=11)),
            NextRun("ends_soon", now + timedelta(hours=23), campaign=12),
        ),
        last_runs=(
            RunView("morning_plan", now - timedelta(hours=1), "done"),
            RunView("evening_summary", now - timedelta(hours=13), "missed"),
        ),
        risk=RiskView("amber", (Phrase("a_reason_of_a_newer_version"),)),
        trends=busy_trends(now),
    )


def busy_trends(now: datetime = START) -> Trends:
    """A month, of which one day and an hour and a half of today were blind."""
    midnight = now - timedelta(hours=9)
    blind = Blind(now - timedelta(hours=4), now - timedelta(hours=2.5), LinkState.RECONNECTING)
    yesterday = midnight - timedelta(days=1)
    days = [
        DayCoverage(midnight - timedelta(days=ago), timedelta(hours=0 if ago == 9 else 24), timedelta(hours=24))
        for ago in range(29, 0, -1)
    ]
    hour = now.replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=ago) for ago in range(23, -1, -1)]
    return Trends(
        at=now,
        days=(*days, DayCoverage(midnight, timedelta(hours=7.5), timedelta(hours=9))),
        blind_today=(blind,),
        blind=(Blind(yesterday, yesterday + timedelta(minutes=40), LinkState.STOPPED), blind),
        posts=tuple(PostHour(at, judged=at.hour % 7, not_captured=int(at.hour % 3 == 0), other=2) for at in hours),
        sends=tuple(SendHour(at, to_control=at.hour % 4, to_contacts=at.hour % 5 * 11) for at in hours),
    )

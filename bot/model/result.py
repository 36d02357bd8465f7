"""A contact's outcome in a campaign, and the fixed rules by which a judgement changes it (product rules 1-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.capture import Judgement, MissReason, Verdict
from bot.model.identity import CampaignId, CaptureId, ContactId, FrameId


class Outcome(StrEnum):
    CUMPLE = "cumple"  #: posted one of the frames
    INCUMPLE = "incumple"  #: posted something else, readable
    NO_CAPTURADO = "no_capturado"  #: posted, but the content could not be obtained


#: What a pending contact is called; derived, never stored.
PENDIENTE = "pendiente"

_OUTCOME_OF = {
    Verdict.MATCH: Outcome.CUMPLE,
    Verdict.NO_MATCH: Outcome.INCUMPLE,
    Verdict.NOT_CAPTURED: Outcome.NO_CAPTURADO,
}
_RANK = {Outcome.NO_CAPTURADO: 0, Outcome.INCUMPLE: 1, Outcome.CUMPLE: 2}


@dataclass(frozen=True)
class Result:
    id: int
    key: str  #: `campaign:contact`
    campaign_id: CampaignId
    contact_id: ContactId
    outcome: Outcome
    decided_at: datetime
    posted_at: datetime | None
    capture_id: CaptureId | None
    frame_id: FrameId | None = None
    score: float = 0.0
    at_second: float | None = None
    reason: MissReason | None = None
    marked_by: str = ""  #: set by hand, by whom; such a result is sticky
    marked_why: str = ""


def decide(current: Result | None, judgement: Judgement, key: str) -> Result | None:
    """The result after a judgement, or None when it changes nothing.

    The outcome only ever rises: no_capturado < incumple < cumple, and what was marked by hand stays. Among
    judgements of the same outcome the earliest post counts, so the order of arrival does not matter.
    """
    outcome = _OUTCOME_OF.get(judgement.verdict)
    if outcome is None or (current and current.marked_by):
        return None
    found = Result(
        id=current.id if current else 0,
        key=key,
        campaign_id=judgement.campaign_id,
        contact_id=judgement.contact_id,
        outcome=outcome,
        decided_at=judgement.judged_at,
        posted_at=judgement.posted_at,
        capture_id=judgement.capture_id,
        frame_id=judgement.frame_id if outcome is Outcome.CUMPLE else None,
        score=judgement.score,
        at_second=judgement.at_second,
        reason=judgement.reason,
    )
    if current is None or _precedes(found, current):
        return found
    return None


def _precedes(found: Result, current: Result) -> bool:
    if _RANK[found.outcome] != _RANK[current.outcome]:
        return _RANK[found.outcome] > _RANK[current.outcome]
    if found.posted_at is None or current.posted_at is None:
        return False
    return (found.posted_at, found.capture_id or 0) < (current.posted_at, current.capture_id or 0)

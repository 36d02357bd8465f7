"""A contact's outcome in a campaign as it is kept; `outcome.decide` says what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.capture import MissReason
from bot.model.identity import CampaignId, CaptureId, ContactId, FrameId
from bot.model.rules import Rule


class Outcome(StrEnum):
    CUMPLE = "cumple"  #: posted one of the frames
    INCUMPLE = "incumple"  #: posted something else, readable
    NO_CAPTURADO = "no_capturado"  #: posted, but the content could not be obtained


#: What a pending contact is called; derived, never stored.
PENDIENTE = "pendiente"


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
    broken: tuple[Rule, ...] = ()  #: the rules by which a status that shows a frame still fails
    marked_by: str = ""  #: set by hand, by whom; such a result is sticky
    marked_why: str = ""

"""A campaign: the frames to look for, and whose statuses to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.model.chat import Advice
from bot.model.identity import CampaignId, ContactId, FrameId
from bot.model.rules import CampaignRules


class CampaignState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  #: keeps its results, looks at nothing
    CLOSED = "closed"


class Audience(StrEnum):
    """Whom a campaign is about."""

    EVERYONE = "everyone"  #: all contacts, also those added later, less those taken out
    CHOSEN = "chosen"  #: only those named


@dataclass(frozen=True)
class Campaign:
    id: CampaignId
    name: str
    created_at: datetime
    state: CampaignState = CampaignState.ACTIVE
    audience: Audience = Audience.EVERYONE
    match_yes: float | None = None  #: moves the band of sure matches; None: as in the settings
    match_review: float | None = None
    rules: CampaignRules = field(default_factory=CampaignRules)
    created_by: str = ""  #: WhatsApp message id of the command; natural key of its creation


@dataclass(frozen=True)
class Membership:
    """An exception to the campaign's audience: this contact is in, or out."""

    id: int
    key: str  #: `campaign:contact`
    campaign_id: CampaignId
    contact_id: ContactId
    takes_part: bool


@dataclass(frozen=True)
class Frame:
    """A picture that the owner wants to see posted."""

    id: FrameId
    key: str  #: `campaign:sha256`
    campaign_id: CampaignId
    sha256: str  #: of the picture, in the media store
    features: str  #: sha256 of the matcher's features of it, in the media store
    width: int  #: pixels
    height: int
    added_at: datetime
    enabled: bool = True
    advice: tuple[Advice, ...] = ()  #: what the owner was told about it when it was added


def pair_key(left: int, right: int | str) -> str:
    """Natural key of a row that belongs to two others."""
    return f"{left}:{right}"

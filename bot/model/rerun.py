"""The statuses of a campaign are being judged again: kept until the last of them is, so that its end can be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model.chat import Language
from bot.model.identity import CampaignId


@dataclass(frozen=True)
class Rerun:
    id: int
    key: str  #: of the order that asked for it
    campaign_id: CampaignId
    language: Language
    total: int  #: statuses
    started_at: datetime
    told_at: datetime  #: when its progress was last told

"""A setting that was changed from the chat; it wins over the environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Preference:
    id: int
    name: str  #: the setting's field in bot.settings.Settings
    text: str  #: as it would stand in `.env`; empty: no value
    at: datetime

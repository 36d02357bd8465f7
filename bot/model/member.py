"""Somebody besides the owner who may use the bot in the control group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model.chat import Role
from bot.model.identity import Jid


@dataclass(frozen=True)
class Member:
    id: int
    key: str  #: JID by which they were named: their number's, or a LID
    other: str  #: their other JID, once it is known; else empty
    name: str
    role: Role
    since: datetime

    @property
    def jid(self) -> Jid:
        return Jid.parse(self.key)

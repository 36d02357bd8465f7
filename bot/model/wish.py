"""What a command wants of the link itself: a row, carried out after the command's transaction and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.model.chat import Language
from bot.model.identity import Jid


class WishKind(StrEnum):
    RECONNECT = "reconnect"  #: start the WhatsApp process again
    LOGOUT = "logout"  #: unlink this device
    PROXY = "proxy"  #: go through another proxy, or none; the facts do not hold it, the settings of the account do
    TEST_PROXY = "test_proxy"  #: can WhatsApp's hosts be reached through it?
    BACKUP = "backup"  #: copy the records and the session now


class WishState(StrEnum):
    WAITING = "waiting"  #: for the answer to be sent, and its turn
    GRANTING = "granting"  #: committed before the act; found at a start, it was cut off


@dataclass(frozen=True)
class Wish:
    id: int
    key: str  #: natural key: the order's
    kind: WishKind
    chat: Jid
    language: Language
    wished_at: datetime
    state: WishState = WishState.WAITING
    facts: dict[str, Any] = field(default_factory=dict)

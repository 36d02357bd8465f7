"""An alert on its way out by e-mail, chat service or webhook: a row until the channel took it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.alert import Severity

#: Waits before a channel that did not take it is tried again; the last one repeats.
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 3600))
#: A channel that did not take it for so long will not take it any more.
GIVE_UP_AFTER = timedelta(days=3)


class NoticeState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class OutsideNotice:
    id: int
    key: str  #: natural key of what is told, with the channel
    channel: str  #: a channel's name; its address is a secret of the settings
    title: str
    body: str
    severity: Severity
    created_at: datetime
    due_at: datetime
    state: NoticeState = NoticeState.WAITING
    tries: int = 0

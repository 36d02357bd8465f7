"""What goes wrong or is worth a line on the page, and how the link fared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.model.link import LinkState


@dataclass(frozen=True)
class DeadLetter:
    """An event or step that could not be handled because of a bug; kept so that nothing is lost."""

    id: int
    reference: str  #: shown to the user and written to the log, with the traceback
    at: datetime
    where: str
    error: str
    document: dict[str, Any]


@dataclass(frozen=True)
class LogLine:
    """Something for the page's recent events: a catalogue key below `event.` and masked facts."""

    id: int
    at: datetime
    key: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class LinkChange:
    """From `at` on, the link was in this state."""

    id: int
    at: datetime
    state: LinkState
    reason: int = 0
    detail: str = ""
    told: bool = False  #: the control chat has been told

"""What was done at whose word, what it changed, and what still waits for a code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.model.chat import Language, Role


@dataclass(frozen=True)
class Confirmation:
    """Something destructive that was asked for; it is done when its code is written back in time."""

    id: int
    key: str  #: `chat|person|code`
    talk: str  #: `chat|person`
    order: int  #: number of the order that asked
    text: str
    asked: str  #: the command and its arguments, as they were understood then
    language: Language
    expires_at: datetime


@dataclass(frozen=True)
class Doing:
    """What a command changed, so that it can be undone for a while."""

    id: int
    key: str  #: of the order
    talk: str  #: `chat|person`
    what: str  #: the command as it was written, numbers masked
    language: Language
    at: datetime
    changes: tuple[dict[str, Any], ...]  #: documents of storage.changes.Change; empty: cannot be undone


@dataclass(frozen=True)
class AuditLine:
    """A command that changed something, or that was refused to somebody."""

    id: int
    at: datetime
    chat: str
    person: str  #: JID
    role: Role
    command: str  #: its key
    text: str  #: as it was written, numbers masked
    did: str  #: the first line of the answer, numbers masked
    changed: dict[str, int]  #: rows by table

"""Reminders in steps: a sequence of texts with delays for a campaign's contacts, and how far each contact has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from string import Formatter

from bot.model.chat import Language
from bot.model.identity import CampaignId, ContactId

#: What stands for what in a step's text, in both languages.
PLACEHOLDERS = {
    "name": "name",
    "nombre": "name",
    "campaign": "campaign",
    "campaña": "campaign",
    "date": "date",
    "fecha": "date",
}
#: Outbox keys of reminders begin so: `sequence:<sequence>:<contact>:<step>`.
KEY = "sequence:"


class SequenceState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"  #: by the owner: nobody gets anything until it is resumed


@dataclass(frozen=True)
class ReminderStep:
    after: timedelta  #: since the start, or since the step before was sent
    text: str


@dataclass(frozen=True)
class Sequence:
    id: int
    key: str  #: natural key: the order that made it
    name: str
    campaign_id: CampaignId
    steps: tuple[ReminderStep, ...]
    only_pending: bool  #: started for those of whom nothing was seen; otherwise for all who have not complied
    language: Language
    created_at: datetime
    state: SequenceState = SequenceState.ACTIVE


class Going(StrEnum):
    """How a contact's reminders stand."""

    WAITING = "waiting"  #: for the next step's time
    QUEUED = "queued"  #: the step is in the outbox
    PAUSED = "paused"  #: probably blocked: until reactivated
    DONE = "done"  #: got every step
    STOPPED = "stopped"  #: before the end: see `why`


class Stop(StrEnum):
    """Why somebody gets no more reminders."""

    COMPLIED = "complied"
    ANSWERED = "answered"  #: wrote to the account
    LEFT = "left"  #: withdrew, was paused or deleted, or is no longer in the campaign
    BLACKLISTED = "blacklisted"
    CLOSED = "closed"  #: the campaign
    UNREACHABLE = "unreachable"  #: WhatsApp says that nothing can be sent there


@dataclass(frozen=True)
class Progress:
    id: int
    key: str  #: natural key: `sequence:contact`
    sequence_id: int
    contact_id: ContactId
    state: Going
    step: int  #: the next one, or the one in the outbox; from 0
    due_at: datetime
    started_at: datetime
    why: str = ""  #: a Stop


def step_key(progress: Progress) -> str:
    """Natural key of a reminder in the outbox, so that no step goes twice to anybody."""
    return f"{KEY}{progress.sequence_id}:{progress.contact_id}:{progress.step}"


def unknown_placeholders(text: str) -> list[str]:
    """The names in braces that stand for nothing; raises ValueError for a brace without its pair."""
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None and name not in PLACEHOLDERS]


def filled(text: str, **facts: str) -> str:
    """A step's text with `name`, `campaign` and `date` put in."""
    return "".join(
        literal + (facts[PLACEHOLDERS[name]] if name is not None else "")
        for literal, name, _, _ in Formatter().parse(text)
    )

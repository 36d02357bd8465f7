"""A contact: one person with any number of WhatsApp addresses, who agreed to take part (or did not)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.model.blocks import Note
from bot.model.identity import ContactId, Phone


class Consent(StrEnum):
    """Whether this person agreed that their statuses are looked at and that they are written to."""

    DECLARED = "declared"  #: the owner says that the person agreed
    GIVEN = "given"  #: the person wrote ACEPTO or YES
    WITHDRAWN = "withdrawn"  #: the person wrote BAJA or STOP; holds for good unless they write ACEPTO


@dataclass(frozen=True)
class Contact:
    id: ContactId
    name: str
    phone: Phone
    consent: Consent
    consent_at: datetime
    created_at: datetime
    paused: bool = False
    look_up_at: datetime | None = None  #: when WhatsApp is asked for their LID; None: nothing more to ask
    on_whatsapp: bool | None = None  #: whether WhatsApp knows the number; None: not asked yet
    last_seen_at: datetime | None = None  #: their newest status that reached us
    consent_source: str = ""  #: how it is known, in the owner's words; empty: as `consent` says
    tags: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()  #: what the owner wrote down, the oldest first
    last_wrote_at: datetime | None = None  #: their newest direct message to the account; what it said is not kept

    @property
    def takes_part(self) -> bool:
        return self.consent is not Consent.WITHDRAWN and not self.paused


@dataclass(frozen=True)
class Parked:
    """A message under a LID that nobody is known by, while WhatsApp is still asked for the LIDs of contacts."""

    id: int
    key: str  #: `lid:message id`
    lid: str
    message: dict[str, Any]  #: document of an event.MessageSeen
    parked_at: datetime


@dataclass(frozen=True)
class Ignored:
    """A LID that the owner said is nobody's: what comes under it is not held back."""

    id: int
    key: str  #: SHA-256 of the address, hex: the address itself is not kept
    at: datetime


@dataclass(frozen=True)
class Address:
    """A WhatsApp address (phone number or LID) under which a contact is known."""

    id: int
    jid: str  #: natural key
    contact_id: ContactId
    learned_at: datetime

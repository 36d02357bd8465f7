"""A message of ours on its way: `queued → sending → sent → delivered → read`, or failed, or in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.chat import ABOUT_NOTHING, About, Evidence
from bot.model.identity import Jid


class To(StrEnum):
    """Who reads it; all but the control chat are protected by every limit, the control chat only by the gaps."""

    CONTROL = "control"
    CONTACT = "contact"
    STATUS = "status"  #: a status of the account itself, for all who may see it


class SendState(StrEnum):
    QUEUED = "queued"  #: waits for its turn
    SENDING = "sending"  #: committed before the send begins; found at a start, it was cut off by a crash
    SENT = "sent"  #: WhatsApp's server has it
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"  #: given up: see `failure`
    IN_DOUBT = "in_doubt"  #: cut off in the middle: sent or not, nobody knows; never repeated to a contact by itself
    DROPPED = "dropped"  #: was in doubt, and the owner let it rest (or had it sent again, as a message of its own)
    CANCELLED = "cancelled"  #: taken out of the queue by the owner before it was sent


class Pace(StrEnum):
    """How long a person would take to write this (product.md §6); only for contacts."""

    PLAIN = "plain"
    CONFIRMATION = "confirmation"
    REPORT = "report"


class Form(StrEnum):
    TEXT = "text"
    IMAGE = "image"
    DOCUMENT = "document"
    REACTION = "reaction"
    EDIT = "edit"


@dataclass(frozen=True)
class EarlyReceipt:
    """A receipt that came before WhatsApp's answer to the send told us the message's id."""

    id: int
    key: str  #: `message id:state`
    message_id: str
    state: SendState
    at: datetime
    reader: Jid | None = None


@dataclass(frozen=True)
class OwnWriting:
    """The owner wrote to somebody on another device; receipts for it are none of a message of ours."""

    id: int
    message_id: str  #: natural key
    at: datetime


@dataclass(frozen=True)
class Blacklisted:
    """A number that nothing is sent to, whatever asks for it."""

    id: int
    jid: str  #: natural key: the number as a WhatsApp address
    reason: str  #: the owner's words
    by: str
    added_at: datetime


@dataclass(frozen=True)
class SendTrouble:
    """A send that failed, kept for the risk to the account."""

    id: int
    at: datetime
    reason: str  #: a failures.Failure
    permanent: bool


@dataclass(frozen=True)
class Refusal:
    """Why a message may not go: for good, or not now."""

    why: str  #: a failures.Failure
    for_good: bool = True


@dataclass(frozen=True)
class OutboxItem:
    id: int
    key: str  #: natural key of the effect, so that a repeated step queues nothing twice
    to: Jid
    audience: To
    form: Form
    text: str  #: the text, caption, or emoji
    created_at: datetime
    not_before: datetime
    state: SendState = SendState.QUEUED
    pace: Pace = Pace.PLAIN
    paced: bool = False  #: the pause in which a person would type has been taken
    media_sha256: str = ""
    about: About = ABOUT_NOTHING  #: what a reply to it means
    evidence: Evidence | None = None  #: an image that is drawn when its turn comes, instead of `media_sha256`
    mimetype: str = ""
    filename: str = ""
    quote_id: str = ""
    quote_author: Jid | None = None
    quote_text: str = ""
    target: str = ""  #: message id that a reaction or edit is about
    target_author: Jid | None = None
    tries: int = 0
    sending_at: datetime | None = None  #: when it was last begun; counts as the time of the send in all limits
    message_id: str = ""  #: WhatsApp's
    sent_at: datetime | None = None  #: by WhatsApp's clock
    answered_at: datetime | None = None  #: by ours: when WhatsApp's answer to the send was here
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failure: str = ""

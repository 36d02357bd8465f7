"""How probable is it that a contact has blocked the account? From what was not delivered, and from signs of life.

Always *probable*: a phone that is off, or out of reach for days, looks the same (product.md §7). Nothing is ever sent
to find out. Somebody who blocked the account shows it no statuses and writes it no messages, so that a sign of life
after the first undelivered message speaks against a block more than anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.identity import ContactId


class Factor(StrEnum):
    """What speaks for a block, or against it; catalogue key below `block.factor.`."""

    UNDELIVERED = "undelivered"  #: so many messages in a row did not arrive
    DAYS = "days"  #: the oldest of them has been under way for so many days
    SERVER = "server"  #: WhatsApp's server says that nothing can be sent there
    SIGN_OF_LIFE = "sign_of_life"  #: seen, heard or read since the oldest of them
    RECENT_SIGN = "recent_sign"  #: the last sign of life was shortly before it


class Band(StrEnum):
    ACTIVE = "active"
    SUSPICIOUS = "suspicious"  #: a person should look
    BLOCKED = "blocked"  #: probably blocked: reminders are paused


@dataclass(frozen=True)
class BlockRules:
    suspicious_from: int = 50  #: probability, 0-100
    blocked_from: int = 80
    after: timedelta = timedelta(hours=72)  #: messages younger than this are not looked at

    def band(self, probability: int) -> Band:
        if probability >= self.blocked_from:
            return Band.BLOCKED
        return Band.SUSPICIOUS if probability >= self.suspicious_from else Band.ACTIVE


@dataclass(frozen=True)
class Delivery:
    """What is known about the messages to one contact."""

    undelivered: int  #: in a row, up to the newest that is old enough; one that arrived ends the row
    oldest_at: datetime | None  #: when the first of them was sent
    refused: bool  #: the server's own word, about the newest message
    last_sign_at: datetime | None  #: a status seen, a reply, or a receipt: the newest of them


@dataclass(frozen=True)
class Weight:
    """One factor with its share of the probability, and the number that it was read from."""

    factor: Factor
    points: int
    value: int


@dataclass(frozen=True)
class Estimate:
    probability: int  #: 0-100
    weights: tuple[Weight, ...]


#: Points for one, two, three, and four or more undelivered messages in a row.
_BY_COUNT = (20, 35, 50, 60)
#: Points for the days that the oldest of them is under way; the longest that applies.
_BY_DAYS = ((14, 30), (7, 20), (3, 10))
_SERVER = 30
#: More than all that speaks for a block leaves to reach 50: a sign of life always means active.
_SIGN_OF_LIFE = -75
_RECENT_SIGN = -10
_RECENT = timedelta(days=3)


def estimate(delivery: Delivery, now: datetime) -> Estimate:
    """The probability that this contact has blocked the account, with the factors that made it."""
    if delivery.undelivered == 0 or delivery.oldest_at is None:
        return Estimate(0, ())
    days = (now - delivery.oldest_at) // timedelta(days=1)
    weights = [
        Weight(Factor.UNDELIVERED, _BY_COUNT[min(delivery.undelivered, len(_BY_COUNT)) - 1], delivery.undelivered),
        Weight(Factor.DAYS, next((points for least, points in _BY_DAYS if days >= least), 0), days),
    ]
    if delivery.refused:
        weights.append(Weight(Factor.SERVER, _SERVER, 1))
    weights += _signs(delivery.last_sign_at, delivery.oldest_at)
    total = sum(weight.points for weight in weights)
    return Estimate(max(0, min(100, total)), tuple(weight for weight in weights if weight.points))


def _signs(last_sign_at: datetime | None, oldest_at: datetime) -> list[Weight]:
    if last_sign_at is None or last_sign_at < oldest_at - _RECENT:
        return []
    if last_sign_at > oldest_at:
        return [Weight(Factor.SIGN_OF_LIFE, _SIGN_OF_LIFE, (last_sign_at - oldest_at) // timedelta(hours=1))]
    return [Weight(Factor.RECENT_SIGN, _RECENT_SIGN, (oldest_at - last_sign_at) // timedelta(hours=1))]


class IssueState(StrEnum):
    OPEN = "open"
    CLEARED = "cleared"  #: the probability fell below suspicion by itself
    REACTIVATED = "reactivated"  #: the owner says that the contact is well


@dataclass(frozen=True)
class Note:
    at: datetime
    by: str
    text: str


@dataclass(frozen=True)
class BlockIssue:
    """A contact who may have blocked the account: the evidence, and what became of it."""

    id: int
    key: str  #: natural key: `contact:the first undelivered message`
    contact_id: ContactId
    opened_at: datetime
    checked_at: datetime
    probability: int
    band: Band
    undelivered: int
    oldest_at: datetime
    last_sign_at: datetime | None
    weights: tuple[Weight, ...]
    state: IssueState = IssueState.OPEN
    paused: bool = False  #: the contact's reminders were paused because of it
    closed_at: datetime | None = None
    notes: tuple[Note, ...] = ()

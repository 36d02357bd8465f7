"""How long things are kept, and who asked to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Keeping:
    """How long is kept what a status brought (product.md §11)."""

    non_matching: timedelta = timedelta(hours=24)  #: the media of a status that matched nothing
    matching: timedelta = 7 * DAY  #: the media of one that matched; a card with the evidence stays with the result
    results: timedelta = 180 * DAY  #: outcomes, statuses and cards of closed campaigns


@dataclass(frozen=True)
class Suppressed:
    """Somebody whose data was deleted: their number is not added again by itself."""

    id: int
    key: str  #: natural key: a salted hash of the number
    at: datetime

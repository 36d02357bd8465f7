"""How much of a period was seen, and why not the rest: nobody is held to account for what was not seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.link import LinkState

#: WhatsApp delivers afterwards what a shorter interruption held up; it exonerates nobody.
MADE_UP_FOR = timedelta(minutes=1)


@dataclass(frozen=True)
class Blind:
    """From `start` to `end` nothing was received."""

    start: datetime
    end: datetime
    reason: LinkState  #: what the link was instead of connected

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True)
class Coverage:
    """A period of `total`, `seen` of it, and the blind intervals in between, the earliest first."""

    total: timedelta = timedelta()
    seen: timedelta = timedelta()
    blind: tuple[Blind, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.blind


def blind_within(blind: Iterable[Blind], start: datetime, end: datetime) -> bool:
    """Whether any of the blind intervals reaches into a period."""
    return any(each.start < end and each.end > start for each in blind)

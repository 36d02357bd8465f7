"""What a campaign asks of a status beyond showing a frame; every rule is optional (product rule 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo


class Rule(StrEnum):
    """A rule that a status, or all statuses of a contact together, can break."""

    CAPTION = "caption"  #: the words that the caption must hold are not there
    REPOST = "repost"  #: forwarded, or the same file as an earlier status that counts
    ALIVE = "alive"  #: deleted too early
    POSTS = "posts"  #: too few statuses that count
    FRAMES = "frames"  #: not every frame was shown


@dataclass(frozen=True)
class Hours:
    """A part of each day in local time; it may go over midnight."""

    start: time
    end: time  #: not included; the same as `start` means the whole day

    def hold(self, at: time) -> bool:
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True)
class CampaignRules:
    """None, False, 1 and the like stand for "no such rule"."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None  #: not included
    hours: Hours | None = None  #: a status outside them counts for nothing
    daily: bool = False  #: each day of the period is judged by itself
    least_posts: int = 1  #: on each day, when daily
    all_frames: bool = False  #: every frame must be shown, not just one
    alive_for: timedelta | None = None  #: a status deleted earlier fails
    reposts: bool = True  #: forwarded statuses and the same file again are accepted
    caption: str = ""  #: what the caption must hold, in any letter case, accents aside
    zone: str = "UTC"  #: IANA zone in which days and hours are told

    def take_in(self, posted_at: datetime) -> bool:
        """Whether a status of this moment belongs to the campaign's period."""
        return not self.are_before(posted_at) and (self.ends_at is None or posted_at < self.ends_at)

    def are_before(self, at: datetime) -> bool:
        """Whether the period begins after this moment."""
        return self.starts_at is not None and at < self.starts_at

    def count(self, posted_at: datetime) -> bool:
        """Whether a status of this moment counts at all: in the period, and in the hours."""
        return self.take_in(posted_at) and (self.hours is None or self.hours.hold(self.local(posted_at).time()))

    def local(self, at: datetime) -> datetime:
        return at.astimezone(zone_of(self.zone))

    def day_of(self, at: datetime) -> date:
        return self.local(at).date()

    def midnight(self, day: date) -> datetime:
        """The beginning of a local day."""
        return datetime.combine(day, time(), zone_of(self.zone))

    @property
    def ask_for_more(self) -> bool:
        """Whether one matching status may not be enough, so that something can be missing in the end."""
        return self.least_posts > 1 or self.all_frames


#: WhatsApp shows a status for a day, and delivers it that late to a device that was away.
LATE = timedelta(hours=24)


@cache
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)

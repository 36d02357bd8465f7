"""One look at a file, the same for a status, for `!test` and for a proof: what is looked for, and what settles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.ports import Matcher, Score

#: A score that leaves no doubt, far above the usual "yes". A campaign that asks for more than this gets it.
SURE = 80.0


@dataclass(frozen=True)
class Sought:
    """The pictures of one campaign, by their SHA-256."""

    pictures: frozenset[str]
    sure: float = SURE  #: the score from which a picture is surely shown
    every_one: bool = False  #: whether all of them must be shown, not just one

    def is_settled(self, found: Sequence[Score]) -> bool:
        """Whether nothing that a video shows later can change what the campaign makes of it."""
        shown = {score.frame_id for score in found if score.score >= self.sure} & self.pictures
        return shown == self.pictures if self.every_one else bool(shown) or not self.pictures


def look(matcher: Matcher, media: bytes, sought: Sequence[Sought], *, is_video: bool) -> Sequence[Score]:
    """Look for the pictures of some campaigns; a video is watched until it has settled all of them, or to its end."""
    pictures = frozenset[str]().union(*(each.pictures for each in sought))
    return matcher.match(media, "video" if is_video else "image", pictures, partial(_is_enough, sought))


def _is_enough(sought: Sequence[Sought], found: Sequence[Score]) -> bool:
    return all(campaign.is_settled(found) for campaign in sought)

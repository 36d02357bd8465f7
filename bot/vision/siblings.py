"""What a frame shares with others: tiles that look the same in a sibling say nothing about which of them was posted."""

from __future__ import annotations

import itertools
from collections.abc import Container
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.vision.correspondence import correspond
from bot.vision.decode import Pixels
from bot.vision.features import Features
from bot.vision.frame import Frame
from bot.vision.geometry import groups_placed
from bot.vision.photometric import Agreement, Aligned, Tiles, compare

#: Correlation from which a tile begins to agree, and from which it agrees fully.
AGREES_FROM, AGREES_FULLY = 0.3, 0.8
#: Inliers of a placement, and tiles that must agree, for two frames to be siblings at all.
MIN_INLIERS = 10
MIN_SHARED_TILES = 4
#: Parts that two frames may share in different places: a logo here, a headline there.
MAX_GROUPS = 3
#: Gradient energy above which a tile of a frame holds enough to be recognised.
TELLING_ENERGY = 0.15
#: Telling tiles of its own that a frame needs to be told from its sibling.
ENOUGH_TILES = 8
#: A sibling's tile must hold this share of the frame's energy: two empty tiles share nothing.
MIN_ENERGY_SHARE = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Sibling:
    """A frame, and the same prepared for comparison."""

    frame: Frame
    aligned: Aligned


def tiles_shared(new: Sibling, other: Sibling, picture: Pixels, status: Features) -> tuple[Tiles, Tiles] | None:
    """The tiles of a new frame that another shows as well, and the other's; None when they are no siblings.

    `picture` and `status` are the new frame's picture and features as those of a status: finer than a frame's.
    """
    here, there = np.zeros_like(new.aligned.energy), np.zeros_like(other.aligned.energy)
    pairs = correspond(other.frame.plain, status)
    found = itertools.islice(groups_placed(other.frame.plain, status, pairs), MAX_GROUPS)
    for placement in itertools.chain.from_iterable(found):
        if placement.inliers < MIN_INLIERS:
            continue
        there = np.maximum(there, _agreeing_part(other.aligned, compare(other.aligned, picture, placement.homography)))
        back = _scaling(other.frame.plain.shape, other.frame.pixels().shape) @ np.linalg.inv(placement.homography)
        back = back @ _scaling(new.frame.plain.shape, picture.shape)
        here = np.maximum(here, _agreeing_part(new.aligned, compare(new.aligned, other.frame.pixels(), back)))
    is_shared = min(np.count_nonzero(here > 0.5), np.count_nonzero(there > 0.5)) >= MIN_SHARED_TILES
    return (here, there) if is_shared else None


def correlation_of(shared: Tiles) -> Tiles:
    """The correlation with a sibling, up to AGREES_FULLY, that made tiles count as shared so much."""
    return np.asarray(AGREES_FROM + (AGREES_FULLY - AGREES_FROM) * shared, np.float32)


def _agreeing_part(frame: Aligned, agreement: Agreement) -> Tiles:
    agreeing = np.clip((agreement.correlation - AGREES_FROM) / (AGREES_FULLY - AGREES_FROM), 0, 1)
    has_energy = agreement.energy > MIN_ENERGY_SHARE * frame.energy
    return np.asarray(agreeing * agreement.visible * has_energy, np.float32)


def _scaling(shape: tuple[int, int], to_shape: tuple[int, ...]) -> NDArray[np.float64]:
    """From pixels of a picture of one (height, width) to those of the same picture at another."""
    return np.diag([to_shape[1] / shape[1], to_shape[0] / shape[0], 1.0])


def is_near_duplicate(frame: Aligned, shared: Tiles) -> bool:
    """Whether so little is left that the two are in effect one frame: neither may then be held against the other."""
    own = (frame.energy > TELLING_ENERGY) & (shared < 0.5)
    return int(np.count_nonzero(own)) < ENOUGH_TILES


class SiblingMap:
    """Which frames share what: for each pair of siblings the tiles shared, seen from either side. Not thread-safe."""

    def __init__(self) -> None:
        self._shared: dict[str, dict[str, Tiles]] = {}

    def add(self, frame_id: str, other_id: str, here: Tiles, there: Tiles) -> None:
        """Note that `frame_id` shares `here`, and the other `there`."""
        self._shared.setdefault(frame_id, {})[other_id] = here
        self._shared.setdefault(other_id, {})[frame_id] = there

    def remove(self, frame_id: str) -> None:
        """Forget a frame: what it shared is telling again."""
        for other_id in self._shared.pop(frame_id, {}):
            self._shared[other_id].pop(frame_id, None)

    def of(self, frame_id: str) -> dict[str, tuple[Tiles, Tiles]]:
        """A frame's siblings: for each the tiles shared here and there."""
        return {other: (here, self._shared[other][frame_id]) for other, here in self._shared.get(frame_id, {}).items()}

    def discount(self, frame_id: str, frame: Aligned, present: Container[str]) -> Tiles | None:
        """Per tile how much some present sibling shows the same; None when there is no sibling to tell apart."""
        siblings = [here for other, here in self._shared.get(frame_id, {}).items() if other in present]
        telling = [here for here in siblings if not is_near_duplicate(frame, here)]
        return np.maximum.reduce(telling) if telling else None

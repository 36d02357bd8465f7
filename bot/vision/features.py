"""ORB features of a picture: where, which way, how large, and 256 bits each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from bot.vision.decode import Pixels

#: Longest side of a frame when its features are taken, in pixels. Larger gave nothing on the benchmark.
FRAME_SIDE = 480
#: Features kept of a frame, and as many of its mirror image; with 800 recall on the benchmark rose by 0.2 points only.
FRAME_FEATURES = 400

#: Features found for each one kept, and features kept per square cell of a square picture.
POOL_FACTOR = 3
FEATURES_PER_CELL = 3

#: Each level of the pyramid is this many times smaller than the one before, down to about this longest side in pixels:
#: seven levels for a frame, and as coarse ones for a larger status, in which a piece of the frame may be blown up.
LEVEL_FACTOR = 1.2
COARSEST_SIDE = 134
#: Side of the patch that a descriptor reads at level 0, in pixels.
PATCH = 31
#: Features may lie this near to the border; the default of 31 would lose a quarter of a frame.
EDGE = 16
#: Grey levels by which a FAST corner must stand out; low, since statuses are blurred and faded.
FAST_THRESHOLD = 6


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """Where n features lie, without what they look like."""

    #: (n, 2) float32, x and y in pixels of the picture they were taken from.
    points: NDArray[np.float32]
    #: (n,) float32, degrees.
    angles: NDArray[np.float32]
    #: (n,) float32, log2 of the diameter in pixels.
    log_sizes: NDArray[np.float32]

    def at(self, which: NDArray[np.intp]) -> Keypoints:
        """Those keypoints, in that order."""
        return Keypoints(self.points[which], self.angles[which], self.log_sizes[which])


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The ORB features of one picture of n features."""

    keypoints: Keypoints
    #: (n, 32) uint8.
    descriptors: NDArray[np.uint8]
    #: Height and width of that picture in pixels.
    shape: tuple[int, int]

    def __len__(self) -> int:
        return len(self.descriptors)


def extract(grey: Pixels, count: int) -> Features:
    """Take `count` features spread over a grey picture: the strongest of every cell first, then the second strongest.

    The strongest overall would all lie in overlaid text or stickers, and leave nothing to recognise a soft photo by.
    """
    if min(grey.shape) <= 2 * EDGE:  # all border; the levels of ORB's pyramid would shrink to nothing and raise
        return _features((), None, grey)
    orb = _orb(POOL_FACTOR * count, max(grey.shape))
    found = orb.detect(grey, None)
    if len(found) > count:
        cell = max(grey.shape) / math.sqrt(count / FEATURES_PER_CELL)
        found = [found[at] for at in _spread(_points(found), _values(found, "response"), cell)[:count]]
    return _features(*orb.compute(grey, found), grey)


def mirrored(grey: Pixels) -> Pixels:
    """The picture as a mirror shows it."""
    return np.ascontiguousarray(grey[:, ::-1])


def _orb(count: int, side: int) -> cv2.ORB:
    levels = 1 + max(0, int(math.log(side / COARSEST_SIDE, LEVEL_FACTOR)))
    return cv2.ORB.create(
        nfeatures=count,
        scaleFactor=LEVEL_FACTOR,
        nlevels=levels,
        edgeThreshold=EDGE,
        patchSize=PATCH,
        fastThreshold=FAST_THRESHOLD,
        scoreType=cv2.ORB_FAST_SCORE,
    )


def _spread(points: NDArray[np.float32], responses: NDArray[np.float32], cell: float) -> NDArray[np.intp]:
    """Order keypoints by their rank within their square cell of the picture, those of equal rank by response."""
    columns, rows = np.floor(points / cell).astype(np.int64).T
    cells = rows * 65536 + columns
    by_cell = np.lexsort((-responses, cells))
    starts = np.flatnonzero(np.diff(cells[by_cell], prepend=-1))
    sizes = np.diff(starts, append=len(cells))
    ranks = np.empty(len(cells), np.int64)
    ranks[by_cell] = np.arange(len(cells)) - np.repeat(starts, sizes)
    return np.lexsort((-responses, ranks))


def _features(keypoints: Sequence[cv2.KeyPoint], descriptors: MatLike | None, grey: Pixels) -> Features:
    shape = (grey.shape[0], grey.shape[1])
    if descriptors is None or len(keypoints) == 0:
        none = np.zeros(0, np.float32)
        return Features(Keypoints(np.zeros((0, 2), np.float32), none, none), np.zeros((0, 32), np.uint8), shape)
    found = Keypoints(_points(keypoints), _values(keypoints, "angle"), np.log2(_values(keypoints, "size")))
    return Features(found, descriptors.astype(np.uint8, copy=False), shape)


def _values(keypoints: Sequence[cv2.KeyPoint], name: str) -> NDArray[np.float32]:
    return np.fromiter(map(attrgetter(name), keypoints), np.float32, len(keypoints))


def _points(keypoints: Sequence[cv2.KeyPoint]) -> NDArray[np.float32]:
    return np.asarray(cv2.KeyPoint.convert(keypoints), np.float32)

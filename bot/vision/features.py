"""ORB features of a picture: where, which way, how large, and 256 bits each."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.vision.decode import Pixels

#: Longest side of a frame when its features are taken, in pixels. Larger gave nothing on the benchmark.
FRAME_SIDE = 480
#: Longest side of a status when its features are taken, in pixels.
STATUS_SIDE = 640
#: Features kept of a frame, and as many of its mirror image; 800 found no more on the benchmark.
FRAME_FEATURES = 400
#: Features kept of a status; more than of a frame, since the frame may fill only a part of it.
STATUS_FEATURES = 1500

#: Each level of the pyramid is this many times smaller than the one before; eight levels span a factor of 3.6.
LEVEL_FACTOR = 1.2
LEVELS = 8
#: Side of the patch that a descriptor reads at level 0, in pixels.
PATCH = 31
#: Features may lie this near to the border; the default of 31 would lose a third of a small picture.
EDGE = 16
#: Grey levels by which a FAST corner must stand out; low, since statuses are blurred and faded.
FAST_THRESHOLD = 10


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
    """Take the `count` strongest features of a grey picture, the strongest anywhere in it."""
    orb = cv2.ORB.create(
        nfeatures=count,
        scaleFactor=LEVEL_FACTOR,
        nlevels=LEVELS,
        edgeThreshold=EDGE,
        patchSize=PATCH,
        fastThreshold=FAST_THRESHOLD,
        scoreType=cv2.ORB_FAST_SCORE,
    )
    keypoints, descriptors = orb.detectAndCompute(grey, None)
    shape = (grey.shape[0], grey.shape[1])
    if len(keypoints) == 0:
        return _no_features(shape)
    table = np.array([(*point.pt, point.angle, point.size) for point in keypoints], np.float32)
    found = Keypoints(table[:, :2], table[:, 2], np.log2(table[:, 3]))
    return Features(found, descriptors.astype(np.uint8, copy=False), shape)


def mirrored(grey: Pixels) -> Pixels:
    """The picture as a mirror shows it."""
    return np.ascontiguousarray(grey[:, ::-1])


def _no_features(shape: tuple[int, int]) -> Features:
    none = np.zeros(0, np.float32)
    return Features(Keypoints(np.zeros((0, 2), np.float32), none, none), np.zeros((0, 32), np.uint8), shape)

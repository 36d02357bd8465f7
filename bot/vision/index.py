"""All frames' features in one place, searched at once: which of them resemble the features of a status?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.vision.features import FRAME_FEATURES, Features, Keypoints
from bot.vision.growth import GrowingTables
from bot.vision.hashing import bits_that_differ

#: Bits of 256 that may differ between two views of one feature for the pair to count in the search.
MAX_DISTANCE = 64
#: Share of spare rows made when there is no room: fewer copies against less memory.
SPARE_SHARE = 0.05

#: Keypoints are kept as fixed-point numbers: 1/64 of a pixel, 1/180 of a degree.
_POINT_UNITS = 64
_ANGLE_UNITS = 180

_Scalar = TypeVar("_Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Pairs of a row of the index and a status feature that resemble one another, each pair once."""

    rows: NDArray[np.int64]
    queries: NDArray[np.int64]
    #: Bits that differ.
    distances: NDArray[np.int64]


class FrameIndex:
    """The features of frames and of their mirror images. Not thread-safe.

    A frame takes one slot of 2 x `features_per_side` rows: its own features first, then those of its mirror image.
    """

    def __init__(self, features_per_side: int = FRAME_FEATURES) -> None:
        self.features_per_side = features_per_side
        self.rows_per_slot = 2 * features_per_side
        self._slots: dict[str, int] = {}
        self._frames: list[str | None] = []
        self._free: list[int] = []
        #: (slots, 2) height and width.
        self._shapes = np.zeros((0, 2), np.float32)
        self._descriptors = np.zeros((0, 32), np.uint8)
        self._points = np.zeros((0, 2), np.uint16)
        self._angles = np.zeros(0, np.uint16)
        self._log_sizes = np.zeros(0, np.float16)
        self._filled = np.zeros(0, np.bool_)
        self._tables = GrowingTables()

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, frame_id: str, plain: Features, mirror: Features) -> None:
        """File a new frame's features, at most `features_per_side` of each."""
        slot = self._free.pop() if self._free else self._new_slot()
        self._frames[slot] = frame_id
        self._slots[frame_id] = slot
        self._shapes[slot] = plain.shape
        start = slot * self.rows_per_slot
        rows = np.concatenate([self._write(start, plain), self._write(start + self.features_per_side, mirror)])
        self._filled[rows] = True
        self._tables.file(rows, self._descriptors, self._filled)

    def remove(self, frame_id: str) -> None:
        """Forget a frame; its slot is taken by the next one added."""
        slot = self._slots.pop(frame_id)
        rows = np.arange(slot * self.rows_per_slot, (slot + 1) * self.rows_per_slot)
        rows = rows[self._filled[rows]]
        self._tables.unfile(rows, self._descriptors)
        self._filled[rows] = False
        self._frames[slot] = None
        self._free.append(slot)

    def features(self, frame_id: str, *, mirror: bool) -> Features:
        """A frame's features as they were filed, or its mirror image's."""
        slot = self._slots[frame_id]
        start = slot * self.rows_per_slot + mirror * self.features_per_side
        rows = np.arange(start, start + self.features_per_side)
        rows = rows[self._filled[rows]]
        height, width = self._shapes[slot]
        return Features(self.keypoints(rows), self._descriptors[rows], (int(height), int(width)))

    def keypoints(self, rows: NDArray[np.int64]) -> Keypoints:
        """Where the features of these rows lie."""
        points = self._points[rows].astype(np.float32) / np.float32(_POINT_UNITS)
        angles = self._angles[rows].astype(np.float32) / np.float32(_ANGLE_UNITS)
        return Keypoints(points, angles, self._log_sizes[rows].astype(np.float32))

    def frame_in(self, slot: int) -> str | None:
        """The frame in a slot; None when it was removed."""
        return self._frames[slot]

    def shapes(self, slots: NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, 2) height and width of the pictures that the slots' points speak of."""
        return self._shapes[slots]

    def search(self, descriptors: NDArray[np.uint8]) -> Hits:
        """Rows that resemble the (n, 32) uint8 descriptors; its cost grows far slower than the number of frames."""
        rows, queries = self._tables.lookup(descriptors)
        distances = bits_that_differ(self._descriptors, rows, descriptors, queries)
        near = np.flatnonzero(distances <= MAX_DISTANCE)
        _, once = np.unique(queries[near] * len(self._descriptors) + rows[near], return_index=True)
        near = near[once]
        return Hits(rows[near], queries[near], distances[near])

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        arrays = (self._descriptors, self._points, self._angles, self._log_sizes, self._filled)
        return sum(array.nbytes for array in arrays) + self._tables.nbytes

    def _new_slot(self) -> int:
        self._frames.append(None)
        self._make_room()
        return len(self._frames) - 1

    def _make_room(self) -> None:
        needed = len(self._frames) * self.rows_per_slot
        if needed <= len(self._filled):
            return
        slots = len(self._frames) + int(len(self._frames) * SPARE_SHARE)
        capacity = slots * self.rows_per_slot
        self._shapes = _grown(self._shapes, slots)
        self._descriptors = _grown(self._descriptors, capacity)
        self._points = _grown(self._points, capacity)
        self._angles = _grown(self._angles, capacity)
        self._log_sizes = _grown(self._log_sizes, capacity)
        self._filled = _grown(self._filled, capacity)

    def _write(self, start: int, features: Features) -> NDArray[np.int64]:
        count = min(len(features), self.features_per_side)
        rows = np.arange(start, start + count)
        self._descriptors[rows] = features.descriptors[:count]
        self._points[rows] = np.round(features.keypoints.points[:count] * _POINT_UNITS)
        self._angles[rows] = np.round(features.keypoints.angles[:count] % 360 * _ANGLE_UNITS)
        self._log_sizes[rows] = features.keypoints.log_sizes[:count]
        return rows


def _grown(array: NDArray[_Scalar], length: int) -> NDArray[_Scalar]:
    larger = np.zeros((length, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger

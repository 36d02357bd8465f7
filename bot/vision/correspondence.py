"""Which feature of a frame is which feature of a status: two nearest neighbours and the ratio test."""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from bot.vision.features import Features

#: The nearest feature must be this much nearer than the second (Lowe's ratio test, loose: geometry decides later).
RATIO = 0.85
#: Bits of 256 that may differ between two views of one feature.
MAX_DISTANCE = 80


@dataclass(frozen=True, slots=True, eq=False)
class Correspondences:
    """Pairs of features that look alike, the most alike first; each frame feature at most once."""

    #: (n,) indices into the frame's features.
    in_frame: NDArray[np.intp]
    #: (n,) indices into the status's features.
    in_status: NDArray[np.intp]
    #: (n,) bits that differ.
    distances: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.in_frame)

    def only(self, chosen: NDArray[np.bool_]) -> Correspondences:
        """Those pairs for which `chosen` is true."""
        return Correspondences(self.in_frame[chosen], self.in_status[chosen], self.distances[chosen])


def correspond(frame: Features, status: Features) -> Correspondences:
    """For each status feature its nearest frame feature, if it is clearly the nearest."""
    if len(frame) < 2 or len(status) == 0:
        none = np.zeros(0, np.intp)
        return Correspondences(none, none, np.zeros(0, np.int32))
    faiss.omp_set_num_threads(1)  # the matcher is called from several threads: one core each
    distances, nearest = faiss.knn_hamming(status.descriptors, frame.descriptors, 2)
    clear = (distances[:, 0] < RATIO * distances[:, 1]) & (distances[:, 0] <= MAX_DISTANCE)
    in_status = np.flatnonzero(clear)
    return _each_frame_feature_once(nearest[in_status, 0].astype(np.intp), in_status, distances[in_status, 0])


def _each_frame_feature_once(
    in_frame: NDArray[np.intp], in_status: NDArray[np.intp], distances: NDArray[np.int32]
) -> Correspondences:
    order = np.argsort(distances, kind="stable")
    _, first = np.unique(in_frame[order], return_index=True)
    kept = order[np.sort(first)]
    return Correspondences(in_frame[kept], in_status[kept], distances[kept])

"""A Hough vote: which pairs of features agree on one turn, one scale and one place?

Each pair alone implies a similarity by its points, angles and sizes (Lowe 2004, section 7.3). The vote keeps a small
group of right pairs alive among many wrong ones: crops, collages, and overlays that hide most of the frame.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.vision.features import Keypoints

#: Width of a bin: turn in degrees, scale in octaves, centre as a share of the frame's longest side as it appears there.
TURN_BIN = 30.0
SCALE_BIN = 1.0
CENTRE_BIN = 0.3
#: How far from the middle of the fullest bin a pair may be and still agree, in the same units.
TURN_REACH = 25.0
SCALE_REACH = 0.9
CENTRE_REACH = 0.4
#: Pairs that must fall into one bin before anything is believed.
MIN_VOTES = 4

#: Numbers of bins that are told apart for scale and for each coordinate of the centre.
_SCALES = 64
_CELLS = 1 << 16
_BIN_BITS = 43


@dataclass(frozen=True, slots=True, eq=False)
class Implied:
    """What each of n pairs implies about where the frame lies in the status."""

    #: (n,) degrees, 0 to 360.
    turns: NDArray[np.float32]
    #: (n,) octaves.
    scales: NDArray[np.float32]
    #: (n, 2) the frame's centre, in pixels of the status.
    centres: NDArray[np.float32]
    #: (n,) the frame's longest side, in pixels of the frame.
    sides: NDArray[np.float32]


def implied(frame: Keypoints, status: Keypoints, shapes: NDArray[np.float32]) -> Implied:
    """The similarity implied by each pair; `shapes` is (n, 2), height and width of each pair's frame."""
    turns = (status.angles - frame.angles) % 360
    scales = status.log_sizes - frame.log_sizes
    to_centre = shapes[:, ::-1] / 2 - frame.points
    cosines = np.cos(np.deg2rad(turns)) * np.exp2(scales)
    sines = np.sin(np.deg2rad(turns)) * np.exp2(scales)
    across = cosines * to_centre[:, 0] - sines * to_centre[:, 1]
    down = sines * to_centre[:, 0] + cosines * to_centre[:, 1]
    return Implied(turns, scales, status.points + np.stack([across, down], axis=1), shapes.max(axis=1))


def agreeing(pairs: Implied) -> NDArray[np.bool_]:
    """Mark the largest group of pairs that agree, all false when it has fewer than MIN_VOTES."""
    largest = _fullest_bin(pairs)
    if np.count_nonzero(largest) < MIN_VOTES:
        return np.zeros(len(pairs.turns), np.bool_)
    return _near_the_middle_of(largest, pairs)


def votes_per_group(
    pairs: Implied, groups: NDArray[np.int64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The groups present (a number per pair says which it is of), and for each the weight of its heaviest bin."""
    present, group_of = np.unique(groups, return_inverse=True)
    votes = np.zeros(len(present))
    for shift in (0.0, 0.5):
        bins = _bins(pairs, shift, shift, shift) + (group_of << _BIN_BITS)
        filled, bin_of = np.unique(bins, return_inverse=True)
        np.maximum.at(votes, filled >> _BIN_BITS, np.bincount(bin_of, weights))
    return present, votes


def _fullest_bin(pairs: Implied) -> NDArray[np.bool_]:
    """Members of the fullest bin of eight grids, shifted by half a bin each, so that some grid cuts no group."""
    best = np.zeros(len(pairs.turns), np.bool_)
    for shifts in itertools.product((0.0, 0.5), repeat=3):
        _, bin_of, counts = np.unique(_bins(pairs, *shifts), return_inverse=True, return_counts=True)
        if counts.max() > np.count_nonzero(best):
            best = bin_of == counts.argmax()
    return best


def _bins(pairs: Implied, turn_shift: float, scale_shift: float, centre_shift: float) -> NDArray[np.int64]:
    """A number below 2^_BIN_BITS per pair, the same for pairs in the same bin of this grid."""
    turn = np.floor(pairs.turns / TURN_BIN + turn_shift).astype(np.int64) % round(360 / TURN_BIN)
    scale = np.floor(pairs.scales / SCALE_BIN + scale_shift).astype(np.int64)
    cell = CENTRE_BIN * pairs.sides * np.exp2((scale - scale_shift + 0.5) * SCALE_BIN)
    column, row = np.floor(pairs.centres / cell[:, None] + centre_shift).astype(np.int64).T
    position = (column + _CELLS // 2) % _CELLS * _CELLS + (row + _CELLS // 2) % _CELLS
    bins: NDArray[np.int64] = (turn * _SCALES + (scale + _SCALES // 2) % _SCALES) * _CELLS * _CELLS + position
    return bins


def _near_the_middle_of(group: NDArray[np.bool_], pairs: Implied) -> NDArray[np.bool_]:
    """All pairs near the group's mean turn and median scale and centre: also those that a bin's edge cut off."""
    radians = np.deg2rad(pairs.turns)
    mean_turn = np.angle(np.exp(1j * radians[group]).mean())
    off_turn = np.abs(np.angle(np.exp(1j * (radians - mean_turn))))
    scale = np.median(pairs.scales[group])
    off_centre = np.linalg.norm(pairs.centres - np.median(pairs.centres[group], axis=0), axis=1)
    near: NDArray[np.bool_] = (
        (off_turn < np.deg2rad(TURN_REACH))
        & (np.abs(pairs.scales - scale) < SCALE_REACH)
        & (off_centre < CENTRE_REACH * pairs.sides * np.exp2(scale))
    )
    return near

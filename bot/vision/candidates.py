"""Which few frames deserve a closer look: a vote over all hits of the index."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.vision.features import Features
from bot.vision.index import FrameIndex, Hits
from bot.vision.vote import implied, votes_per_group

#: Hits that a frame needs before they are weighed.
MIN_HITS = 3
#: Bits that differ at which a hit's weight has fallen to 1/e.
TYPICAL_DISTANCE = 40.0
#: The votes that a candidate needs to be verified: some, and a share of the first one's. On the benchmark no frame that
#: was recognised had less than 0.4 of the first one's.
MIN_VOTES = 0.6
MIN_VOTES_SHARE = 0.35
#: The votes that suffice for the first: one more look costs little.
MIN_VOTES_OF_FIRST = 0.2
#: Frames up to which these hold and a shortlist has its plain length. With each doubling it grows by one, and the votes
#: needed fall with the root of the number: hits are shared with more and more frames.
FEW_FRAMES = 128


@dataclass(frozen=True, slots=True)
class Candidate:
    """A frame, or its mirror image, that a status may show."""

    frame_id: str
    mirrored: bool
    #: Weight of the hits that agree on a turn, a scale and a place.
    votes: float


def find_candidates(index: FrameIndex, status: Features) -> list[Candidate]:
    """Frames with hits that agree with one another, the heaviest vote first."""
    hits = index.search(status.descriptors)
    sides = hits.rows // index.features_per_side
    weights = _weights(hits, sides, len(status))
    enough = np.flatnonzero((np.bincount(sides) >= MIN_HITS)[sides]) if len(sides) else sides
    rows, queries, sides = hits.rows[enough], hits.queries[enough], sides[enough]
    pairs = implied(index.keypoints(rows), status.keypoints.at(queries), index.shapes(sides // 2))
    found, votes = votes_per_group(pairs, sides, weights[enough])
    return [
        Candidate(frame_id, bool(found[at] % 2), float(votes[at]))
        for at in np.argsort(-votes, kind="stable")
        if (frame_id := index.frame_in(int(found[at]) // 2)) is not None
    ]


def shortlist(candidates: list[Candidate], plain_length: int, frames: int) -> list[Candidate]:
    """Those of the candidates, the heaviest vote first, that are worth verifying, out of so many frames."""
    crowd = max(1.0, frames / FEW_FRAMES)
    if not candidates or candidates[0].votes < MIN_VOTES_OF_FIRST / math.sqrt(crowd):
        return []
    first, *others = candidates[: plain_length + math.ceil(math.log2(crowd))]
    least = max(MIN_VOTES / math.sqrt(crowd), MIN_VOTES_SHARE * first.votes)
    return [first, *(other for other in others if other.votes >= least)]


def _weights(hits: Hits, sides: NDArray[np.int64], features: int) -> NDArray[np.float64]:
    """A hit weighs more the nearer it is, and less the more frames its feature resembles: logos, letters, grids."""
    times = np.bincount(hits.queries, minlength=features)
    weights: NDArray[np.float64] = np.exp(-((hits.distances / TYPICAL_DISTANCE) ** 2)) / times[hits.queries]
    return weights

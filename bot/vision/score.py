"""From agreement to a score of 0 to 100, and from a score to a band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from bot.vision.photometric import Agreement, Aligned, Tiles
from bot.vision.siblings import TELLING_ENERGY, agreeing_tiles

#: Share of a tile's weight that is left when a sibling shows the same there.
SHARED_WEIGHT = 0.05
#: Below this share of the frame's energy, a tile of the status is covered by something flat.
COVERED = 0.2
#: Weight of a covered tile: it speaks against the frame, but less than a tile that shows something else.
COVERED_WEIGHT = 0.6
#: Least weight of a tile that disagrees and is busier than the frame's: text or a sticker was laid on it.
OVERLAID_WEIGHT = 0.3

#: Agreeing tiles that are half a proof.
HALF_PROOF = 10
#: Stretches the scale so that 50 is where a match begins to be sure; it changes no order.
EXPONENT = 0.75


class Band(Enum):
    """What follows from a score."""

    #: The status shows the frame.
    YES = "yes"
    #: It may: a person should look.
    REVIEW = "review"
    #: It does not.
    NO = "no"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a status counts as showing the frame, and from which a person should look."""

    yes: float = 50.0
    review: float = 20.0

    def __post_init__(self) -> None:
        if not 0 < self.review <= self.yes <= 100:
            found = f"review {self.review} and yes {self.yes}"
            raise ValueError(f"thresholds must be 0 < review <= yes <= 100, not {found}: choose others")


#: Calibrated on the dev half of the benchmark: docs/matching.md.
DEFAULT_THRESHOLDS = Thresholds()


def band(score: float, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> Band:
    """The band of a score."""
    if score >= thresholds.yes:
        return Band.YES
    return Band.REVIEW if score >= thresholds.review else Band.NO


def score(frame: Aligned, agreement: Agreement, shared: Tiles | None) -> float:
    """Score how surely the status shows the frame; `shared` says per tile how much siblings show the same.

    The share of the frame that agrees, weighed by what each tile tells, times a factor for how many tiles that is: an
    unknown sibling shares a logo and a headline, seldom more; under text and stickers dozens of tiles still agree.
    """
    is_covered = agreement.energy < COVERED * frame.energy
    agrees = agreeing_tiles(agreement) * ~is_covered
    own = np.ones_like(frame.energy) if shared is None else 1 - (1 - SHARED_WEIGHT) * shared
    overlaid = np.clip(np.sqrt(frame.energy / (agreement.energy + 1e-6)), OVERLAID_WEIGHT, 1)
    against = np.where(is_covered, COVERED_WEIGHT, overlaid) * (1 - agrees)
    weight = frame.energy * agreement.visible * own
    share = float((weight * agrees).sum() / ((weight * (agrees + against)).sum() + 1e-6))
    is_telling = (own > 0.5) & agreement.visible & (frame.energy > TELLING_ENERGY)
    tiles = float(agrees[is_telling].sum())
    evidence = tiles / (tiles + HALF_PROOF) * (1 + HALF_PROOF / 100)
    proof = min(1.0, share * evidence * _extent(frame, agreement))
    return 100 * math.pow(proof, EXPONENT)


def _extent(frame: Aligned, agreement: Agreement) -> float:
    """Less than 1 when much of the frame is cut off and it fills little of the status: weak evidence."""
    cut_off = 1 - float((frame.energy * agreement.visible).sum() / (frame.energy.sum() + 1e-6))
    elsewhere = 1 - min(1.0, agreement.coverage)
    return min(1.0, 1.25 - min(cut_off, elsewhere))

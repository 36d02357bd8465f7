"""From agreement to a score of 0 to 100, and from a score to a band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from bot.vision.photometric import Agreement, Aligned, Tiles
from bot.vision.siblings import TELLING_ENERGY, correlation_of

#: Correlation from which a tile begins to bear the frame out, and from which it does so fully. Steep on purpose: a tile
#: shows the frame's content or it does not, and those between are chance likenesses of other content.
BEARS_OUT_FROM, BEARS_OUT_FULLY = 0.45, 0.7
#: Where a sibling shows much the same, the status must resemble the frame by so much more than the sibling does, and
#: bears it out fully that much higher still.
ABOVE_SIBLING, FULLY_ABOVE_SIBLING = 0.05, 0.15
#: Share of a tile's weight that is left when a sibling shows the same there.
SHARED_WEIGHT = 0.15
#: Shared so much, a tile is no evidence of its own.
MOSTLY_SHARED = 0.8
#: Below this share of the frame's energy, a tile of the status is covered by something flat.
COVERED = 0.15
#: Weight of a covered tile: it speaks against the frame, but less than a tile that shows something else.
COVERED_WEIGHT = 0.75
#: Least weight of a tile that disagrees and is busier than the frame's: text or a sticker was laid on it.
OVERLAID_WEIGHT = 0.3
#: Few post a frame mirrored, and mirror images double the chances of a wrong match.
MIRRORED_WEIGHT = 0.95

#: Tiles that are half a proof. No number of them is a whole one: the top of the scale still tells more from less.
HALF_PROOF = 20
#: Stretches the scale so that 50 is where a match begins to be sure; it changes no order.
EXPONENT = 0.56


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
    review: float = 24.0

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


def score(frame: Aligned, agreement: Agreement, shared: Tiles | None, *, mirrored: bool = False) -> float:
    """Score how surely the status shows the frame; `shared` says per tile how much siblings show the same.

    The share of the frame that is borne out, weighed by what each tile tells, times a factor for how many tiles that
    is: an unknown sibling shares a logo and a headline, seldom more; under text and stickers dozens still agree.
    """
    shared = np.zeros_like(frame.energy) if shared is None else shared
    is_covered = agreement.energy < COVERED * frame.energy
    bears_out = _bears_out(agreement.correlation, shared) * ~is_covered
    overlaid = np.clip(frame.energy / (agreement.energy + 1e-6), OVERLAID_WEIGHT, 1)
    against = np.where(is_covered, COVERED_WEIGHT, overlaid) * (1 - bears_out)
    weight = frame.energy * agreement.visible * (1 - (1 - SHARED_WEIGHT) * shared)
    share = float((weight * bears_out).sum() / ((weight * (bears_out + against)).sum() + 1e-6))
    is_telling = agreement.visible & (frame.energy > TELLING_ENERGY) & (shared < MOSTLY_SHARED)
    tiles = float(bears_out[is_telling].sum())
    proof = share * tiles / (tiles + HALF_PROOF) * _extent(agreement) * (MIRRORED_WEIGHT if mirrored else 1)
    return 100 * math.pow(proof, EXPONENT)


def _bears_out(correlation: Tiles, shared: Tiles) -> Tiles:
    """How far each tile of the status speaks for the frame, 0 to 1, rather than for its siblings."""
    siblings = np.where(shared > 0, correlation_of(shared), -1.0)
    start = np.maximum(BEARS_OUT_FROM, siblings + ABOVE_SIBLING)
    end = np.maximum(BEARS_OUT_FULLY, siblings + FULLY_ABOVE_SIBLING)
    return np.asarray(np.clip((correlation - start) / (end - start), 0, 1), np.float32)


def _extent(agreement: Agreement) -> float:
    """Less than 1 when part of the frame is cut off although the status has room for it.

    What was cut from a frame fills the status, what was laid on a background is whole. Where neither is so, the status
    rather shows a picture that the frame was made from, or a part of it that others share.
    """
    cut_off = 1 - float(agreement.visible.mean())
    elsewhere = 1 - min(1.0, agreement.coverage)
    return 1 - min(cut_off, elsewhere)

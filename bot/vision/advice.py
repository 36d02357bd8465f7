"""What the owner of a frame should know before relying on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from bot.vision.frame import Frame
from bot.vision.likeness import FEW_FEATURES
from bot.vision.photometric import Aligned, Tiles
from bot.vision.siblings import TELLING_ENERGY, is_near_duplicate

#: Telling tiles below which a frame is hard to recognise under a caption, cropped or filtered.
FEW_TILES = 24
#: Share of a frame's energy that a sibling must share for a word of advice.
NOTEWORTHY_SHARE = 0.35


class AdviceKind(Enum):
    """What there is to say about a frame."""

    #: Few edges and corners: expect misses. Choose a picture with more detail.
    TOO_LITTLE_DETAIL = "too_little_detail"
    #: All but the same as another frame: one status will match both. In one campaign, drop one; in two, change one.
    NEAR_DUPLICATE = "near_duplicate"
    #: Same logo, template or photo as another frame: told apart by the rest only. Fine if the rest is prominent.
    LOOKALIKE = "lookalike"


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark about a frame."""

    kind: AdviceKind
    frame_id: str
    #: The other frame concerned.
    other_id: str | None = None
    #: Share of the frame that the other shows as well, 0 to 1.
    share: float | None = None


def advice_on_detail(frame_id: str, frame: Frame, aligned: Aligned) -> list[Advice]:
    """Warn of a frame with little to recognise."""
    telling = int(np.count_nonzero(aligned.energy > TELLING_ENERGY))
    if len(frame.plain) >= FEW_FEATURES and telling >= FEW_TILES:
        return []
    return [Advice(AdviceKind.TOO_LITTLE_DETAIL, frame_id)]


def advice_on_sibling(frame_id: str, aligned: Aligned, other_id: str, shared: Tiles) -> list[Advice]:
    """Warn of another frame that shows much of the same."""
    share = float((aligned.energy * shared).sum() / (aligned.energy.sum() + 1e-6))
    if is_near_duplicate(aligned, shared):
        return [Advice(AdviceKind.NEAR_DUPLICATE, frame_id, other_id, share)]
    return [Advice(AdviceKind.LOOKALIKE, frame_id, other_id, share)] if share >= NOTEWORTHY_SHARE else []

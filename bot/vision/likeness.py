"""Likeness of whole pictures, for frames too soft to have features: a near-exact copy is known, the rest reviewed.

A soft picture looks like many others, so correlation alone never decides. A copy that was merely sent, shrunk,
stretched, turned or mirrored keeps its grey levels to a fraction of their spread, which no other does by chance.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.vision.decode import Pixels

#: Features below which a frame is hard to find by them.
FEW_FEATURES = 120
#: Side of the thumbnails compared, in pixels.
SIDE = 16
#: Grey levels by which a row or column must vary to be no mere margin.
MARGIN = 4.0
#: Grey levels by which a frame's thumbnail must differ from an even gradient (standard deviation) for a copy of it to
#: be known: gradients are everybody's background.
ENOUGH_RELIEF = 8.0
#: Difference of grey levels (root of the mean square), as a share of that relief, up to which a picture is a copy.
#: Copies measured 0.01, the nearest other picture of the benchmark's 2,000 measured 0.8.
SAME = 0.05
#: Scores of a copy at that difference and at none.
JUST_SAME_SCORE, SAME_SCORE = 55.0, 75.0
#: Correlation from which pictures are alike at all, and the scores that this and a correlation of 1 are worth: below
#: the default threshold of "yes".
ALIKE = 0.92
ALIKE_SCORE, MOST_ALIKE_SCORE = 40.0, 48.0

#: (SIDE, SIDE) float32, grey levels.
Thumbnail = NDArray[np.float32]


def thumbnail(grey: Pixels) -> Thumbnail | None:
    """The picture without its plain margins, as a thumbnail; None for a plain picture."""
    rows = np.flatnonzero(grey.std(axis=1) > MARGIN)
    columns = np.flatnonzero(grey.std(axis=0) > MARGIN)
    if len(rows) < 2 or len(columns) < 2:
        return None
    inner = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return cv2.resize(inner, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)


def likeness_score(frame: Thumbnail, status: Thumbnail) -> float:
    """0 for pictures that are not alike, else a score; turned and mirrored ones count."""
    turns = [np.rot90(side, quarter) for side in (frame, frame[:, ::-1]) for quarter in range(4)]
    most = SAME * _relief(frame)
    difference = min(float(np.sqrt(((turn - status) ** 2).mean())) for turn in turns)
    if difference <= most and most >= SAME * ENOUGH_RELIEF:
        return SAME_SCORE + (JUST_SAME_SCORE - SAME_SCORE) * difference / most
    correlation = max(_correlation(turn, status) for turn in turns)
    if correlation < ALIKE:
        return 0.0
    return ALIKE_SCORE + (MOST_ALIKE_SCORE - ALIKE_SCORE) * min(1.0, (correlation - ALIKE) / (1 - ALIKE))


def _relief(picture: Thumbnail) -> float:
    """How much a thumbnail differs from the even gradient that is nearest to it."""
    ramp = np.linspace(-1, 1, SIDE, dtype=np.float32)
    detail = picture - picture.mean()
    steps = detail.mean(axis=0) @ ramp, detail.mean(axis=1) @ ramp
    across, down = (step / (ramp @ ramp) * ramp for step in steps)
    return float((detail - across[None, :] - down[:, None]).std())


def _correlation(left: Thumbnail, right: Thumbnail) -> float:
    left, right = left - left.mean(), right - right.mean()
    return float((left * right).sum() / (np.linalg.norm(left) * np.linalg.norm(right) + 1e-6))

"""A coarse likeness of whole pictures, for frames too soft to have features: enough to ask a person, not to decide."""

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
#: Correlation from which pictures are alike at all, and the scores that this and a correlation of 1 are worth: both are
#: below the default threshold, since a soft picture looks like many others.
ALIKE = 0.95
ALIKE_SCORE, SAME_SCORE = 25.0, 45.0

#: (SIDE * SIDE,) float32 of mean 0 and length 1.
Thumbnail = NDArray[np.float32]


def thumbnail(grey: Pixels) -> Thumbnail | None:
    """The picture without its plain margins, as a normalised thumbnail; None for a plain picture."""
    rows = np.flatnonzero(grey.std(axis=1) > MARGIN)
    columns = np.flatnonzero(grey.std(axis=0) > MARGIN)
    if len(rows) < 2 or len(columns) < 2:
        return None
    inner = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    small = cv2.resize(inner, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    small -= small.mean()
    return np.asarray(small / np.linalg.norm(small), np.float32).ravel()


def likeness_score(frame: Thumbnail, status: Thumbnail) -> float:
    """0 for pictures that are not alike, else a score below the default threshold; turned and mirrored ones count."""
    square = frame.reshape(SIDE, SIDE)
    turns = [np.rot90(side, quarter).ravel() for side in (square, square[:, ::-1]) for quarter in range(4)]
    correlation = float(max(turn @ status for turn in turns))
    if correlation < ALIKE:
        return 0.0
    return ALIKE_SCORE + (SAME_SCORE - ALIKE_SCORE) * min(1.0, (correlation - ALIKE) / (1 - ALIKE))

"""A closer look at one candidate: its place in the status by geometry, then whether it is really shown there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.vision.correspondence import correspond
from bot.vision.decode import Picture
from bot.vision.features import Features
from bot.vision.geometry import Placement, corners, place, project
from bot.vision.photometric import Aligned, Tiles, compare
from bot.vision.score import score

Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class MatchScore:
    """How surely a status shows a frame, and where."""

    frame_id: str
    #: 0 to 100; docs/matching.md says what it means.
    score: float
    #: The frame's corners, clockwise from its top left, in pixels of the upright status; None when it was not located.
    quad: Quad | None = None
    #: Seconds from the beginning of a video; None for an image.
    time: float | None = None
    #: Whether the status shows the frame as in a mirror.
    mirrored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Suspect:
    """What verifying one candidate takes."""

    frame_id: str
    mirrored: bool
    #: Of the frame, or of its mirror image.
    features: Features
    aligned: Aligned
    #: Per tile of the frame how much siblings show the same; None without siblings.
    discount: Tiles | None


def verify(suspect: Suspect, status: Features, picture: Picture) -> MatchScore:
    """Look for a candidate in a status, of which `status` are the features."""
    nothing = MatchScore(suspect.frame_id, 0.0, time=picture.time, mirrored=suspect.mirrored)
    placements = place(suspect.features, status, correspond(suspect.features, status))
    return max((_judge(suspect, placement, picture) for placement in placements), key=_points, default=nothing)


def _judge(suspect: Suspect, placement: Placement, picture: Picture) -> MatchScore:
    homography = _unmirrored(placement, suspect)
    agreement = compare(suspect.aligned, picture.pixels, homography)
    points = score(suspect.aligned, agreement, suspect.discount, mirrored=suspect.mirrored)
    quad = _quad(homography, suspect.features.shape, picture.scale)
    return MatchScore(suspect.frame_id, points, quad, picture.time, suspect.mirrored)


def _points(match: MatchScore) -> float:
    return match.score


def _unmirrored(placement: Placement, suspect: Suspect) -> NDArray[np.float64]:
    """The homography from the frame itself, also when it was its mirror image that was found."""
    if not suspect.mirrored:
        return placement.homography
    flip = np.array([[-1.0, 0.0, suspect.features.shape[1] - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(placement.homography @ flip, np.float64)


def _quad(homography: NDArray[np.float64], shape: tuple[int, int], scale: float) -> Quad:
    height, width = shape
    points = [(float(x), float(y)) for x, y in project(homography, corners(width, height)) * scale]
    return points[0], points[1], points[2], points[3]

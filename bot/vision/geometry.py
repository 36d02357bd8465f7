"""Where a frame lies in a status: a vote among the correspondences, then a homography through those that agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.vision.correspondence import Correspondences
from bot.vision.features import Features
from bot.vision.vote import agreeing, implied

#: Pairs that must agree on one homography.
MIN_INLIERS = 6
#: Inliers below which a homography is not trusted alone.
FEW_INLIERS = 30
#: Pixels of the status by which an inlier may miss; more for a similarity, which cannot follow perspective.
INLIER_PIXELS = 4.0
LOOSE_INLIER_PIXELS = 6.0
#: Effort of the search.
MAX_ITERATIONS = 800
CONFIDENCE = 0.995
#: Sizes relative to the frame's, sides relative to their opposites, and proportions that a placement may have.
SCALE_RANGE = (0.05, 6.0)
MAX_OPPOSITE_RATIO = 2.5
PROPORTION_RANGE = (0.5, 2.0)


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """A frame found in a status."""

    #: (3, 3) float64, from pixels of the frame (at the size of its features) to pixels of the status.
    homography: NDArray[np.float64]
    #: How many correspondences agree with it.
    inliers: int


def place(frame: Features, status: Features, pairs: Correspondences) -> list[Placement]:
    """Find the placement that most correspondences agree on: one or two alternatives to try, or none."""
    return next(groups_placed(frame, status, pairs), [])


def groups_placed(frame: Features, status: Features, pairs: Correspondences) -> Iterator[list[Placement]]:
    """Find placements of one group after another, each among the correspondences that the groups before left.

    There are several where parts of a frame appear in different places: the logo here, the headline there.
    """
    while len(pairs) >= MIN_INLIERS:
        shapes = np.broadcast_to(np.array(frame.shape, np.float32), (len(pairs), 2))
        group = agreeing(implied(frame.keypoints.at(pairs.in_frame), status.keypoints.at(pairs.in_status), shapes))
        if np.count_nonzero(group) < MIN_INLIERS:
            return
        yield _fits(frame, status, pairs.only(group))
        pairs = pairs.only(~group)


def project(homography: NDArray[np.float64], points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Map (n, 2) points by a homography."""
    mapped = cv2.perspectiveTransform(np.asarray(points, np.float64).reshape(-1, 1, 2), homography)
    return np.asarray(mapped, np.float64).reshape(-1, 2)


def corners(width: float, height: float) -> NDArray[np.float64]:
    """(4, 2): the corners of a picture, clockwise from the top left."""
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _fits(frame: Features, status: Features, pairs: Correspondences) -> list[Placement]:
    """A homography, and where that rests on few pairs also a similarity, which cannot bend far from the pairs."""
    source, target = frame.keypoints.points[pairs.in_frame], status.keypoints.points[pairs.in_status]
    homography = fit_homography(source, target)
    if homography is not None and homography.inliers >= FEW_INLIERS:
        return [homography] if is_plausible(homography.homography, frame.shape) else []
    models = (homography, _fit_similarity(source, target))
    return [model for model in models if model is not None and is_plausible(model.homography, frame.shape)]


def fit_homography(source: NDArray[np.float32], target: NDArray[np.float32]) -> Placement | None:
    """Fit a homography to (n, 2) points, most of them right; None when fewer than MIN_INLIERS agree."""
    if len(source) < MIN_INLIERS:
        return None
    found, inliers = cv2.findHomography(
        source, target, cv2.USAC_MAGSAC, INLIER_PIXELS, maxIters=MAX_ITERATIONS, confidence=CONFIDENCE
    )
    homography = np.asarray(found, np.float64)
    if homography.shape != (3, 3):  # points that determine no homography give None
        return None
    count = int(np.count_nonzero(inliers))
    return Placement(homography, count) if count >= MIN_INLIERS else None


def _fit_similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> Placement | None:
    found, inliers = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=LOOSE_INLIER_PIXELS, maxIters=MAX_ITERATIONS
    )
    similarity = np.asarray(found, np.float64)
    count = int(np.count_nonzero(inliers))
    if similarity.shape != (2, 3) or count < MIN_INLIERS:
        return None
    return Placement(np.vstack([similarity, [0.0, 0.0, 1.0]]), count)


def is_plausible(homography: NDArray[np.float64], shape: tuple[int, int]) -> bool:
    """Whether a flat picture of this (height, width) can look like this: unfolded, not mirrored, not too bent."""
    height, width = shape
    outline = corners(width, height)
    depths = outline @ homography[2, :2] + homography[2, 2]
    if (depths * np.sign(homography[2, 2]) <= 1e-6).any():
        return False
    quad = project(homography, outline)
    sides = np.roll(quad, -1, axis=0) - quad
    bends = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if (bends <= 0).any():
        return False
    top, right, bottom, left = np.linalg.norm(sides, axis=1) / (width, height, width, height)
    return _sizes_are_plausible(float(top), float(right), float(bottom), float(left))


def _sizes_are_plausible(top: float, right: float, bottom: float, left: float) -> bool:
    smallest, largest = SCALE_RANGE
    if min(top, right, bottom, left) < smallest or max(top, right, bottom, left) > largest:
        return False
    if max(top / bottom, bottom / top, left / right, right / left) > MAX_OPPOSITE_RATIO:
        return False
    flattest, tallest = PROPORTION_RANGE
    return flattest < (top + bottom) / (left + right) < tallest

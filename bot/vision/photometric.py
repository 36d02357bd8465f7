"""Does the status really show the frame where geometry put it? Gradient directions, compared tile by tile."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.vision.decode import Pixels
from bot.vision.geometry import corners, project

#: Longest side of the aligned pictures and side of a tile, in pixels.
ALIGNED_SIDE = 256
TILE = 16
#: Blur before gradients (pixels) and the gradient, in grey levels per pixel, below which direction means little.
BLUR = 1.0
SOFTENING = 1.5
#: Pixels by which a tile may lie off the homography.
SHIFT = 1
#: Share of its area that must be inside the status for a tile to count as visible (of 255).
VISIBLE = 150

Tiles = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A frame prepared for comparison: softened unit gradients and their energy per tile."""

    #: (h, w) float32 each, h and w multiples of TILE.
    across: NDArray[np.float32]
    down: NDArray[np.float32]
    #: (h / TILE, w / TILE) float32.
    energy: Tiles
    #: (height, width) of the picture whose pixels the homographies speak of.
    source_shape: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How well each tile of a frame is borne out by the status: arrays of one value per tile."""

    #: Normalised correlation of gradient directions, -1 to 1.
    correlation: Tiles
    #: Energy of the status's gradients under the tile.
    energy: Tiles
    #: Whether the tile lies inside the status.
    visible: NDArray[np.bool_]
    #: Share of the status's area that the frame covers, 0 to 1.
    coverage: float


def reduce(grey: Pixels) -> Pixels:
    """A frame's picture at the size it is compared at: sides are multiples of TILE, proportions very nearly kept."""
    height, width = grey.shape[:2]
    factor = ALIGNED_SIDE / max(height, width)
    columns = max(3, round(width * factor / TILE))
    rows = max(3, round(height * factor / TILE))
    reduced = cv2.resize(grey, (columns * TILE, rows * TILE), interpolation=cv2.INTER_AREA)
    return reduced.astype(np.uint8, copy=False)


def prepare(reduced: Pixels, source_shape: tuple[int, int]) -> Aligned:
    """Prepare a reduced frame; `source_shape` is (height, width) of the picture that homographies map from."""
    across, down, energy = _gradients(reduced)
    return Aligned(across, down, energy, source_shape)


def compare(frame: Aligned, status: Pixels, homography: NDArray[np.float64]) -> Agreement:
    """Warp the status onto the frame and compare gradient directions in every tile."""
    height, width = frame.across.shape
    to_source = np.diag([frame.source_shape[1] / width, frame.source_shape[0] / height, 1.0])
    to_status = homography @ to_source
    coverage = _share_covered(project(to_status, corners(width, height)), status.shape)
    warped, inside = _warp(status, to_status, width, height)
    across, down, energy = _gradients(warped)
    best = _best_shifted_product(frame, across, down)
    return Agreement(best / (np.sqrt(frame.energy * energy) + 1e-3), energy, _pool(inside) > VISIBLE, coverage)


def _gradients(grey: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32], Tiles]:
    blurred = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), BLUR)
    across = cv2.Sobel(blurred, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(blurred, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    length = cv2.magnitude(across, down) + SOFTENING
    unit_across: NDArray[np.float32] = np.divide(across, length, dtype=np.float32)
    unit_down: NDArray[np.float32] = np.divide(down, length, dtype=np.float32)
    return unit_across, unit_down, _pool(unit_across**2 + unit_down**2)


def _warp(
    status: Pixels, to_status: NDArray[np.float64], width: int, height: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The status as the frame sees it, and where it has pixels at all (255) or not (0)."""
    picture, mapping = _halved_until_similar_size(status, to_status, width, height)
    inverse = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(picture, mapping, (width, height), flags=inverse, borderMode=cv2.BORDER_REPLICATE)
    everything = np.full(picture.shape, 255, np.uint8)
    inside = cv2.warpPerspective(everything, mapping, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return warped.astype(np.uint8, copy=False), inside.astype(np.uint8, copy=False)


def _halved_until_similar_size(
    status: Pixels, to_status: NDArray[np.float64], width: int, height: int
) -> tuple[Pixels, NDArray[np.float64]]:
    """Shrink the status first where it is much larger than the frame: sampling it sparsely would alias."""
    quad = project(to_status, corners(width, height)).astype(np.float32)
    factor = float(np.sqrt(cv2.contourArea(quad) / (width * height)))
    while factor > 1.5 and min(status.shape) >= 2:
        status = cv2.resize(status, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        to_status = np.diag([0.5, 0.5, 1.0]) @ to_status
        factor /= 2
    return status, to_status


def _share_covered(quad: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    height, width = shape[:2]
    area, _ = cv2.intersectConvexConvex(quad.astype(np.float32), corners(width, height).astype(np.float32))
    return float(area) / (height * width)


def _best_shifted_product(frame: Aligned, across: NDArray[np.float32], down: NDArray[np.float32]) -> Tiles:
    """Per tile the largest mean product of directions over shifts of up to SHIFT pixels each way."""
    height, width = frame.across.shape
    padded_across = cv2.copyMakeBorder(across, SHIFT, SHIFT, SHIFT, SHIFT, cv2.BORDER_REPLICATE)
    padded_down = cv2.copyMakeBorder(down, SHIFT, SHIFT, SHIFT, SHIFT, cv2.BORDER_REPLICATE)
    best: Tiles | None = None
    for top in range(2 * SHIFT + 1):
        for left in range(2 * SHIFT + 1):
            window = np.s_[top : top + height, left : left + width]
            product = _pool(frame.across * padded_across[window] + frame.down * padded_down[window])
            best = product if best is None else np.maximum(best, product)
    assert best is not None
    return best


def _pool(values: NDArray[np.uint8] | NDArray[np.float32]) -> Tiles:
    """Mean of each tile."""
    height, width = values.shape
    pooled = cv2.resize(values, (width // TILE, height // TILE), interpolation=cv2.INTER_AREA)
    return np.asarray(pooled, np.float32)

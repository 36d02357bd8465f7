"""A frame's place is found among many wrong correspondences, and impossible places are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.vision.correspondence import Correspondences
from bot.vision.features import Features, Keypoints
from bot.vision.geometry import corners, is_plausible, place, project

SHAPE = (400, 300)


def similarity(turn: float, scale: float, right: float, down: float) -> NDArray[np.float64]:
    """In degrees, as a factor, and in pixels."""
    cosine, sine = scale * np.cos(np.radians(turn)), scale * np.sin(np.radians(turn))
    return np.array([[cosine, -sine, right], [sine, cosine, down], [0, 0, 1]])


def seen_through(
    mapping: NDArray[np.float64], turn: float, scale: float, right: int, wrong: int
) -> tuple[Features, Features]:
    """A frame and a status whose first `right` features correspond through the mapping; the rest are elsewhere."""
    random = np.random.default_rng(right * 1000 + wrong)
    count = right + wrong
    points = random.uniform((0, 0), (SHAPE[1], SHAPE[0]), (count, 2)).astype(np.float32)
    angles = random.uniform(0, 360, count).astype(np.float32)
    sizes = random.uniform(5, 6, count).astype(np.float32)
    status_points = project(mapping, points).astype(np.float32)
    status_points[right:] = random.uniform(0, 900, (wrong, 2))
    status_angles, status_sizes = (angles + turn) % 360, sizes + np.log2(scale)
    status_angles[right:] = random.uniform(0, 360, wrong)
    nothing = np.zeros((count, 32), np.uint8)
    frame = Features(Keypoints(points, angles, sizes), nothing, SHAPE)
    keypoints = Keypoints(status_points, status_angles, status_sizes.astype(np.float32))
    return frame, Features(keypoints, nothing, (900, 900))


@settings(max_examples=40, deadline=None)
@given(
    turn=st.floats(0, 359),
    scale=st.floats(0.3, 2.0),
    right=st.floats(200, 600),
    down=st.floats(200, 600),
)
def test_a_place_is_found_among_twice_as_many_wrong_pairs(turn: float, scale: float, right: float, down: float) -> None:
    truth = similarity(turn, scale, right, down)
    frame, status = seen_through(truth, turn, scale, right=40, wrong=80)
    every = np.arange(120)
    placements = place(frame, status, Correspondences(every, every, np.zeros(120, np.int32)))
    assert placements
    outline = corners(SHAPE[1], SHAPE[0])
    assert np.abs(project(placements[0].homography, outline) - project(truth, outline)).max() < 8


def test_nothing_is_placed_by_wrong_pairs_alone() -> None:
    frame, status = seen_through(np.eye(3), 0, 1, right=0, wrong=8)
    every = np.arange(8)
    assert place(frame, status, Correspondences(every, every, np.zeros(8, np.int32))) == []


@pytest.mark.parametrize(
    "mapping",
    [
        np.diag([-1.0, 1.0, 1.0]),
        np.diag([0.01, 0.01, 1.0]),
        np.diag([50.0, 50.0, 1.0]),
        np.diag([1.0, 4.0, 1.0]),
        np.array([[1.0, 0, 0], [0, 1.0, 0], [-0.01, 0, 1.0]]),
    ],
    ids=["mirrored", "tiny", "huge", "stretched", "folded"],
)
def test_an_impossible_place_is_refused(mapping: NDArray[np.float64]) -> None:
    assert not is_plausible(mapping, SHAPE)


def test_an_upright_place_is_plausible() -> None:
    assert is_plausible(similarity(30, 0.8, 100, 50), SHAPE)

"""What makes a score high or low, and how it becomes a band at thresholds that each campaign may move."""

from __future__ import annotations

import numpy as np
import pytest

from bot.vision import DEFAULT_THRESHOLDS, Band, Thresholds, band
from bot.vision.photometric import TILE, Agreement, Aligned
from bot.vision.score import score


def test_scores_fall_into_bands_at_the_thresholds() -> None:
    thresholds = Thresholds(yes=60, review=40)
    assert [band(score, thresholds) for score in (0, 39.9, 40, 59.9, 60, 100)] == [
        Band.NO,
        Band.NO,
        Band.REVIEW,
        Band.REVIEW,
        Band.YES,
        Band.YES,
    ]


def test_the_default_thresholds_leave_room_for_review() -> None:
    assert 0 < DEFAULT_THRESHOLDS.review < DEFAULT_THRESHOLDS.yes < 100


@pytest.mark.parametrize(("yes", "review"), [(40, 60), (50, 0), (101, 50), (50, -1)])
def test_thresholds_that_make_no_sense_are_refused(yes: float, review: float) -> None:
    with pytest.raises(ValueError, match="choose others"):
        Thresholds(yes=yes, review=review)


def an_agreement(frame: Aligned, correlation: float, *, visible: float = 1.0, coverage: float = 1.0) -> Agreement:
    """The same correlation everywhere; of the frame's rows of tiles only a share is inside the status."""
    rows = np.arange(frame.energy.shape[0])[:, None] < visible * frame.energy.shape[0]
    is_visible = np.broadcast_to(rows, frame.energy.shape)
    return Agreement(np.full_like(frame.energy, correlation), frame.energy, is_visible, coverage)


def a_frame(rows: int = 16, columns: int = 16) -> Aligned:
    nothing = np.zeros((rows * TILE, columns * TILE), np.float32)
    return Aligned(nothing, nothing, np.full((rows, columns), 0.5, np.float32), nothing.shape)


def test_even_a_perfect_copy_leaves_the_top_of_the_scale_to_larger_proof() -> None:
    small, large = (score(frame, an_agreement(frame, 1.0), None) for frame in (a_frame(6, 16), a_frame()))
    assert 80 < small < large < 100


def test_part_of_a_frame_proves_less_where_the_status_had_room_for_all_of_it() -> None:
    frame = a_frame()
    whole = score(frame, an_agreement(frame, 0.9, coverage=0.5), None)
    filling = score(frame, an_agreement(frame, 0.9, visible=0.6), None)
    amid_other_things = score(frame, an_agreement(frame, 0.9, visible=0.6, coverage=0.5), None)
    assert amid_other_things < filling < whole


def test_what_a_sibling_shows_as_well_proves_nothing() -> None:
    frame = a_frame()
    shared = np.ones_like(frame.energy)
    shared[12:] = 0
    template_only = np.where(shared > 0, 0.82, 0.1).astype(np.float32)
    all_of_it = np.full_like(template_only, 0.97)
    visible = np.ones_like(shared, np.bool_)
    sibling, itself = (Agreement(found, frame.energy, visible, 1.0) for found in (template_only, all_of_it))
    assert band(score(frame, sibling, shared)) is Band.NO
    assert band(score(frame, itself, shared)) is Band.YES


def test_a_mirrored_match_needs_more() -> None:
    frame = a_frame()
    agreement = an_agreement(frame, 0.6)
    assert score(frame, agreement, None, mirrored=True) < score(frame, agreement, None)

"""Scores become bands at the thresholds, which each campaign may move."""

from __future__ import annotations

import pytest

from bot.vision import DEFAULT_THRESHOLDS, Band, Thresholds, band


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

"""A video may show the pictures of several campaigns one after the other: each campaign judges for itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.model.result import Outcome
from bot.ports import Score
from tests.support.stage import PlainMatcher, PlainScore, Stage

POSTER, BACK, OTHER = b"<poster>", b"<back>", b"<other>"


class StopsAtTheFirst(PlainMatcher):
    """Watches a video like the real matcher: what comes after the first sure match is not seen."""

    looks = 0

    def match(self, media: bytes, kind: str, among: Collection[str]) -> Sequence[Score]:
        if kind != "video":
            return super().match(media, kind, among)
        self.looks += 1
        places = {sha256: media.find(self.pictures[sha256]) for sha256 in among}
        found = sorted((place, sha256) for sha256, place in places.items() if place >= 0)
        return [PlainScore(sha256, 90.0) for _, sha256 in found[:1]]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    matcher = StopsAtTheFirst()
    stage = Stage(tmp_path, matcher=matcher)
    stage.settle()
    yield stage
    stage.close()


def outcome(stage: Stage, campaign: str) -> Outcome | None:
    result = stage.result("Ana", campaign)
    return result.outcome if result else None


def test_a_video_that_shows_two_campaigns_counts_for_both(stage: Stage) -> None:
    stage.campaign("Promo", POSTER, BACK)
    stage.campaign("Other", OTHER)
    stage.campaign("Third", b"<third>")
    stage.contact("Ana", "+573001234567").post_video(POSTER + b" and then " + OTHER)
    stage.settle()
    outcomes = [outcome(stage, name) for name in ("Promo", "Other", "Third")]
    assert outcomes == [Outcome.CUMPLE, Outcome.CUMPLE, Outcome.INCUMPLE]


def test_a_video_can_show_every_picture_that_is_asked_for(stage: Stage) -> None:
    promo = stage.campaign("Promo", POSTER, BACK)
    stage.tables.campaigns.save(replace(promo, rules=replace(promo.rules, all_frames=True)))
    stage.contact("Ana", "+573001234567").post_video(POSTER + b" and then " + BACK)
    stage.settle()
    assert outcome(stage, "Promo") is Outcome.CUMPLE


def test_what_is_settled_is_not_watched_again(stage: Stage) -> None:
    stage.campaign("Promo", POSTER, BACK)
    stage.contact("Ana", "+573001234567").post_video(POSTER + BACK)
    stage.settle()
    assert isinstance(stage.matcher, StopsAtTheFirst)
    assert stage.matcher.looks == 1

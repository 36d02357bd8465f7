"""A video may show the pictures of several campaigns one after the other: each campaign judges for itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.flows import attachments, rejudging
from bot.flows.attachments import Eyesight
from bot.flows.gallery import Gallery
from bot.model.chat import Need, OrderPart
from bot.model.document import to_document
from bot.model.matching import Thresholds
from bot.model.result import Outcome
from bot.ports import Enough, Score
from tests.support.stage import PlainMatcher, PlainScore, Stage

POSTER, BACK, OTHER = b"<poster>", b"<back>", b"<other>"
BANDS = Thresholds(yes=50, review=24)
DIM = b"dim "  #: before a moment of a video: what it shows is hard to see


class Watches(PlainMatcher):
    """Watches a video moment by moment, like the real matcher, until it has seen enough."""

    moments = 0

    def match(self, media: bytes, kind: str, among: Collection[str], enough: Enough) -> Sequence[Score]:
        if kind != "video":
            return super().match(media, kind, among, enough)
        found: dict[str, PlainScore] = {}
        for moment in media.split(b"|"):
            self.moments += 1
            shown = (sha256 for sha256 in among if self.pictures[sha256] in moment)
            for sha256 in shown:
                found[sha256] = PlainScore(sha256, 82.0 if moment.startswith(DIM) else 95.0)
            if enough(list(found.values())):
                break
        return sorted(found.values(), key=lambda score: -score.score)


@pytest.fixture
def matcher() -> Watches:
    return Watches()


@pytest.fixture
def stage(tmp_path: Path, matcher: Watches) -> Iterator[Stage]:
    stage = Stage(tmp_path, matcher=matcher)
    stage.settle()
    yield stage
    stage.close()


def outcome(stage: Stage, campaign: str, name: str = "Ana") -> Outcome | None:
    result = stage.result(name, campaign)
    return result.outcome if result else None


def test_a_video_that_shows_two_campaigns_counts_for_both(stage: Stage) -> None:
    stage.campaign("Promo", POSTER, BACK)
    stage.campaign("Other", OTHER)
    stage.campaign("Third", b"<third>")
    stage.contact("Ana", "+573001234567").post_video(b"|".join([POSTER, b"nothing", OTHER]))
    stage.settle()
    outcomes = [outcome(stage, name) for name in ("Promo", "Other", "Third")]
    assert outcomes == [Outcome.CUMPLE, Outcome.CUMPLE, Outcome.INCUMPLE]


def test_a_video_can_show_every_picture_that_is_asked_for(stage: Stage) -> None:
    promo = stage.campaign("Promo", POSTER, BACK)
    stage.tables.campaigns.save(replace(promo, rules=replace(promo.rules, all_frames=True)))
    stage.contact("Ana", "+573001234567").post_video(POSTER + b"|" + BACK)
    stage.settle()
    assert outcome(stage, "Promo") is Outcome.CUMPLE


def test_a_video_is_watched_no_further_than_it_takes_to_settle_every_campaign(stage: Stage, matcher: Watches) -> None:
    stage.campaign("Promo", POSTER, BACK)
    stage.campaign("Other", OTHER)
    stage.contact("Ana", "+573001234567").post_video(b"|".join([POSTER, OTHER, BACK, b"and so on"]))
    stage.settle()
    assert matcher.moments == 2


def test_a_campaign_that_asks_for_more_than_usual_has_the_video_watched_until_it_gets_that(stage: Stage) -> None:
    promo = stage.campaign("Promo", POSTER)
    stage.tables.campaigns.save(replace(promo, match_yes=90.0))
    stage.contact("Ana", "+573001234567").post_video(DIM + POSTER + b"|" + POSTER)
    stage.settle()
    assert outcome(stage, "Promo") is Outcome.CUMPLE


def test_a_video_that_was_settled_early_is_watched_anew_once_more_is_asked_of_it(stage: Stage) -> None:
    promo = stage.campaign("Promo", POSTER, BACK)
    video = POSTER + b"|" + BACK
    stage.contact("Ana", "+573001234567").post_video(video)
    stage.settle()
    stage.tables.campaigns.save(replace(promo, rules=replace(promo.rules, all_frames=True)))
    stage.contact("Luis", "+573001234568").post_video(video)
    stage.settle()
    assert outcome(stage, "Promo", "Luis") is Outcome.CUMPLE


def test_it_is_told_which_videos_may_show_more_than_was_enough_before(stage: Stage) -> None:
    promo = stage.campaign("Promo", POSTER, BACK)
    stage.contact("Ana", "+573001234567").post_video(POSTER + b"|" + BACK)
    stage.contact("Luis", "+573001234568").post_image(POSTER)
    stage.contact("Eva", "+573001234569").post_video(b"nothing|of ours")
    stage.settle()
    every_one, higher = replace(promo, rules=replace(promo.rules, all_frames=True)), replace(promo, match_yes=90.0)
    lower = replace(promo, match_yes=40.0)
    count = [rejudging.watched_in_part(stage.tables, promo, to, BANDS) for to in (every_one, higher, lower)]
    assert count == [1, 1, 0]
    assert rejudging.watched_in_part(stage.tables, every_one, promo, BANDS) == 0


def test_a_file_sent_with_a_command_is_looked_at_like_a_status(stage: Stage, matcher: Watches) -> None:
    stage.campaign("Promo", POSTER)
    stage.campaign("Other", OTHER)
    stage.contact("Ana", "+573001234567").post_video(POSTER + b"|" + OTHER)
    stage.settle()
    (capture,) = stage.tables.captures.all()
    eyes = Eyesight(stage.gateway, stage.media, matcher, stage.world.rules.patience)
    part = OrderPart("TRIED", to_document(capture.media), sha256=capture.media_sha256)
    sought = Gallery(stage.tables, stage.media, matcher).sought(stage.policy().thresholds)
    tried = attachments.obtain(eyes, Need.MATCHES, sought, part)
    scores = {score.frame_id: score.score for each in stage.tables.judgements.all() for score in each.scores}
    frames = {frame.sha256: frame.id for frame in stage.tables.frames.all()}
    assert {frames[found.sha256]: found.score for found in tried.found or ()} == scores
    assert len(scores) == 2

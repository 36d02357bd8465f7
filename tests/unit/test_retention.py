"""What was looked at does not stay longer than it is needed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.flows import retention
from bot.model.privacy import Keeping
from tests.support.stage import Stage

POSTER = b"the poster of the campaign"


def test_what_matched_nothing_is_not_needed_after_a_day_and_the_proof_is(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.campaign("Promo", POSTER)
    ana = stage.contact("Ana", "+573001234567")
    for picture in (POSTER + b" posted", b"doubtful:" + POSTER, b"my cat"):
        ana.post_image(picture)
    stage.settle()
    frame, proof, doubt, cat = (
        stage.media.put(content) for content in (POSTER, POSTER + b" posted", b"doubtful:" + POSTER, b"my cat")
    )
    now = stage.clock.now()
    everything = {frame, proof, doubt, cat}
    assert retention.needed(stage.tables, Keeping(), now, everything) == everything
    later = retention.needed(stage.tables, Keeping(), now + timedelta(hours=25), everything)
    assert later == {frame, proof, doubt}
    stage.close()


def test_media_that_wait_for_their_judgement_stay(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(b"my cat")
    stage.settle(until=lambda: stage.engine.survey().captures.waiting == 1 and bool(_fetched(stage)))
    sha256 = stage.media.put(b"my cat")
    assert sha256 in retention.needed(stage.tables, Keeping(), stage.clock.now() + timedelta(days=30), [sha256])
    stage.close()


def test_pictures_of_an_unanswered_order_stay(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.owner.note_images([b"one"], "!new")
    stage.settle()
    now = stage.clock.now()
    sha256 = stage.media.put(b"one")
    assert sha256 in retention.needed(stage.tables, Keeping(), now, [sha256])
    assert sha256 not in retention.needed(stage.tables, Keeping(), now + timedelta(hours=25), [sha256])
    stage.close()


def _fetched(stage: Stage) -> list[str]:
    return [capture.media_sha256 for capture in stage.tables.captures.all() if capture.media_sha256]

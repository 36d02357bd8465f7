"""Statuses are judged again after frames or thresholds changed, and fetched again when they were not captured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import outcomes, rejudging
from bot.model.campaign import Campaign, Frame, pair_key
from bot.model.capture import CaptureState, Verdict
from bot.model.chat import Language, Order, OrderState
from bot.model.errors import GatewayError
from bot.model.identity import FrameId
from bot.model.matching import Thresholds
from bot.model.result import Outcome
from storage.query import where
from tests.support.stage import OWNER, Stage

POSTER, BACK = b"the poster of the campaign", b"the back of the campaign"
BANDS = Thresholds(yes=60, review=30)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()
    stage.said.clear()
    yield stage
    stage.close()


def add_frame(stage: Stage, campaign: Campaign, picture: bytes) -> None:
    sha256 = stage.media.put(picture)
    key = pair_key(campaign.id, sha256)
    stage.tables.frames.add(Frame(FrameId(0), key, campaign.id, sha256, sha256, 100, 100, stage.clock.now()))


def an_order(stage: Stage) -> Order:
    now = stage.clock.now()
    return stage.tables.orders.add(
        Order(0, "k", OWNER.jid, OWNER.jid, "M1", "!campaign reprocess", now, OrderState.DONE, now)
    )


def outcome(stage: Stage, name: str, campaign: str = "Promo") -> Outcome | None:
    result = stage.result(name, campaign)
    return result.outcome if result else None


def test_statuses_are_judged_again_by_a_frame_that_came_later(stage: Stage) -> None:
    campaign = stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(BACK)
    stage.settle()
    assert outcome(stage, "Ana") is Outcome.INCUMPLE
    add_frame(stage, campaign, BACK)
    assert rejudging.reprocess(stage.tables, campaign, an_order(stage), Language.EN, stage.clock.now()) == 1
    stage.settle()
    assert outcome(stage, "Ana") is Outcome.CUMPLE
    assert stage.tables.captures.need(1).again_for is None
    assert "Judged again: 1 of 1" in stage.texts()[-1]
    assert stage.reactions() == ["✅"]
    assert len(stage.tables.reruns) == 0


def test_another_campaign_is_not_judged_again(stage: Stage) -> None:
    promo, other = stage.campaign("Promo", POSTER), stage.campaign("Other", b"something")
    stage.contact("Ana", "+573001234567").post_image(BACK)
    stage.settle()
    add_frame(stage, promo, BACK)
    add_frame(stage, other, BACK)
    rejudging.reprocess(stage.tables, promo, an_order(stage), Language.EN, stage.clock.now())
    stage.settle()
    assert (outcome(stage, "Ana"), outcome(stage, "Ana", "Other")) == (Outcome.CUMPLE, Outcome.INCUMPLE)


def test_what_a_person_decided_is_not_judged_again(stage: Stage) -> None:
    campaign = stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(b"doubtful:" + POSTER)
    stage.settle()
    (judgement,) = stage.tables.judgements.all()
    outcomes.decided(stage.tables, judgement, Verdict.NO_MATCH, "owner", stage.clock.now())
    assert rejudging.reprocessable(stage.tables, campaign) == []


def test_a_file_that_is_gone_leaves_the_judgement_as_it_was(stage: Stage) -> None:
    campaign = stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(b"a cat")
    stage.settle()
    stage.media.path(stage.tables.captures.need(1).media_sha256).unlink()
    rejudging.reprocess(stage.tables, campaign, an_order(stage), Language.EN, stage.clock.now())
    stage.settle()
    assert outcome(stage, "Ana") is Outcome.INCUMPLE
    assert len(stage.tables.dead_letters) == 0
    assert "Judged again: 1 of 1" in stage.texts()[-1]


def test_a_restart_in_the_middle_still_ends_and_tells(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    campaign = stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(BACK)
    stage.settle()
    add_frame(stage, campaign, BACK)
    rejudging.reprocess(stage.tables, campaign, an_order(stage), Language.ES, stage.clock.now())
    stage.close()
    again = Stage(tmp_path, stage.clock)
    again.settle()
    assert outcome(again, "Ana") is Outcome.CUMPLE
    assert any("Juzgados otra vez: 1 de 1" in text for text in again.texts())
    again.close()


def test_new_thresholds_say_anew_what_the_known_scores_mean(stage: Stage) -> None:
    campaign = stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(b"doubtful:" + POSTER)
    stage.settle()
    assert outcome(stage, "Ana") is None
    lower = stage.tables.campaigns.save(replace(campaign, match_yes=35.0))
    assert rejudging.by_new_bands(stage.tables, lower, BANDS, stage.clock.now()) == 1
    assert outcome(stage, "Ana") is Outcome.CUMPLE
    rejudging.by_new_bands(stage.tables, stage.tables.campaigns.save(campaign), BANDS, stage.clock.now())
    assert outcome(stage, "Ana") is None


def test_what_was_not_captured_is_fetched_again_and_the_miss_gives_way(stage: Stage) -> None:
    stage.campaign("Promo", POSTER)
    ana = stage.contact("Ana", "+573001234567")
    stage.gateway.failures = [GatewayError("expired", permanent=True)] * 3
    ana.post_image(POSTER)
    stage.settle()
    assert outcome(stage, "Ana") is Outcome.NO_CAPTURADO
    stage.gateway.failures = []
    stage.clock.advance(timedelta(hours=1))
    rejudging.retry(stage.tables, rejudging.missed(stage.tables), stage.clock.now())
    stage.settle()
    assert outcome(stage, "Ana") is Outcome.CUMPLE
    (judgement,) = stage.tables.judgements.all()
    assert (judgement.verdict, judgement.reason) == (Verdict.MATCH, None)


def test_what_fails_again_stays_not_captured(stage: Stage) -> None:
    stage.campaign("Promo", POSTER)
    ana = stage.contact("Ana", "+573001234567")
    stage.gateway.failures = [GatewayError("expired", permanent=True)] * 9
    ana.post_image(POSTER)
    stage.settle()
    rejudging.retry(stage.tables, rejudging.missed(stage.tables), stage.clock.now())
    stage.settle()
    assert outcome(stage, "Ana") is Outcome.NO_CAPTURADO
    assert stage.tables.captures.one(where("state") == CaptureState.NOT_CAPTURED.value) is not None

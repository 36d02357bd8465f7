"""The overview stays true however little of it is counted again, and never takes much of the engine's time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.engine import Engine
from bot.flows.overview import Counted
from bot.model.campaign import CampaignState, Membership, pair_key
from bot.model.contact import Consent
from bot.model.overview import Overview
from tests.support.stage import Stage

POSTER = b"the poster of the campaign"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.close()


def test_whatever_is_written_is_counted(stage: Stage) -> None:
    """After each change the counts that are remembered are those of somebody who counts everything."""
    counted, tables = Counted(), stage.tables
    promo = stage.campaign("Promo", POSTER)
    ana = stage.contact("Ana", "+573001234567")
    stage.contact("Luis", "+573007654321")
    stage.contact("Eva", "+573007654322")
    _, luis, eva = tables.contacts.all()
    member = Membership(0, pair_key(promo.id, luis.id), promo.id, luis.id, takes_part=False)

    def post(picture: bytes) -> None:
        ana.post_image(picture)
        stage.settle()

    changes: list[Callable[[], object]] = [
        lambda: post(b"my cat"),
        lambda: post(b"doubtful:" + POSTER),
        lambda: post(POSTER),
        lambda: tables.memberships.add(member),
        lambda: tables.contacts.save(replace(eva, consent=Consent.WITHDRAWN)),
        lambda: stage.campaign("Other", b"another poster"),
        lambda: tables.campaigns.save(replace(promo, state=CampaignState.CLOSED)),
    ]
    seen = [counted.campaigns(tables)]
    for change in changes:
        change()
        seen.append(counted.campaigns(tables))
        assert seen[-1] == Counted().campaigns(tables)
    assert all(before != after for before, after in pairwise(seen))


def test_nothing_is_counted_again_while_nothing_happens(stage: Stage) -> None:
    stage.campaign("Promo", POSTER)
    counted = Counted()
    assert counted.campaigns(stage.tables) is counted.campaigns(stage.tables)


def test_what_a_failed_step_wrote_is_not_remembered(stage: Stage) -> None:
    stage.campaign("Promo", POSTER)
    counted = Counted()

    def fail() -> None:
        stage.campaign("Lost", b"another poster")
        assert len(counted.campaigns(stage.tables)) == 2
        raise RuntimeError("this is a bug")

    stage.world.step("a step", fail, settle=lambda reference: None)
    assert [campaign.name for campaign in counted.campaigns(stage.tables)] == ["Promo"]


def test_an_overview_that_takes_long_is_counted_less_often(stage: Stage) -> None:
    """Half a second of work, at most a tenth of the time: not again before five seconds are over."""
    published = []

    def publish(overview: Overview) -> None:
        published.append(stage.clock.now())
        stage.clock.advance(timedelta(seconds=0.5))

    engine = Engine(stage.world, publish, lambda: ())
    for _ in range(40):
        engine.step()
        stage.clock.advance(timedelta(seconds=0.5))
    engine.close()
    assert [later - earlier for earlier, later in pairwise(published)] == [timedelta(seconds=5.5)] * 3

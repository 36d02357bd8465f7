"""A silence is unusual when the same hours always brought statuses; then the connection is made anew, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.engine.silence import Silence
from bot.flows import silence
from bot.model.campaign import CampaignState
from bot.model.capture import Capture, CaptureState
from bot.model.event import ContentKind
from bot.model.identity import CaptureId, ContactId
from storage.query import where
from tests.support.stage import Stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.campaign("Promo", b"a poster")
    stage.contact("Ana", "+573001234567")
    yield stage
    stage.close()


def posted(stage: Stage, *times: datetime) -> None:
    for at in times:
        key = f"1:{at.isoformat()}"
        stage.tables.captures.add(
            Capture(CaptureId(0), key, ContactId(1), key, at, at, ContentKind.IMAGE, CaptureState.JUDGED)
        )


def busy_days(stage: Stage, days: int, an_hour: int = 8) -> None:
    """On each of the days before, so many statuses in every hour; none today in the last three."""
    now = stage.clock.now()
    for day in range(1, days + 1):
        for hour in range(24):
            start = now - day * DAY - hour * HOUR
            posted(stage, *(start - timedelta(minutes=5 * n) for n in range(an_hour)))
    posted(stage, now - 3 * HOUR)


def test_a_silence_where_every_day_had_posts_is_unusual_from_the_last_post_on(stage: Stage) -> None:
    busy_days(stage, 6)
    assert silence.unusual_since(stage.tables, stage.clock.now()) == stage.clock.now() - 3 * HOUR


@pytest.mark.parametrize(("days", "an_hour"), [(3, 8), (6, 2), (0, 0)])
def test_too_little_history_or_too_few_posts_say_nothing(stage: Stage, days: int, an_hour: int) -> None:
    busy_days(stage, days, an_hour)
    assert silence.unusual_since(stage.tables, stage.clock.now()) is None


def test_hours_that_were_quiet_once_before_are_not_unusual(stage: Stage) -> None:
    busy_days(stage, 6)
    yesterday = stage.clock.now() - DAY
    for capture in stage.tables.captures.all():
        if yesterday - 3 * HOUR < capture.posted_at <= yesterday:
            stage.tables.captures.remove(capture)
    assert silence.unusual_since(stage.tables, stage.clock.now()) is None


def test_a_short_silence_is_none(stage: Stage) -> None:
    busy_days(stage, 6)
    posted(stage, stage.clock.now() - timedelta(minutes=20))
    assert silence.unusual_since(stage.tables, stage.clock.now()) is None


def test_when_the_campaign_is_over_silence_is_no_wonder(stage: Stage) -> None:
    busy_days(stage, 6)
    (campaign,) = stage.tables.campaigns.all()
    stage.tables.campaigns.save(replace(campaign, state=CampaignState.CLOSED))
    assert silence.unusual_since(stage.tables, stage.clock.now()) is None


def test_the_connection_is_made_anew_once_and_the_owner_told_until_something_comes(stage: Stage) -> None:
    stage.clock.advance(HOUR)  # connected for long enough
    busy_days(stage, 6)
    watch = Silence(stage.world)
    stage.gateway.transitions()
    watch.look()
    stage.clock.advance(HOUR)
    watch.look()
    assert len(stage.gateway.transitions()) == 1
    (alert,) = stage.tables.alerts.find(where("cause") == silence.CAUSE)
    assert alert.calm_since is None
    posted(stage, stage.clock.now())
    watch.look()
    assert stage.tables.alerts.need(alert.id).calm_since is not None

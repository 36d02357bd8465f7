"""The hourly sweep of the media folder, beside all else: what nothing needs goes, what comes back meanwhile stays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import sending, undoing
from bot.model.campaign import Frame, pair_key
from bot.model.capture import CaptureState
from bot.model.chat import Language
from bot.model.identity import FrameId, Phone
from bot.model.outbox import To
from storage.changes import Change
from storage.query import where
from tests.support.stage import Stage

ANA = Phone("+573001234567")
POSTER, CAT = b"the poster", b"my cat"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Ana posted the poster and, two days ago, her cat; the first sweep is over."""
    stage = Stage(tmp_path)
    stage.campaign("Promo", POSTER)
    ana = stage.contact("Ana", ANA.number)
    ana.post_image(CAT)
    ana.post_image(POSTER + b" posted")
    stage.settle()
    stage.clock.advance(2 * DAY)
    for path in files(stage):
        make_old(stage, path)
    yield stage
    stage.close()


def files(stage: Stage) -> list[Path]:
    return [path for path in stage.media.folder.glob("*/*") if path.is_file()]


def make_old(stage: Stage, path: Path) -> None:
    at = (stage.clock.now() - 2 * HOUR).timestamp()
    os.utime(path, (at, at))


def cat(stage: Stage) -> str:
    (path,) = [path for path in files(stage) if path.read_bytes() == CAT]
    return path.name


def walked(stage: Stage) -> None:
    """The lane has looked through the folder; nothing is deleted yet."""
    sweeper = stage.engine.sweeper
    sweeper.look()
    while sweeper.is_idle:
        sweeper.give()
    while not sweeper.take():
        assert stage.wake.wait(10)
        stage.wake.clear()


def test_what_nothing_needs_goes_and_the_rest_stays(stage: Stage) -> None:
    unfinished = stage.media.incoming()
    unfinished.write_bytes(b"half of a download")
    make_old(stage, unfinished)
    just_fetched = stage.media.put(b"no row names it yet")
    os.utime(stage.media.path(just_fetched), (stage.clock.now().timestamp(),) * 2)
    size = sum(path.stat().st_size for path in files(stage))
    stage.engine.sweeper.look()
    stage.settle()
    left = {path.read_bytes() for path in files(stage)}
    assert left == {POSTER, POSTER + b" posted", b"no row names it yet"}
    assert stage.engine.sweeper.media_bytes == size


def the_status_is_judged_again(stage: Stage, sha256: str) -> None:
    (capture,) = stage.tables.captures.find(where("media_sha256") == sha256)
    stage.tables.captures.save(replace(capture, state=CaptureState.TO_JUDGE))


def the_owner_asked_for_it(stage: Stage, sha256: str) -> None:
    item = sending.text("answer", ANA.jid, To.CONTROL, "here", stage.clock.now())
    stage.tables.outbox.add(replace(item, media_sha256=sha256, not_before=stage.clock.now() + DAY))


def it_is_a_frame_now(stage: Stage, sha256: str) -> None:
    (campaign,) = stage.tables.campaigns.all()
    key = pair_key(campaign.id, sha256)
    stage.tables.frames.add(Frame(FrameId(0), key, campaign.id, sha256, sha256, 100, 100, stage.clock.now()))


def somebody_posted_it_again(stage: Stage, sha256: str) -> None:
    stage.media.put(CAT)
    os.utime(stage.media.path(sha256), (stage.clock.now().timestamp(),) * 2)


def it_may_come_back(stage: Stage, sha256: str) -> None:
    """A command deleted what named it, which can be undone for a while."""
    gone = Change("frames", 9, {"sha256": sha256, "features": ""}, None)
    undoing.keep(stage.tables, "order", "chat|person", "!delete", Language.EN, [gone], stage.clock.now())


@pytest.mark.parametrize(
    "meanwhile",
    [the_status_is_judged_again, the_owner_asked_for_it, it_is_a_frame_now, somebody_posted_it_again, it_may_come_back],
)
def test_a_file_that_is_needed_again_after_the_walk_stays(
    stage: Stage, meanwhile: Callable[[Stage, str], None]
) -> None:
    sha256 = cat(stage)
    walked(stage)
    meanwhile(stage, sha256)
    while stage.engine.sweeper.give():
        pass
    assert stage.media.exists(sha256)


def test_a_file_that_nothing_needs_after_the_walk_goes(stage: Stage) -> None:
    sha256 = cat(stage)
    walked(stage)
    while stage.engine.sweeper.give():
        pass
    assert not stage.media.exists(sha256)


def test_a_file_that_cannot_be_deleted_stops_nothing(stage: Stage) -> None:
    sha256 = cat(stage)
    other = stage.media.put(b"another file that nothing needs")
    make_old(stage, stage.media.path(other))
    walked(stage)
    stage.media.path(sha256).unlink()
    (stage.media.path(sha256) / "in the way").mkdir(parents=True)
    make_old(stage, stage.media.path(sha256))
    while stage.engine.sweeper.give():
        pass
    assert stage.media.path(sha256).is_dir()
    assert not stage.media.exists(other)


def test_a_sweep_takes_no_file_of_a_status_that_comes_beside_it(stage: Stage) -> None:
    stage.engine.sweeper.look()
    stage.person("Ana", ANA.number).post_image(POSTER + b" again")
    stage.settle()
    result = stage.result("Ana")
    assert result is not None
    assert {path.read_bytes() for path in files(stage)} == {POSTER, POSTER + b" posted", POSTER + b" again"}

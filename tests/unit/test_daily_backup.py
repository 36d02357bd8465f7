"""The bot's own backups: once a day, beside all else, and an alert when one fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import list_backups
from storage.query import where
from tests.support.stage import Stage

DAY = timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()
    yield stage
    stage.close()


def session_of(folder: Path) -> Path:
    """Where a stage without a vault looks for the link's session."""
    return folder / "backups" / "none"


def days_pass(stage: Stage, count: int) -> None:
    for _ in range(count):
        stage.clock.advance(DAY)
        stage.engine.backups.look()
        stage.engine.backups.look()
        stage.settle()


def open_alert(stage: Stage) -> bool:
    alert = stage.tables.alerts.one(where("key") == "backup")
    return alert is not None and alert.calm_since is None


def test_the_records_are_copied_once_a_day_and_the_newest_week_is_kept(stage: Stage, tmp_path: Path) -> None:
    days_pass(stage, 10)
    made = [each.made_at for each in list_backups(tmp_path / "backups")]
    assert made == [stage.clock.now() - DAY * n for n in range(7)]


def test_commands_are_answered_while_a_backup_takes_its_time(stage: Stage, tmp_path: Path) -> None:
    before = len(list_backups(tmp_path / "backups"))
    with closing(sqlite3.connect(session_of(tmp_path), isolation_level=None)) as session:
        session.execute("CREATE TABLE device (jid TEXT)")
        session.execute("BEGIN EXCLUSIVE")  # the copy of the session waits for this
        stage.clock.advance(DAY)
        stage.engine.backups.look()
        stage.owner.note("!still there?")
        stage.settle(until=lambda: any("still there?" in text for text in stage.texts()))
        assert not stage.engine.backups.is_idle
        session.execute("COMMIT")
    stage.settle()
    assert len(list_backups(tmp_path / "backups")) == before + 1
    assert len(list((tmp_path / "backups").glob("session-*.sealed"))) == 1


def test_a_match_whose_card_is_not_drawn_yet_spoils_no_backup(stage: Stage, tmp_path: Path) -> None:
    campaign = stage.campaign("Promo", b"the poster")
    stage.contact("Ana", "+573001234567").post_image(b"the poster, posted")
    stage.settle()
    [match] = stage.tables.judgements.all()
    stage.tables.judgements.save(replace(match, card=""))
    days_pass(stage, 1)
    assert not len(stage.tables.dead_letters)
    [frame] = stage.tables.frames.find(where("campaign_id") == campaign.id)
    assert (tmp_path / "backups" / "media" / frame.sha256[:2] / frame.sha256).exists()


def test_a_backup_that_fails_is_an_alert_until_one_succeeds(stage: Stage, tmp_path: Path) -> None:
    session_of(tmp_path).write_bytes(b"no database at all" * 100)
    days_pass(stage, 1)
    assert open_alert(stage)
    session_of(tmp_path).unlink()
    days_pass(stage, 1)
    assert not open_alert(stage)

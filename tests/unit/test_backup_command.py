"""`python -m bot backup` and `restore`, and the bot's own daily copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import cli
from storage.backup import list_backups
from tests.support.stage import Stage


def test_what_was_backed_up_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path))
    stage = Stage(tmp_path)
    stage.contact("Ana", "+573001234567")
    stage.close()
    assert cli.main(["backup"]) == 0
    changed = Stage(tmp_path)
    for contact in changed.tables.contacts.all():
        changed.tables.contacts.save(replace(contact, name="Somebody else"))
    changed.close()
    assert cli.main(["restore"]) == 0
    restored = Stage(tmp_path)
    assert [contact.name for contact in restored.tables.contacts.all()] == ["Ana"]
    restored.close()


def test_nothing_to_restore_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path))
    assert cli.main(["restore"]) == cli.FAULT
    assert "python -m bot backup" in capsys.readouterr().err


def test_the_bot_copies_its_records_once_a_day(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    for _ in range(10):
        stage.engine.upkeep.back_up()
        stage.engine.upkeep.back_up()
        stage.clock.advance(timedelta(days=1))
    assert len(list_backups(tmp_path / "backups")) == 7
    stage.close()

"""`python -m bot backup` and `restore`."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tinydb import TinyDB

from bot import cli
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


def test_the_records_are_written_for_programs_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path / "data"))
    stage = Stage(tmp_path / "data")
    stage.contact("Ana", "+573001234567")
    stage.close()
    assert cli.main(["backup", "--json", str(tmp_path / "records.json")]) == 0
    with closing(TinyDB(tmp_path / "records.json")) as opened:
        assert [contact["name"] for contact in opened.table("contacts")] == ["Ana"]
    assert not (tmp_path / "data" / "backups").exists()


@pytest.mark.parametrize("name", ["data/bot.db", "data/backups/records.json", "data", "."])
def test_records_are_not_written_over_what_the_bot_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path / "data"))
    stage = Stage(tmp_path / "data")
    stage.contact("Ana", "+573001234567")
    stage.close()
    assert cli.main(["backup", "--json", name]) == cli.BAD_SETTINGS
    assert "outside of the data folder" in capsys.readouterr().err
    again = Stage(tmp_path / "data")
    assert [contact.name for contact in again.tables.contacts.all()] == ["Ana"]
    again.close()


def test_nothing_to_restore_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path))
    assert cli.main(["restore"]) == cli.FAULT
    assert "python -m bot backup" in capsys.readouterr().err


def test_all_parts_are_restored_on_a_fresh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another machine: only the backups were saved, and the passphrase."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    monkeypatch.setenv("TESTIGO_DATA", str(old))
    monkeypatch.setenv("TESTIGO_BACKUP_PASSPHRASE", "a passphrase of our own")
    stage = Stage(old)
    stage.contact("Ana", "+573001234567").post_image(b"the poster, posted")
    campaign = stage.campaign("Promo", b"the poster")
    stage.settle()
    stage.close()
    with closing(sqlite3.connect(old / "session.db", isolation_level=None)) as session:
        session.execute("CREATE TABLE device (jid TEXT)")
        session.execute("INSERT INTO device VALUES ('me')")
    assert cli.main(["backup"]) == 0

    shutil.copytree(old / "backups", new / "backups")
    monkeypatch.setenv("TESTIGO_DATA", str(new))
    assert cli.main(["restore"]) == 0

    restored = Stage(new)
    assert [contact.name for contact in restored.tables.contacts.all()] == ["Ana"]
    [frame] = restored.tables.frames.all()
    assert frame.campaign_id == campaign.id
    assert restored.media.read(frame.sha256) == b"the poster"
    restored.close()
    with closing(sqlite3.connect(new / "session.db")) as session:
        assert session.execute("SELECT jid FROM device").fetchall() == [("me",)]


def test_without_the_key_all_but_the_link_is_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    monkeypatch.setenv("TESTIGO_DATA", str(old))
    Stage(old).close()
    sqlite3.connect(old / "session.db").close()
    assert cli.main(["backup"]) == 0
    shutil.copytree(old / "backups", new / "backups")
    monkeypatch.setenv("TESTIGO_DATA", str(new))
    assert cli.main(["restore"]) == 0
    assert "linked anew" in capsys.readouterr().err
    assert not (new / "session.db").exists()
    assert cli.main(["restore", "--with-session"]) == cli.FAULT


def test_a_session_that_is_there_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older copy of the keys could no longer decrypt what WhatsApp sends."""
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path))
    Stage(tmp_path).close()
    (tmp_path / "session.db").touch()
    assert cli.main(["backup"]) == 0
    (tmp_path / "session.db").write_bytes(b"newer")
    assert cli.main(["restore"]) == 0
    assert (tmp_path / "session.db").read_bytes() == b"newer"

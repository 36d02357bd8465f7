"""A backup holds all parts, opens only with its key, and forgets what is a week old."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.backup import list_backups
from storage.errors import StoreError
from storage.full_backup import KEPT, Parts, back_up, restore_media, restore_session
from storage.media import MediaStore
from storage.sealed import Secret, seal, unseal
from storage.store import Store, open_store

NOW = datetime(2026, 5, 6, 14, tzinfo=UTC)
DAY = timedelta(days=1)
PASSPHRASE = "a passphrase of our own"


def parts_of(folder: Path, passphrase: str = "") -> Parts:
    secret = Secret(folder / "backup.key", passphrase)
    return Parts(folder / "backups", MediaStore(folder / "media"), folder / "session.db", secret)


def a_session(path: Path, words: str) -> sqlite3.Connection:
    """A session database as the library keeps it: in WAL mode, open."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE keys (secret TEXT)")
    connection.execute("INSERT INTO keys VALUES (?)", (words,))
    return connection


def keys_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT secret FROM keys")]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "bot.db")


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_the_session_comes_back_from_a_sealed_copy_taken_while_it_is_open(
    tmp_path: Path, store: Store, passphrase: str
) -> None:
    parts = parts_of(tmp_path, passphrase)
    with closing(a_session(parts.session, "identity key")):
        made = back_up(store, parts, (), NOW)
    sealed = next(parts.backups.glob("session-*.sealed"))
    assert b"identity key" not in sealed.read_bytes()
    assert b"SQLite" not in sealed.read_bytes()
    fresh = tmp_path / "fresh" / "session.db"
    assert restore_session(made.path, fresh, parts.secret)
    assert keys_in(fresh) == ["identity key"]


def test_another_key_does_not_open_it(tmp_path: Path) -> None:
    seal(b"content", tmp_path / "sealed", Secret(tmp_path / "k", PASSPHRASE))
    with pytest.raises(StoreError, match="another one"):
        unseal(tmp_path / "sealed", Secret(tmp_path / "k", "another passphrase"))
    with pytest.raises(StoreError, match="TESTIGO_BACKUP_PASSPHRASE"):
        unseal(tmp_path / "sealed", Secret(tmp_path / "k"))
    seal(b"content", tmp_path / "by-key", Secret(tmp_path / "key"))
    with pytest.raises(StoreError, match="is missing"):
        unseal(tmp_path / "by-key", Secret(tmp_path / "elsewhere"))


def test_a_damaged_or_foreign_file_is_told(tmp_path: Path) -> None:
    secret = Secret(tmp_path / "key")
    seal(b"content", tmp_path / "sealed", secret)
    whole = (tmp_path / "sealed").read_bytes()
    (tmp_path / "sealed").write_bytes(whole[:-5] + b"xxxxx")
    with pytest.raises(StoreError, match="damaged"):
        unseal(tmp_path / "sealed", secret)
    (tmp_path / "foreign").write_bytes(b"hello")
    with pytest.raises(StoreError, match="no sealed backup"):
        unseal(tmp_path / "foreign", secret)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of files")
def test_the_key_is_for_its_owner_only_and_not_among_the_backups(tmp_path: Path, store: Store) -> None:
    parts = parts_of(tmp_path)
    a_session(parts.session, "x").close()
    back_up(store, parts, (), NOW)
    assert (tmp_path / "backup.key").stat().st_mode & 0o077 == 0
    assert "backup.key" not in {path.name for path in parts.backups.rglob("*")}


def test_pictures_are_kept_once_and_brought_back(tmp_path: Path, store: Store) -> None:
    parts = parts_of(tmp_path)
    frame = parts.media.put(b"the poster")
    for day in range(3):
        back_up(store, parts, (frame,), NOW + day * DAY)
    assert len(list((parts.backups / "media").glob("*/*"))) == 1
    fresh = MediaStore(tmp_path / "fresh")
    assert restore_media(parts.backups, fresh) == 1
    assert fresh.read(frame) == b"the poster"
    assert restore_media(parts.backups, fresh) == 0


def test_nothing_of_a_deleted_person_is_in_backups_after_a_week(tmp_path: Path, store: Store) -> None:
    parts = parts_of(tmp_path)
    a_session(parts.session, "x").close()
    card = parts.media.put(b"a card with a face")
    back_up(store, parts, (card,), NOW)
    kept = parts.backups / "media" / card[:2] / card
    os.utime(kept, (NOW.timestamp(), NOW.timestamp()))
    later = NOW + KEPT + timedelta(hours=1)
    back_up(store, parts, (), later)
    assert [each.made_at for each in list_backups(parts.backups)] == [later]
    assert len(list(parts.backups.glob("session-*"))) == 1
    assert not kept.exists()


def test_a_picture_stays_a_week_after_it_was_last_needed(tmp_path: Path, store: Store) -> None:
    parts = parts_of(tmp_path)
    frame = parts.media.put(b"the poster")
    long_ago = (datetime.now(UTC) - 30 * DAY).timestamp()
    back_up(store, parts, (frame,), NOW)
    kept = parts.backups / "media" / frame[:2] / frame
    os.utime(kept, (long_ago, long_ago))
    back_up(store, parts, (frame,), NOW + DAY)
    back_up(store, parts, (), datetime.now(UTC) + 6 * DAY)
    assert kept.exists()
    back_up(store, parts, (), datetime.now(UTC) + 8 * DAY)
    assert not kept.exists()


def test_a_session_that_is_damaged_fails_the_backup_with_a_sentence(tmp_path: Path, store: Store) -> None:
    parts = parts_of(tmp_path)
    parts.session.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="cannot be copied"):
        back_up(store, parts, (), NOW)

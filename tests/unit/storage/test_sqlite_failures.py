"""Damage, foreign files, full disks: a clear error, and nothing created over data."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from storage.sqlite_connection import SqliteConnection
from storage.store import Spec, StoreError, open_store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A closed database with a thousand documents."""
    path = tmp_path / "data" / "bot.db"
    with open_store(path, [Spec("plain", indexes=(("n",),))]) as store:
        store.table("plain").insert_multiple({"n": number, "text": "x" * 200} for number in range(1000))
    return path


@pytest.mark.parametrize("content", [b"{}", b"not a database at all, just text" * 100], ids=["short", "long"])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"bot\.db: the file is damaged .* restore the newest backup: make restore"):
        open_store(path)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "session.db") as connection:
        connection.execute("CREATE TABLE whatsmeow_device(jid TEXT)")
    connection.close()
    with pytest.raises(StoreError, match=r"session\.db is another program's database"):
        open_store(tmp_path / "session.db")


def test_an_emptied_database_is_not_taken_for_a_new_one(database: Path) -> None:
    os.truncate(database, 0)
    with pytest.raises(StoreError, match=r"bot\.db is empty, so its data is lost"):
        open_store(database)
    assert database.stat().st_size == 0


@pytest.mark.parametrize("rest", ["bot.db-wal", "bot.db.restored"])
def test_a_missing_database_is_not_created_beside_its_rest(database: Path, rest: str) -> None:
    database.rename(database.with_name(rest))
    with pytest.raises(StoreError, match=f"bot.db is missing, but there is {rest}"):
        open_store(database)
    assert not database.exists()


def test_an_interrupted_first_start_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "bot.db.part").write_bytes(b"half a hea")
    open_store(tmp_path / "bot.db").close()
    assert not (tmp_path / "bot.db.part").exists()


def test_a_truncated_database_is_reported(database: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)
    with pytest.raises(StoreError, match=r"bot\.db: the file is damaged"):
        open_store(database, [Spec("plain", indexes=(("n",),))]).table("plain").all()


def test_damage_in_the_middle_is_found_by_the_check(database: Path) -> None:
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)
    with open_store(database) as store:
        assert store.check() != []
        with pytest.raises(StoreError, match="restore the newest backup"):
            store.table("plain").all()
        with pytest.raises(StoreError, match=r"damaged|faults"):
            store.backup(database.parent / "backup.db")
    assert list(database.parent.glob("backup.db*")) == []


def test_a_document_that_is_no_json_is_found_by_the_check(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("DROP INDEX 'i:plain:n'")
        connection.execute("UPDATE t_plain SET doc = '{\"n\": ' WHERE id = 7")
    connection.close()
    with open_store(database) as store:
        assert store.check() == ["plain: document 7 is not readable"]
        with pytest.raises(StoreError, match="plain: document 7 is damaged"):
            store.table("plain").get(doc_id=7)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="Check who owns the data folder"):
        open_store(tmp_path / "bot.db")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(StoreError, match="data"):
        open_store(tmp_path / "data" / "bot.db")


def a_full_database(path: Path) -> SqliteConnection:
    """Really full, by SQLite's own bound on its pages: to the code above it the same as a full disk."""
    connection = SqliteConnection(path)
    connection.execute("CREATE TABLE t(x)")
    connection.execute("PRAGMA max_page_count=20")
    return connection


def test_a_full_disk_is_said_and_undoes_the_transaction(tmp_path: Path) -> None:
    connection = a_full_database(tmp_path / "bot.db")
    with pytest.raises(StoreError, match="the disk is full"), connection.transaction():
        connection.execute("INSERT INTO t VALUES (1)")
        connection.execute("INSERT INTO t VALUES (zeroblob(1000000))")
    assert connection.rows("SELECT count(*) FROM t") == [(0,)]
    connection.execute("INSERT INTO t VALUES (2)")
    assert connection.rows("SELECT x FROM t") == [(2,)]
    connection.close()


def test_a_swallowed_full_disk_cannot_pass_for_success(tmp_path: Path) -> None:
    """SQLite undoes the whole transaction by itself; writing on would store half of a step."""
    connection = a_full_database(tmp_path / "bot.db")
    with pytest.raises(StoreError, match=r"start it again|the disk is full"), connection.transaction():
        connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(StoreError, match="the disk is full"), connection.transaction():
            connection.execute("INSERT INTO t VALUES (zeroblob(1000000))")
        connection.execute("ROLLBACK")  # as SQLite does by itself on an I/O error
        connection.execute("INSERT INTO t VALUES (3)")
    assert connection.rows("SELECT count(*) FROM t") == [(0,)]
    connection.close()


def test_a_database_held_by_another_program_is_said(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.sqlite_connection._LOCK_PATIENCE", 0)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program holds the file"):
        open_store(database)
    other.execute("ROLLBACK")
    other.close()
    open_store(database).close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_files_are_private(database: Path) -> None:
    assert database.parent.stat().st_mode & 0o777 == 0o700
    with open_store(database) as store:
        store.table("plain").insert({"n": 1})
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in database.parent.glob("bot.db*")}
    assert modes == dict.fromkeys(["bot.db", "bot.db-wal", "bot.db-shm"], "0o600")

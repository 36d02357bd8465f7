from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.backup import check_database, list_backups, make_backup, prune_backups, restore_backup
from storage.store import Spec, Store, StoreError, open_store

SCHEMA = [Spec("plain", key="n")]
NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "bot.db"


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "data" / "backups"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with open_store(database, SCHEMA) as store:
        store.table("plain").insert({"n": 1})
        yield store


def contents(path: Path) -> list[int]:
    with open_store(path, SCHEMA) as store:
        return [document["n"] for document in store.table("plain")]


def test_a_backup_can_be_restored(store: Store, database: Path, backups: Path) -> None:
    made = make_backup(store, backups, NOON)
    store.table("plain").insert({"n": 2})
    store.close()
    former = restore_backup(made.path, database, NOON + timedelta(hours=1))
    assert contents(database) == [1]
    assert former is not None
    assert contents(former) == [1, 2]
    assert contents(made.path) == [1]


def test_restoring_where_there_is_no_database(store: Store, tmp_path: Path, backups: Path) -> None:
    made = make_backup(store, backups, NOON)
    (tmp_path / "other").mkdir()
    assert restore_backup(made.path, tmp_path / "other" / "bot.db", NOON) is None
    assert contents(tmp_path / "other" / "bot.db") == [1]


def test_a_damaged_database_gives_way_to_a_backup(store: Store, database: Path, backups: Path) -> None:
    made = make_backup(store, backups, NOON)
    store.close()
    database.write_bytes(b"garbage")
    database.with_name("bot.db-wal").write_bytes(b"the log of lost data")
    assert check_database(database) != []
    former = restore_backup(made.path, database, NOON)
    assert former is not None
    assert former.read_bytes() == b"garbage"
    assert contents(database) == [1]


def test_the_log_of_a_crashed_database_does_not_spoil_the_restored_one(
    store: Store, database: Path, backups: Path, tmp_path: Path
) -> None:
    made = make_backup(store, backups, NOON)
    store.table("plain").insert({"n": 2})
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for part in ("bot.db", "bot.db-wal"):
        shutil.copy(database.with_name(part), crashed)
    former = restore_backup(made.path, crashed / "bot.db", NOON)
    assert former is not None
    assert contents(crashed / "bot.db") == [1]
    assert contents(former) == [1, 2]


def test_a_damaged_backup_is_not_restored(store: Store, database: Path, backups: Path) -> None:
    made = make_backup(store, backups, NOON)
    store.close()
    made.path.write_bytes(b"garbage")
    with pytest.raises(StoreError, match="has faults and was not restored"):
        restore_backup(made.path, database, NOON)
    with pytest.raises(StoreError, match="does not exist"):
        restore_backup(backups / "none.db", database, NOON)
    assert contents(database) == [1]


def test_the_oldest_backups_go_first(store: Store, backups: Path) -> None:
    for hours in range(5):
        make_backup(store, backups, NOON + timedelta(hours=hours))
    store.backup(backups / "before-1.db")
    (backups / "backup-mine.db").write_bytes(b"")
    gone = prune_backups(backups, keep=2)
    assert [backup.made_at.hour for backup in gone] == [14, 13, 12]
    assert [backup.made_at.hour for backup in list_backups(backups)] == [16, 15]
    assert {path.name for path in backups.iterdir()} >= {"before-1.db", "backup-mine.db"}
    with pytest.raises(ValueError, match="at least one"):
        prune_backups(backups, keep=0)
    assert list_backups(backups / "nowhere") == []


def test_a_backup_is_one_moment_while_others_write(store: Store, backups: Path) -> None:
    plain = store.table("plain")
    plain.insert_multiple({"n": number} for number in range(100, 1100))
    stop = threading.Event()
    began = threading.Event()

    def write_pairs() -> None:
        number = 10_000
        while not stop.is_set():
            with store.transaction():
                plain.insert_multiple([{"n": number}, {"n": number + 1}])
            number += 2
            began.set()

    writer = threading.Thread(target=write_pairs)
    writer.start()
    began.wait()
    made = [make_backup(store, backups, NOON + timedelta(seconds=second)) for second in range(5)]
    stop.set()
    writer.join()
    sizes = [len(contents(backup.path)) for backup in made]
    assert sizes == sorted(sizes)
    assert all(size % 2 == 1001 % 2 for size in sizes)


def test_a_store_in_memory_can_be_backed_up(backups: Path) -> None:
    with open_store(":memory:", SCHEMA) as store:
        store.table("plain").insert({"n": 7})
        made = make_backup(store, backups, NOON)
    assert contents(made.path) == [7]

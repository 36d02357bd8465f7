"""Backups of the database: made while the program runs, kept for a while, put back when it is stopped."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from storage.disk import put_in_place
from storage.errors import StoreError, explaining
from storage.sqlite import SqliteEngine
from storage.store import Store

_NAME = "backup-%Y%m%dT%H%M%SZ.db"


@dataclass(frozen=True)
class Backup:
    """One copy of the database; `size` in bytes."""

    path: Path
    made_at: datetime
    size: int


def make_backup(store: Store, folder: Path, now: datetime) -> Backup:
    """Copy the store into the folder; the copy is checked before it gets its name."""
    made_at = now.astimezone(UTC).replace(microsecond=0)
    path = folder / made_at.strftime(_NAME)
    store.backup(path)
    return Backup(path, made_at, path.stat().st_size)


def list_backups(folder: Path) -> list[Backup]:
    """The backups in the folder, newest first; those made before a migration have other names and stay out."""
    with explaining(folder):
        found = [backup for path in folder.glob("backup-*.db") if (backup := _described(path))]
    return sorted(found, key=lambda backup: backup.made_at, reverse=True)


def prune_backups(folder: Path, keep: int) -> list[Backup]:
    """Delete all but the newest `keep` backups: what was deleted."""
    if keep < 1:
        raise ValueError("at least one backup must be kept")
    surplus = list_backups(folder)[keep:]
    with explaining(folder):
        for backup in surplus:
            backup.path.unlink(missing_ok=True)
    return surplus


def restore_backup(backup: Path, database: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database, which must not be open: where the former one was moved to, if any.

    The backup is checked first; a bad one raises StoreError and changes nothing.
    """
    faults = check_database(backup)
    if faults:
        raise StoreError(f"{backup} has faults and was not restored: {faults[0]}. Choose another backup.")
    copy = database.with_name(database.name + ".restored")
    with explaining(copy):
        copy.unlink(missing_ok=True)
        with closing(SqliteEngine(backup)) as engine:
            engine.backup(copy)
        former = _move_aside(database, now)
        put_in_place(copy, database)
    return former


def check_database(path: Path) -> list[str]:
    """One sentence for each fault of a database that need not be open, none when all is well."""
    if not path.exists():
        raise StoreError(f"{path} does not exist. See the folder of the backups for those there are.")
    try:
        with closing(SqliteEngine(path)) as engine:
            return engine.check()
    except StoreError as error:
        return [str(error)]


def _move_aside(database: Path, now: datetime) -> Path | None:
    """Rename the database and its log, which belong together; a log left behind would spoil the restored one."""
    if not database.exists():
        return None
    former = database.with_name(f"{database.name}.replaced-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    for suffix in ("", "-wal", "-shm"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.replace(former.with_name(former.name + suffix))
    return former


def _described(path: Path) -> Backup | None:
    try:
        made_at = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Backup(path, made_at, path.stat().st_size)

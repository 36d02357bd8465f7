"""A backup of all parts: the records, the link's session (sealed), and the pictures that campaigns cannot do without.

The folder holds `backup-<time>.db`, `session-<time>.sealed`, and `media/`, where a picture is kept once for all
backups and for a week after the last of them needed it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.backup import Backup, list_backups, make_backup, prune_backups
from storage.disk import make_private_folder, put_in_place, written_aside
from storage.errors import StoreError, explaining
from storage.media import MediaStore
from storage.sealed import Secret, seal, unseal
from storage.store import Store

#: Deleted people must not live on in backups: nothing in them is older than this (product.md §11).
KEPT, MOST = timedelta(days=7), 7


@dataclass(frozen=True)
class Parts:
    """Where everything of one bot is."""

    backups: Path
    media: MediaStore
    session: Path  #: the library's database; it may not exist
    secret: Secret


def back_up(store: Store, parts: Parts, pictures: Iterable[str], now: datetime) -> Backup:
    """Make a backup of all parts and delete what is too old; `pictures` are the SHA-256 of those to keep.

    They are asked for once the records are copied: what was added meanwhile does no harm, what is missing would.
    """
    made = make_backup(store, parts.backups, now)
    needed = frozenset(pictures)
    if parts.session.exists():
        seal(_copy_of(parts.session), _session_of(made), parts.secret)
    _copy_media(parts, needed)
    prune(parts.backups, needed, now)
    return made


def prune(folder: Path, needed: Collection[str], now: datetime) -> None:
    """Delete backups beyond the newest seven or older than a week, and the pictures that only they needed."""
    prune_backups(folder, MOST)
    with explaining(folder):
        for old in list_backups(folder)[1:]:
            if now - old.made_at > KEPT:
                old.path.unlink(missing_ok=True)
        stamps = {each.path.stem.removeprefix("backup-") for each in list_backups(folder)}
        for sealed in folder.glob("session-*.sealed"):
            if sealed.stem.removeprefix("session-") not in stamps:
                sealed.unlink(missing_ok=True)
        for picture in (folder / "media").glob("*/*"):
            written = datetime.fromtimestamp(picture.stat().st_mtime, UTC)
            if picture.name not in needed and now - written > KEPT:
                picture.unlink(missing_ok=True)


def restore_media(folder: Path, media: MediaStore) -> int:
    """Bring back the pictures that are missing; how many."""
    brought = 0
    for picture in (folder / "media").glob("*/*"):
        if len(picture.name) == 64 and not media.exists(picture.name):
            media.put(picture.read_bytes())
            brought += 1
    return brought


def restore_session(backup: Path, session: Path, secret: Secret) -> bool:
    """Put the session of a backup in its place; False when the backup has none. Raises StoreError."""
    sealed = backup.with_name(backup.name.replace("backup-", "session-")).with_suffix(".sealed")
    if not sealed.exists():
        return False
    content = unseal(sealed, secret)
    with explaining(session):
        make_private_folder(session.parent)
        for suffix in ("-wal", "-shm"):
            session.with_name(session.name + suffix).unlink(missing_ok=True)
        with written_aside(session) as temporary:
            temporary.write_bytes(content)
    return True


def _session_of(made: Backup) -> Path:
    return made.path.with_name(made.path.name.replace("backup-", "session-")).with_suffix(".sealed")


def _copy_of(session: Path) -> bytes:
    """SQLite's own online copy: the library goes on writing meanwhile."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "session.db"
            with closing(sqlite3.connect(f"{session.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as source:
                with closing(sqlite3.connect(copy)) as target:
                    source.backup(target)
            return copy.read_bytes()
    except sqlite3.Error as error:
        raise StoreError(f"{session} cannot be copied ({error}). The next backup tries again.") from error


def _copy_media(parts: Parts, needed: Collection[str]) -> None:
    folder = parts.backups / "media"
    for digest in needed:
        target = folder / digest[:2] / digest
        if target.exists():
            os.utime(target)  # needed until now: the week begins anew
            continue
        if not parts.media.exists(digest):
            continue
        with explaining(target):
            make_private_folder(target.parent)
            temporary = target.with_suffix(".part")
            shutil.copyfile(parts.media.path(digest), temporary)
            put_in_place(temporary, target)

"""One SQLite connection for all threads: opened with care, transactions that nest, errors that say what to do."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from storage.disk import make_private_folder, part_of, written_aside
from storage.errors import StoreClosed, StoreError, explaining

MEMORY = ":memory:"

#: "Tsti" in the file's header tells our store from any other SQLite database (PRAGMA application_id)
_APPLICATION_ID = 0x54737469
_CLAIM = f"PRAGMA application_id={_APPLICATION_ID}"
#: JSON functions are always there since 3.38 (https://www.sqlite.org/json1.html)
_OLDEST_SQLITE = (3, 38)
#: how long to wait for a lock that only a backup or a foreign program can hold, in seconds
_LOCK_PATIENCE = 10.0

_PRAGMAS = (
    "synchronous=FULL",  # a commit is on the disk when it returns: 0.3 ms measured on ext4
    "secure_delete=ON",  # what a contact wants deleted is overwritten; some builds of SQLite do so anyway
    "temp_store=MEMORY",
    "cache_size=-32000",  # KiB, so 32 MB
    "journal_size_limit=67108864",  # bytes: give a large write-ahead log's space back
)
_PRAGMAS_OF_MACOS = ("fullfsync=ON", "checkpoint_fullfsync=ON")


class SqliteConnection:
    """The one reading and writing connection to a database file, or to memory.

    Safe for any number of threads: each statement, and each whole transaction, has the connection for itself.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = path if path == MEMORY else Path(path).absolute()
        self._lock = threading.RLock()
        self._depth = 0
        self._is_closed = False
        _require_capable_sqlite()
        if isinstance(self.path, Path):
            with explaining(self.path):
                _prepare(self.path)
        with self._explained():
            self._connection = self._connect()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the outermost one is durable at its end, an inner one can fail alone (a savepoint)."""
        with self._lock:
            begin, keep, undo = _bounds(self._depth)
            self.execute(begin)
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                self._undo(undo)
                raise
            self._depth -= 1
            try:
                self._require_whole(self._depth + 1)
                self.execute(keep)
            except BaseException:
                self._undo(undo)
                raise

    def execute(self, statement: str, arguments: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Run one statement; raises sqlite3.IntegrityError as it is and every other failure as StoreError."""
        with self._lock, self._explained():
            self._require_whole(self._depth)
            return self._connection.execute(statement, tuple(arguments))

    def rows(self, statement: str, arguments: Iterable[Any] = ()) -> list[Any]:
        """All rows of a query, read before another thread can write."""
        with self._lock, self._explained():
            return self.execute(statement, arguments).fetchall()

    def backup(self, destination: Path) -> None:
        """Copy the database as it is at one moment, check the copy, and put it in place whole."""
        with explaining(destination), self._explained():
            make_private_folder(destination.parent)
            with written_aside(destination) as temporary:
                self._copy_to(temporary)

    def close(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            with self._explained(), closing(self._connection):
                self._connection.execute("PRAGMA optimize")

    def _connect(self) -> sqlite3.Connection:
        connection = _open(self.path)
        try:
            if self.path == MEMORY:
                connection.execute(_CLAIM)
            if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
                raise StoreError(f"{self.path} is another program's database. Check the name of the data folder.")
            for pragma in _PRAGMAS + (_PRAGMAS_OF_MACOS if sys.platform == "darwin" else ()):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _copy_to(self, target: Path) -> None:
        """Copy in one step over an own connection: a snapshot of the log, while writers go on.

        Copying in several steps would start anew at every write (https://www.sqlite.org/backup.html).
        """
        with closing(sqlite3.connect(target)) as copy:
            if self.path == MEMORY:
                with self._lock:
                    self._connection.backup(copy)
            else:
                with closing(_open(self.path, mode="ro")) as source:
                    source.backup(copy)
            faults = copy.execute("PRAGMA quick_check").fetchone()[0]
            if faults != "ok":
                raise StoreError(f"{self.path}: the copy has faults ({faults}). Restore the newest good backup.")

    def _undo(self, statement: str) -> None:
        """Roll back, unless SQLite has done so by itself (it does on a full disk or an I/O error)."""
        if not self._is_closed and self._connection.in_transaction:
            with self._explained():
                self._connection.execute(statement)
                if self._depth:
                    self._connection.execute(f"RELEASE s{self._depth}")

    def _require_whole(self, depth: int) -> None:
        """Refuse to go on where a swallowed error would leave half a transaction, or none at all."""
        if self._is_closed:
            raise StoreClosed(f"{self.path}: the store is closed")
        if depth and not self._connection.in_transaction:
            raise StoreError(f"{self.path}: the step in progress was rolled back after an error; start it again.")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {_explanation(error)}") from error


def _bounds(depth: int) -> tuple[str, str, str]:
    """The statements that begin, keep and undo a transaction at this depth."""
    if depth == 0:
        return "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
    return f"SAVEPOINT s{depth}", f"RELEASE s{depth}", f"ROLLBACK TO s{depth}"


def _require_capable_sqlite() -> None:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE or sqlite3.threadsafety == 0:
        raise StoreError(f"Python's SQLite {sqlite3.sqlite_version} is too old: 3.38 or newer, with threads, is needed")


def _open(path: Path | str, mode: str = "rw") -> sqlite3.Connection:
    address = f"{path.as_uri()}?mode={mode}" if isinstance(path, Path) else path
    return sqlite3.connect(
        address, uri=True, timeout=_LOCK_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
    )


def _prepare(path: Path) -> None:
    """Create a database that was never there; refuse what looks like the rest of one.

    A log, or a copy that a restore was about to put in place, means that there was data: an empty database must not
    take its name.
    """
    make_private_folder(path.parent)
    if path.exists():
        if path.stat().st_size == 0:
            raise StoreError(f"{path} is empty, so its data is lost. Restore the newest backup, or move it away.")
        return
    rest = sorted(other.name for other in path.parent.iterdir() if other.name.startswith(path.name))
    if set(rest) - {part_of(path).name}:
        raise StoreError(f"{path} is missing, but there is {', '.join(rest)}. Put it back, or restore a backup.")
    _create(path)


def _create(path: Path) -> None:
    """Make an empty database aside and put it in place whole, so that a file of no length always means damage."""
    try:
        with written_aside(path) as temporary, closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_CLAIM)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: {_explanation(error)}") from error


def _explanation(error: sqlite3.Error) -> str:
    """Result codes: https://www.sqlite.org/rescode.html; the low byte is the kind."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "the disk is full. Free some space; nothing of this step was saved."
        case sqlite3.SQLITE_IOERR:
            return f"reading or writing failed ({error}). Check the disk; nothing of this step was saved."
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return f"the file is damaged ({error}). Stop the bot and restore the newest backup: make restore."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program holds the file. Close it and try again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return f"the file cannot be opened or written ({error}). Check who owns the data folder."
        case _:
            return f"the database refused ({error})."

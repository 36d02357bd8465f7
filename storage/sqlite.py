"""The SQLite engine: a table per kind of document, a row per document, JSON text, indexes on its fields."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from storage import sqlite_text as sql
from storage.documents import decode, encode
from storage.engine import HIGHEST_NUMBER, Numbered, Spec, Unnumbered, check_name, path_of
from storage.errors import DuplicateKey, StoreClosed, StoreError
from storage.planner import Condition
from storage.sqlite_connection import SqliteConnection

#: rows read at a time, so that a long scan neither fills memory nor holds up the writer
_BATCH = 1000
#: values in one statement; SQLite allows 32766 (https://www.sqlite.org/limits.html)
_MOST_ARGUMENTS = 500


class SqliteEngine:
    """Documents in one SQLite file, or in memory; see `storage.engine.Engine` for what each method promises."""

    def __init__(self, path: Path | str) -> None:
        self._db = SqliteConnection(path)
        self._declared: dict[str, Spec] = {}
        #: tables that need not be created; forgotten when a transaction, which may have created them, is undone
        self._existing: set[str] = set()

    @property
    def path(self) -> Path | str:
        return self._db.path

    @property
    def layout(self) -> int:
        return int(self._db.rows("PRAGMA user_version")[0][0])

    def set_layout(self, number: int) -> None:
        self._db.execute(f"PRAGMA user_version={int(number)}")

    # Tables

    def declare(self, specs: Iterable[Spec]) -> None:
        with self.transaction():
            for spec in specs:
                self._declared[spec.name] = spec
                self.ensure(spec.name)
                self._align_indexes(spec)

    def ensure(self, table: str) -> Spec:
        if table not in self._existing:
            self._db.execute(sql.create_table(check_name(table)))
            self._existing.add(table)
        return self._declared.get(table) or Spec(table)

    def tables(self) -> list[str]:
        named = "SELECT substr(name, 3) FROM sqlite_master WHERE type = 'table' AND name GLOB 't_*' ORDER BY name"
        return [name for (name,) in self._db.rows(named)]

    def truncate(self, table: str) -> None:
        self._db.execute(f"DELETE FROM {self._quoted(table)}")

    def drop(self, table: str) -> None:
        """SQLite forgets the highest number with the table; it is written back for the day the table returns."""
        if table not in self.tables():
            return
        name = (sql.stored_name(table),)
        with self.transaction():
            highest = self._db.rows("SELECT seq FROM sqlite_sequence WHERE name = ?", name)
            self._db.execute(f"DROP TABLE {sql.quoted(table)}")
            self._db.execute("DELETE FROM sqlite_sequence WHERE name = ?", name)
            for (number,) in highest:
                self._db.execute("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", (*name, number))
            self._existing.discard(table)

    # Writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            with self._db.transaction():
                yield
        except BaseException:
            self._existing.clear()
            raise

    def insert(self, table: str, documents: Sequence[Unnumbered]) -> list[int]:
        spec = self.ensure(table)
        rows = [(_checked_number(number), _text(spec, document)) for number, document in documents]
        statement = f"INSERT INTO {sql.quoted(table)}(id, doc) VALUES (?, ?) RETURNING id"
        with self.transaction(), _conflicts_explained(table):
            return [int(self._db.rows(statement, row)[0][0]) for row in rows]

    def replace(self, table: str, documents: Iterable[Numbered]) -> int:
        spec = self.ensure(table)
        rows = [(_text(spec, document), number) for number, document in documents]
        statement = f"UPDATE {sql.quoted(table)} SET doc = ? WHERE id = ?"
        with self.transaction(), _conflicts_explained(table):
            return sum(self._db.execute(statement, row).rowcount for row in rows)

    def delete(self, table: str, numbers: Iterable[int]) -> None:
        with self.transaction():
            for number in numbers:
                self._db.execute(f"DELETE FROM {self._quoted(table)} WHERE id = ?", (number,))

    # Reading

    def fetch(self, table: str, numbers: Sequence[int]) -> list[Numbered]:
        possible = [number for number in numbers if 0 < number <= HIGHEST_NUMBER]
        rows: list[Any] = []
        for start in range(0, len(possible), _MOST_ARGUMENTS):
            wanted = possible[start : start + _MOST_ARGUMENTS]
            marks = ",".join("?" * len(wanted))
            rows += self._db.rows(f"SELECT id, doc FROM {self._quoted(table)} WHERE id IN ({marks})", wanted)
        return list(_decoded(table, sorted(set(rows))))

    def select(
        self,
        table: str,
        condition: Condition | None,
        *,
        order: str | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> Iterator[Numbered]:
        clause, arguments = sql.where(condition)
        direction = " DESC" if descending else ""
        first = f"{sql.column(path_of(order))}{direction}, " if order else ""
        statement = f"SELECT id, doc FROM {self._quoted(table)}{clause} ORDER BY {first}id{direction} LIMIT ?"
        rows = self._db.rows(statement, [*arguments, -1 if limit is None else limit])
        return _decoded(table, rows)

    def pluck(self, table: str, condition: Condition | None, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        clause, arguments = sql.where(condition)
        columns = ", ".join(["id", *(sql.column(path_of(field)) for field in fields)])
        statement = f"SELECT {columns} FROM {self._quoted(table)}{clause} ORDER BY id"
        return [row[1:] for row in self._db.rows(statement, arguments)]

    def numbers(
        self, table: str, condition: Condition | None, *, order: str | None = None, limit: int | None = None
    ) -> list[int]:
        clause, arguments = sql.where(condition)
        ordered = f" ORDER BY {sql.column(path_of(order))}, id" if order else ""
        statement = f"SELECT id FROM {self._quoted(table)}{clause}{ordered} LIMIT ?"
        return [number for (number,) in self._db.rows(statement, [*arguments, -1 if limit is None else limit])]

    def scan(self, table: str, after: int = 0) -> Iterator[Numbered]:
        statement = f"SELECT id, doc FROM {self._quoted(table)} WHERE id > ? ORDER BY id LIMIT {_BATCH}"
        last = after
        while rows := self._db.rows(statement, (last,)):
            yield from _decoded(table, rows)
            last = rows[-1][0]

    def count(self, table: str, condition: Condition | None) -> int:
        clause, arguments = sql.where(condition)
        return int(self._db.rows(f"SELECT count(*) FROM {self._quoted(table)}{clause}", arguments)[0][0])

    # Upkeep

    def backup(self, destination: Path) -> None:
        self._db.backup(destination)

    def check(self) -> list[str]:
        try:
            faults = [fault for (fault,) in self._db.rows("PRAGMA integrity_check") if fault != "ok"]
            return faults or [fault for table in self.tables() for fault in self._unreadable(table)]
        except StoreClosed:
            raise
        except StoreError as error:
            return [str(error)]

    def close(self) -> None:
        self._db.close()

    def _quoted(self, table: str) -> str:
        """The table's name in SQL, once it is sure to exist."""
        self.ensure(table)
        return sql.quoted(table)

    def _align_indexes(self, spec: Spec) -> None:
        wanted = sql.indexes(spec)
        named = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
        present = {name for (name,) in self._db.rows(named, (sql.stored_name(spec.name),))}
        for name in present - set(wanted):
            self._db.execute(f'DROP INDEX "{name}"')
        with _conflicts_explained(spec.name):
            for name in sorted(set(wanted) - present):
                self._db.execute(wanted[name])

    def _unreadable(self, table: str) -> list[str]:
        numbers = self._db.rows(f"SELECT id FROM {sql.quoted(table)} WHERE NOT json_valid(doc)")
        return [f"{table}: document {number} is not readable" for (number,) in numbers]


def _decoded(table: str, rows: list[Any]) -> Iterator[Numbered]:
    for number, text in rows:
        try:
            document = decode(text)
        except ValueError as error:
            raise StoreError(f"{table}: document {number} is damaged ({error}). Restore the newest backup.") from error
        yield number, document


def _text(spec: Spec, document: Mapping[str, Any]) -> str:
    spec.check(document)
    return encode(document)


def _checked_number(number: int | None) -> int | None:
    if number is not None and not 0 < number <= HIGHEST_NUMBER:
        raise ValueError(f"a document cannot have the number {number}: it must be between 1 and {HIGHEST_NUMBER}")
    return number


@contextmanager
def _conflicts_explained(table: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
            raise ValueError(f"{table}: a document with this number already exists") from error
        raise DuplicateKey(f"{table}: a document with this key already exists") from error

"""The store: TinyDB's own API on a durable engine, one document per row.

For example::

    store = open_store(Path("data/bot.db"), [Spec("captures", key="key", indexes=(("state", "due_at"),))])
    with store.transaction():
        store.table("captures").insert_once({"key": "author:message", "state": "seen", "due_at": 0})
        store.table("captures").search((where("state") == "seen") & (where("due_at") <= 1_000))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, TextIO, cast

from tinydb import TinyDB

from storage.disk import written_aside
from storage.documents import encode
from storage.engine import Spec
from storage.errors import DuplicateKey, NewerLayout, StoreClosed, StoreError, explaining
from storage.migrations import MIGRATIONS, Migration, migrate
from storage.sqlite import SqliteEngine
from storage.table import EngineStorage, StoreTable

__all__ = [
    "DuplicateKey",
    "NewerLayout",
    "Spec",
    "Store",
    "StoreClosed",
    "StoreError",
    "StoreTable",
    "open_store",
]


def open_store(path: Path | str, schema: Iterable[Spec] = (), *, migrations: Sequence[Migration] = MIGRATIONS) -> Store:
    """Open the database at `path`, or ":memory:", creating one that was never there, and bring it up to date.

    Raises StoreError when the file is damaged, emptied or not ours, and NewerLayout when a newer program wrote it:
    nothing is ever created in the place of data that cannot be read.
    """
    engine = SqliteEngine(path)
    store = Store(engine)
    try:
        migrate(store, migrations)
        engine.declare(schema)
    except BaseException:
        with suppress(StoreError):
            store.close()
        raise
    return store


class Store(TinyDB):
    """A TinyDB whose tables are StoreTables; safe for any number of threads, crashes and power cuts."""

    table_class = StoreTable

    def __init__(self, engine: SqliteEngine) -> None:
        super().__init__(engine, storage=EngineStorage)
        self._engine = engine

    @property
    def path(self) -> Path | str:
        return self._engine.path

    @property
    def layout(self) -> int:
        """The number of the last migration that this data has seen."""
        return self._engine.layout

    def set_layout(self, number: int) -> None:
        self._engine.set_layout(number)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, and on the disk at the end; an inner transaction can fail without the outer one."""
        return self._engine.transaction()

    def table(self, name: str, **options: Any) -> StoreTable:
        return cast(StoreTable, super().table(name, **options))

    def tables(self) -> set[str]:
        return set(self._engine.tables())

    def drop_table(self, name: str) -> None:
        self._tables.pop(name, None)
        self._engine.drop(name)

    def drop_tables(self) -> None:
        with self.transaction():
            for name in self.tables():
                self.drop_table(name)

    def export_tinydb(self, path: Path) -> None:
        """Write a JSON file that TinyDB itself opens; writers wait meanwhile."""
        with explaining(path), self.transaction(), written_aside(path) as temporary:
            with temporary.open("w", encoding="utf-8") as file:
                self._write_json(file)

    def backup(self, destination: Path) -> None:
        """Copy the database as it is now, check the copy, and put it in place whole; writers go on."""
        self._engine.backup(destination)

    def check(self) -> list[str]:
        """Read everything there is: one sentence for each fault, none when all is well."""
        return self._engine.check()

    def _write_json(self, file: TextIO) -> None:
        file.write("{")
        for position, table in enumerate(sorted(self.tables())):
            file.write(f"{',' if position else ''}\n{json.dumps(table)}: {{")
            for place, (number, document) in enumerate(self._engine.scan(table)):
                file.write(f'{"," if place else ""}\n"{number}": {encode(document)}')
            file.write("}")
        file.write("\n}\n")

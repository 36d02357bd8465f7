"""What a piece of work changed: each row as it was before its first change, so that it can be put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from storage.table import StoreTable

Image = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One row before and after; None where it was not there."""

    table: str
    number: int
    before: Image | None
    after: Image | None

    @property
    def fields(self) -> frozenset[str]:
        """The fields that differ."""
        before, after = self.before or {}, self.after or {}
        return frozenset(name for name in {*before, *after} if before.get(name) != after.get(name))


class Recorder:
    """Watches the writes to tables while it is on; only one thread writes."""

    def __init__(self) -> None:
        self._tables: dict[str, StoreTable] = {}
        self._before: dict[tuple[str, int], Image | None] | None = None

    @contextmanager
    def on(self) -> Iterator[list[Change]]:
        """Record from here on; the list is filled at the end. One recording inside another belongs to the outer one."""
        changes: list[Change] = []
        if self._before is not None:
            yield changes
            return
        self._before = {}
        try:
            yield changes
            changes += self._changes(self._before)
        finally:
            self._before = None

    def changing(self, table: StoreTable, number: int) -> None:
        """A stored row is about to be changed."""
        if self._before is not None and (table.name, number) not in self._before:
            self._keep(table, number, _image(table, number))

    def added(self, table: StoreTable, number: int) -> None:
        """A row was added."""
        if self._before is not None and (table.name, number) not in self._before:
            self._keep(table, number, None)

    def _keep(self, table: StoreTable, number: int, before: Image | None) -> None:
        assert self._before is not None
        self._tables[table.name] = table
        self._before[table.name, number] = before

    def _changes(self, before: dict[tuple[str, int], Image | None]) -> Iterator[Change]:
        for (name, number), was in before.items():
            change = Change(name, number, was, _image(self._tables[name], number))
            if change.before != change.after:
                yield change


def _image(table: StoreTable, number: int) -> Image | None:
    found = table.get(doc_id=number)
    return dict(found) if found is not None else None

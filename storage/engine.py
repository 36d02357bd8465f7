"""The seam under the store: what a table declares, and what an engine must do with documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from storage.documents import Document
from storage.planner import Condition

#: a document with its number; None asks for the next free one
Numbered = tuple[int, Document]
Unnumbered = tuple[int | None, Mapping[str, Any]]

#: numbers that every reader of JSON holds exactly (RFC 8259, section 6)
HIGHEST_NUMBER = 2**53 - 1

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")


def check_name(name: str) -> str:
    """The name of a table or field, unless it could not stand in every engine's own language."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"bad table or field name {name!r}: use up to 41 letters, digits and underscores")
    return name


def path_of(field: str) -> tuple[str, ...]:
    """Where a field is in a document: `to.user` is within `to`."""
    return tuple(check_name(step) for step in field.split("."))


def value_of(document: Mapping[str, Any], field: str) -> Any:
    """What a document holds in a field; None where it has none."""
    value: Any = document
    for step in field.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


@dataclass(frozen=True)
class Spec:
    """What a table's documents must carry.

    key: the field that names a document in the world; unique and always set. indexes: groups of fields that are
    searched and ordered by, also fields within fields (`to.user`); they and the key hold scalars only.
    """

    name: str
    key: str | None = None
    indexes: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        check_name(self.name)
        for field in self.scalars:
            path_of(field)

    @cached_property
    def scalars(self) -> frozenset[str]:
        """The fields whose values are checked to be scalar."""
        indexed = {field for index in self.indexes for field in index}
        return frozenset(indexed | {self.key} if self.key else indexed)

    def check(self, document: Mapping[str, Any]) -> None:
        """Raise ValueError unless the document carries what the table declares."""
        for field in self.scalars:
            if not isinstance(value_of(document, field), str | int | float | None):
                raise ValueError(f"{self.name}.{field} is indexed: it must be a text, a number, a boolean or null")
        if self.key and document.get(self.key) is None:
            raise ValueError(f"{self.name}.{self.key} is the key of the table: it must be set")


class Engine(Protocol):
    """Documents in tables, kept durably. Any thread may call; a table that is new is created at its first use."""

    @property
    def layout(self) -> int:
        """The number of the last migration that this data has seen."""

    def set_layout(self, number: int) -> None: ...

    def declare(self, specs: Iterable[Spec]) -> None:
        """Create the tables and make their indexes what the specs say."""

    def ensure(self, table: str) -> Spec:
        """Create the table unless it is there: its declaration, or a plain one."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; durable when the outermost one ends. A nested one can fail alone."""

    def insert(self, table: str, documents: Sequence[Unnumbered]) -> list[int]:
        """Store documents: their numbers. Raises DuplicateKey, and ValueError for a number that is taken."""

    def replace(self, table: str, documents: Iterable[Numbered]) -> int:
        """Replace stored documents whole: how many there were. Raises DuplicateKey."""

    def delete(self, table: str, numbers: Iterable[int]) -> None: ...

    def fetch(self, table: str, numbers: Sequence[int]) -> list[Numbered]:
        """The documents that exist among these numbers, in ascending order."""

    def select(
        self,
        table: str,
        condition: Condition | None,
        *,
        order: str | None = None,
        descending: bool = False,
        limit: int | None = None,
    ) -> Iterator[Numbered]:
        """The documents that may meet the condition (all that do, and perhaps others), as they are at the call."""

    def pluck(self, table: str, condition: Condition | None, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        """Some fields that hold scalars, of what `select` would give, by number; true and false as 1, 0."""

    def numbers(
        self, table: str, condition: Condition | None, *, order: str | None = None, limit: int | None = None
    ) -> list[int]:
        """The numbers of what `select` would give; without an order, of any that many."""

    def scan(self, table: str, after: int = 0) -> Iterator[Numbered]:
        """Every document behind a number, read in batches: later ones may show writes made meanwhile."""

    def count(self, table: str, condition: Condition | None) -> int:
        """How many documents `select` would give."""

    def tables(self) -> list[str]: ...

    def truncate(self, table: str) -> None:
        """Delete every document; numbers go on where they were."""

    def drop(self, table: str) -> None:
        """Delete the table with its documents; numbers go on where they were if it is created again."""

    def backup(self, destination: Path) -> None:
        """A checked copy of all data at one moment, put in place whole, while others go on writing."""

    def check(self) -> list[str]:
        """Read everything: one sentence for each fault."""

    def close(self) -> None: ...

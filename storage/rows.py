"""Typed rows over a table: frozen dataclasses in, frozen dataclasses out; `id` is the document's number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar, cast

from tinydb.queries import QueryLike
from tinydb.table import Document

from bot.model.document import from_document, to_document
from storage.changes import Image, Recorder
from storage.store import Spec, Store


class Row(Protocol):
    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Row)


class Missing(LookupError):
    """No row has this number."""


class Rows(Generic[R]):
    """All rows of one kind."""

    def __init__(self, store: Store, spec: Spec, kind: type[R]) -> None:
        self.name = spec.name
        self._table = store.table(spec.name)
        self._kind = kind
        self.recorder = Recorder()  #: is told of each write
        #: grows with each write: tells a reader that keeps something derived when to look again
        self.version = 0

    @property
    def fields(self) -> frozenset[str]:
        """The names of a row's fields."""
        return frozenset(each.name for each in dataclass_fields(cast(Any, self._kind)))

    def add(self, row: R) -> R:
        """Store a new row; returns it with its number. Raises DuplicateKey when its natural key exists."""
        self.version += 1
        number = self._table.insert(_document(row))
        self.recorder.added(self._table, number)
        return self._numbered(row, number)

    def add_once(self, row: R) -> tuple[R, bool]:
        """Store unless the natural key exists: (the stored row, whether it is new)."""
        number, created = self._table.insert_once(_document(row))
        self.version += created
        if not created:
            return self.need(number), False
        self.recorder.added(self._table, number)
        return self._numbered(row, number), True

    def save(self, row: R) -> R:
        """Replace the stored row of the same number."""
        self.version += 1
        self.recorder.changing(self._table, row.id)
        if not self._table.replace(row.id, _document(row)):
            raise Missing(f"{self._kind.__name__} {row.id} is no longer stored")
        return row

    def remove(self, row: R) -> None:
        self.discard(row.id)

    def discard(self, number: int) -> None:
        """Remove the row of this number, if there is one."""
        self.version += 1
        self.recorder.changing(self._table, number)
        self._table.remove(doc_ids=[number])

    def image(self, number: int) -> Image | None:
        """A row as it is stored."""
        found = self._table.get(doc_id=number)
        return dict(found) if found is not None else None

    def put_back(self, number: int, image: Image | None) -> None:
        """Make a row what it was: as `image` says, or absent."""
        if image is None:
            self.discard(number)
            return
        self.version += 1
        self.recorder.changing(self._table, number)
        if not self._table.replace(number, image):
            self._table.insert(Document(image, number))

    def get(self, number: int) -> R | None:
        document = self._table.get(doc_id=number)
        return self._read(document) if document is not None else None

    def need(self, number: int) -> R:
        row = self.get(number)
        if row is None:
            raise Missing(f"no {self._kind.__name__} has the number {number}")
        return row

    def one(self, query: QueryLike) -> R | None:
        found = self.find(query, limit=1)
        return found[0] if found else None

    def find(
        self, query: QueryLike, *, order_by: str | None = None, reverse: bool = False, limit: int | None = None
    ) -> list[R]:
        documents = self._table.search(query, order_by=order_by, reverse=reverse, limit=limit)
        return [self._read(document) for document in documents]

    def pluck(self, query: QueryLike, *fields: str) -> list[tuple[Any, ...]]:
        """Some fields of the matching rows as they are stored: for counting many rows, where building each costs."""
        return self._table.pluck(query, fields)

    def numbers(self, query: QueryLike, *, order_by: str | None = None, limit: int | None = None) -> list[int]:
        """The numbers of the matching rows; without `order_by` in no order."""
        return self._table.numbers(query, order_by=order_by, limit=limit)

    def after(self, number: int, limit: int) -> list[R]:
        """The next rows behind a number: for going through a table a part at a time."""
        return [self._read(document) for document in self._table.after(number, limit)]

    def all(self) -> list[R]:
        return [self._read(document) for document in self._table.all()]

    def count(self, query: QueryLike) -> int:
        return self._table.count(query)

    def __len__(self) -> int:
        return len(self._table)

    def _read(self, document: Any) -> R:
        return from_document(self._kind, {**document, "id": document.doc_id})

    def _numbered(self, row: R, number: int) -> R:
        return replace(row, id=number)  # type: ignore[type-var]


def _document(row: Row) -> Mapping[str, Any]:
    document = to_document(row)
    del document["id"]
    return cast(Mapping[str, Any], document)

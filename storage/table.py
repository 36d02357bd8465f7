"""TinyDB's table, with every operation done on single documents in an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import islice
from typing import Any, cast

from tinydb.queries import QueryLike, where
from tinydb.storages import Storage
from tinydb.table import Document, Table

from storage.engine import Engine, Numbered, Spec, Unnumbered, check_name, value_of
from storage.planner import plan

#: new fields, or a function that changes the document in place (`tinydb.operations`)
Change = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]


class EngineStorage(Storage):
    """A TinyDB storage on an engine: TinyDB's own classes can read through it and, slowly but whole, write."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read(self) -> dict[str, dict[str, Any]] | None:
        with self.engine.transaction():
            tables = self.engine.tables()
            return {table: {str(number): document for number, document in self.engine.scan(table)} for table in tables}

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        with self.engine.transaction():
            for table in set(self.engine.tables()) - set(data):
                self.engine.drop(table)
            for table, documents in data.items():
                self._write_table(table, {int(number): document for number, document in documents.items()})

    def close(self) -> None:
        self.engine.close()

    def _write_table(self, table: str, wanted: dict[int, dict[str, Any]]) -> None:
        self.engine.ensure(table)
        present = dict(self.engine.scan(table))
        self.engine.delete(table, present.keys() - wanted.keys())
        kept = wanted.keys() & present.keys()
        self.engine.replace(table, [(number, wanted[number]) for number in kept if wanted[number] != present[number]])
        self.engine.insert(table, [(number, wanted[number]) for number in wanted.keys() - kept])


class StoreTable(Table):
    """A table of documents. All of `tinydb.table.Table`, and what a bot needs beyond it.

    Documents that come back are copies, there is no query cache, and numbers are never given twice. Raises
    DuplicateKey for a natural key that exists, ValueError for what cannot be stored, StoreError for a failing disk.
    """

    default_query_cache_capacity = 0

    def __init__(self, storage: Storage, name: str, cache_size: int = 0, persist_empty: bool = False) -> None:
        super().__init__(storage, check_name(name), cache_size=0)
        self._engine = cast(EngineStorage, storage).engine
        if persist_empty:
            self._engine.ensure(name)

    # Writing

    def insert(self, document: Mapping[str, Any]) -> int:
        return self.insert_multiple([document])[0]

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        return self._engine.insert(self.name, [self._unnumbered(document) for document in documents])

    def insert_once(self, document: Mapping[str, Any]) -> tuple[int, bool]:
        """Insert unless the natural key is there: the number of the document with this key, and whether it is new."""
        spec = self._spec
        if spec.key is None:
            raise ValueError(f"{self.name} has no natural key, so nothing says when a document is the same")
        _, fields = self._unnumbered(document)
        with self._engine.transaction():
            for existing in self.search(where(spec.key) == fields.get(spec.key), limit=1):
                return existing.doc_id, False
            return self.insert(document), True

    def replace(self, doc_id: int, document: Mapping[str, Any]) -> bool:
        """Put this document in the place of a stored one; False when there is none of that number."""
        return self._engine.replace(self.name, [(doc_id, dict(document))]) == 1

    def update(self, fields: Change, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        with self._engine.transaction():
            documents = self._chosen(cond, doc_ids)
            for _, document in documents:
                _change(document, fields)
            self._engine.replace(self.name, documents)
            return [number for number, _ in documents]

    def update_multiple(self, updates: Iterable[tuple[Change, QueryLike]]) -> list[int]:
        with self._engine.transaction():
            return sorted(number for fields, cond in updates for number in self.update(fields, cond))

    def upsert(self, document: Mapping[str, Any], cond: QueryLike | None = None) -> list[int]:
        number, fields = self._unnumbered(document)
        if number is None and cond is None:
            raise ValueError("upsert needs a query, or a tinydb.table.Document with its number")
        with self._engine.transaction():
            updated = self.update(fields, cond, None if number is None else [number])
            return updated or [self.insert(document)]

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        if cond is None and doc_ids is None:
            raise RuntimeError("remove needs a query or numbers; truncate() removes everything")
        with self._engine.transaction():
            numbers = [number for number, _ in self._chosen(cond, doc_ids)]
            self._engine.delete(self.name, numbers)
            return numbers

    def truncate(self) -> None:
        self._engine.truncate(self.name)

    # Reading

    def all(self) -> list[Document]:
        return list(self)

    def search(
        self, cond: QueryLike, *, order_by: str | None = None, reverse: bool = False, limit: int | None = None
    ) -> list[Document]:
        """The matching documents, by `order_by` and then by number; `reverse` turns both; at most `limit` of them.

        Null comes before numbers, numbers before texts. With indexes on the fields of the query and on `order_by`
        this touches no other document.
        """
        found = self._matching(cond, order=order_by, descending=reverse, limit=limit)
        return [self._document(number, document) for number, document in found]

    def get(
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: Sequence[int] | None = None
    ) -> Any:
        """One Document or None for a query or a number; a list of Documents for several numbers."""
        if doc_id is not None:
            return next((self._document(*found) for found in self._engine.fetch(self.name, [doc_id])), None)
        if doc_ids is not None:
            return [self._document(*found) for found in self._engine.fetch(self.name, doc_ids)]
        if cond is not None:
            return next(iter(self.search(cond, limit=1)), None)
        raise RuntimeError("get needs a query or a number")

    def pluck(self, cond: QueryLike, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        """Some fields of the matching documents, by number: no document is read where the indexed fields suffice.

        Indexed fields may then give 1 and 0 for true and false.
        """
        query, scalars = plan(cond, self._spec.scalars), self._spec.scalars
        if query.exact and scalars.issuperset(fields):
            return self._engine.pluck(self.name, query.condition, fields)
        return [tuple(value_of(document, field) for field in fields) for _, document in self._matching(cond)]

    def numbers(self, cond: QueryLike, *, order_by: str | None = None, limit: int | None = None) -> list[int]:
        """The numbers of the matching documents: no document is read where the indexed fields suffice.

        Without `order_by` in no order, and with a limit any of them.
        """
        query = plan(cond, self._spec.scalars)
        if query.exact:
            return self._engine.numbers(self.name, query.condition, order=order_by, limit=limit)
        return [number for number, _ in self._matching(cond, order=order_by, limit=limit)]

    def after(self, doc_id: int, limit: int) -> list[Document]:
        """The next documents behind a number: for going through a table a part at a time."""
        return [self._document(*found) for found in islice(self._engine.scan(self.name, doc_id), limit)]

    def count(self, cond: QueryLike) -> int:
        query = plan(cond, self._spec.scalars)
        if query.exact:
            return self._engine.count(self.name, query.condition)
        return sum(1 for _ in self._matching(cond))

    def __len__(self) -> int:
        return self._engine.count(self.name, None)

    def __iter__(self) -> Iterator[Document]:
        for number, document in self._engine.scan(self.name):
            yield self._document(number, document)

    @property
    def _spec(self) -> Spec:
        return self._engine.ensure(self.name)

    def _document(self, number: int, document: dict[str, Any]) -> Document:
        return self.document_class(document, number)

    def _unnumbered(self, document: Mapping[str, Any]) -> Unnumbered:
        if not isinstance(document, Mapping):
            raise ValueError(f"a document must be a mapping, not {type(document).__name__}")
        return (document.doc_id if isinstance(document, Document) else None), dict(document)

    def _chosen(self, cond: QueryLike | None, doc_ids: Iterable[int] | None) -> list[Numbered]:
        """The documents with these numbers, in their order; else those that match; else all."""
        if doc_ids is not None:
            numbers = list(doc_ids)
            present = dict(self._engine.fetch(self.name, numbers))
            return [(number, present[number]) for number in numbers if number in present]
        return list(self._engine.scan(self.name) if cond is None else self._matching(cond))

    def _matching(
        self, cond: QueryLike, *, order: str | None = None, descending: bool = False, limit: int | None = None
    ) -> Iterator[Numbered]:
        query = plan(cond, self._spec.scalars)
        if query.condition is None and order is None and not descending:
            candidates = self._engine.scan(self.name)
        else:
            enough = limit if query.exact else None
            candidates = self._engine.select(
                self.name, query.condition, order=order, descending=descending, limit=enough
            )
        return islice((found for found in candidates if cond(found[1])), limit)


def _change(document: dict[str, Any], fields: Change) -> None:
    if callable(fields):
        fields(document)
    else:
        document.update(fields)

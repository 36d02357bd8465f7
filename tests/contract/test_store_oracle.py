"""What an operation means is what TinyDB itself does with it: random operations on both, compared step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.queries import QueryInstance
from tinydb.storages import MemoryStorage
from tinydb.table import Document, Table

from storage.store import Spec, open_store

SCHEMA = [Spec("plain"), Spec("indexed", indexes=(("a",), ("b",), ("a", "b"), ("n.x", "a")))]

FIELDS = st.sampled_from(["a", "b"])
VALUES = st.sampled_from([None, True, False, 0, 1, 2, -1, 1.0, 0.5, "", "a", "b", "é🎉", "1", "true", "x'y\"q", 2**70])
INNER = st.fixed_dictionaries({}, optional={"x": VALUES})
DOCUMENTS = st.fixed_dictionaries(
    {}, optional={"a": VALUES, "b": VALUES, "n": INNER, "l": st.lists(st.integers(0, 3), max_size=3)}
)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1.0, -2.25, 2**65]))
TEXTS = st.sampled_from(["", "a", "b", "é", "zz"])

ORDERINGS: dict[str, Callable[[str, Any], QueryInstance]] = {
    "<": lambda field, value: where(field) < value,
    "<=": lambda field, value: where(field) <= value,
    ">": lambda field, value: where(field) > value,
    ">=": lambda field, value: where(field) >= value,
}


def among(kind: type, field: str, operator: str, value: Any) -> QueryInstance:
    """An ordering guarded by kind: TinyDB raises TypeError for `"a" < 1`, where the store may find no match."""
    return where(field).test(lambda found: isinstance(found, kind)) & ORDERINGS[operator](field, value)


LEAVES = st.one_of(
    st.builds(lambda field, value: where(field) == value, FIELDS, VALUES),
    st.builds(lambda field, value: where(field) != value, FIELDS, VALUES),
    st.builds(lambda field, values: where(field).one_of(values), FIELDS, st.lists(VALUES, max_size=4)),
    st.builds(among, st.just((int, float)), FIELDS, st.sampled_from(list(ORDERINGS)), NUMBERS),
    st.builds(among, st.just(str), FIELDS, st.sampled_from(list(ORDERINGS)), TEXTS),
    st.builds(lambda field: where(field).exists(), FIELDS),
    st.builds(lambda value: Query().n.x == value, VALUES),
    st.builds(lambda values: where("l").any(values), st.lists(st.integers(0, 3), max_size=2)),
    st.builds(lambda value: Query().fragment({"a": value}), VALUES),
    st.builds(lambda field: where(field).matches("[a-z]"), FIELDS),
    st.builds(lambda: Query().noop()),
)


def combined(queries: st.SearchStrategy[QueryInstance]) -> st.SearchStrategy[QueryInstance]:
    return st.one_of(
        st.builds(lambda left, right: left & right, queries, queries),
        st.builds(lambda left, right: left | right, queries, queries),
        st.builds(lambda query: ~query, queries),
    )


QUERIES = st.recursive(LEAVES, combined, max_leaves=5)
IDS = st.lists(st.integers(0, 12), max_size=4, unique=True)

Operation = Callable[[Table], Any]


def drop_field(field: str) -> Callable[[Any], None]:
    return lambda document: document.pop(field, None)


def shown(document: Document | None) -> tuple[int, dict[str, Any]] | None:
    return None if document is None else (document.doc_id, dict(document))


def is_found(document: Document | None, query: QueryInstance) -> bool:
    """Which match comes first may differ: TinyDB goes by the order of insertion, the store by the numbers."""
    assert document is None or query(document)
    return document is not None


def all_shown(documents: Any) -> list[Any]:
    return sorted((document.doc_id, repr(dict(document))) for document in documents)


OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(lambda d: lambda t: t.insert(d), DOCUMENTS),
    st.builds(lambda ds: lambda t: t.insert_multiple(ds), st.lists(DOCUMENTS, max_size=4)),
    st.builds(lambda d, i: lambda t: t.insert(Document(d, i)), DOCUMENTS, st.integers(1, 40)),
    st.builds(lambda d, q: lambda t: sorted(t.update(d, q)), DOCUMENTS, QUERIES),
    st.builds(lambda d, i: lambda t: t.update(d, doc_ids=i), DOCUMENTS, IDS),
    st.builds(lambda f, q: lambda t: sorted(t.update(drop_field(f), q)), FIELDS, QUERIES),
    st.builds(lambda d: lambda t: sorted(t.update(d)), DOCUMENTS),
    st.builds(
        lambda d, q, e, r: lambda t: sorted(t.update_multiple([(d, q), (e, r)])),
        DOCUMENTS, st.just(where("a") == 1), DOCUMENTS, st.just(where("n").exists()),
    ),
    st.builds(lambda d, q: lambda t: sorted(t.upsert(d, q)), DOCUMENTS, QUERIES),
    st.builds(lambda d, i: lambda t: t.upsert(Document(d, i)), DOCUMENTS, st.integers(1, 40)),
    st.builds(lambda q: lambda t: sorted(t.remove(q)), QUERIES),
    st.builds(lambda i: lambda t: t.remove(doc_ids=i), IDS),
    st.builds(lambda q: lambda t: all_shown(t.search(q)), QUERIES),
    st.builds(lambda q: lambda t: t.count(q), QUERIES),
    st.builds(lambda q: lambda t: is_found(t.get(q), q), QUERIES),
    st.builds(lambda q: lambda t: t.contains(q), QUERIES),
    st.builds(lambda i: lambda t: shown(t.get(doc_id=i)), st.integers(-1, 12)),
    st.builds(lambda i: lambda t: all_shown(t.get(doc_ids=i)), IDS),
    st.just(len),
    st.just(lambda t: all_shown(t.all())),
)  # fmt: skip


def outcome(operation: Operation, table: Table) -> Any:
    try:
        return operation(table)
    except ValueError:
        return ValueError


class NeverReusing(Table):
    """TinyDB's table with the store's one wanted difference: the number of a deleted document is not given again."""

    highest = 0

    def _get_next_id(self) -> int:
        self._note_highest()
        self.highest += 1
        return self.highest

    def _update_table(self, updater: Callable[[dict[int, Any]], None]) -> None:
        self._note_highest()
        super()._update_table(updater)
        self._note_highest()

    def _note_highest(self) -> None:
        self.highest = max([self.highest, *map(int, self._read_table())])


@pytest.mark.parametrize("name", ["plain", "indexed"])
@settings(max_examples=250, deadline=None)
@given(start=st.lists(DOCUMENTS, min_size=3, max_size=9), operations=st.lists(OPERATIONS, min_size=3, max_size=12))
def test_every_operation_does_what_tinydb_does(
    name: str, start: list[dict[str, Any]], operations: list[Operation]
) -> None:
    with open_store(":memory:", SCHEMA) as store, TinyDB(storage=MemoryStorage) as tinydb:
        ours, theirs = store.table(name), NeverReusing(tinydb.storage, name)
        assert ours.insert_multiple(start) == theirs.insert_multiple(start)
        for operation in operations:
            expected = outcome(operation, theirs)
            assert outcome(operation, ours) == expected
            assert all_shown(ours.all()) == all_shown(theirs.all())

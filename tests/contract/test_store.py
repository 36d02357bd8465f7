"""What the store promises beyond TinyDB: keys, order, transactions, threads, and data that outlives everything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.operations import increment

from storage.store import DuplicateKey, Spec, Store, StoreClosed, open_store
from storage.table import EngineStorage
from tests.contract.conftest import Opening

Documents = list[dict[str, Any]]


def a_status(number: int, **fields: Any) -> dict[str, Any]:
    outcome = "cumple" if number % 2 else "incumple"
    return {"key": f"M{number}", "campaign": f"c{number % 3}", "outcome": outcome, "at": 1000 + number, **fields}


def in_threads(count: int, work: Callable[[], None]) -> None:
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # shown to the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_reopening_keeps_everything(opening: Opening) -> None:
    store = opening()
    statuses = store.table("statuses")
    ids = statuses.insert_multiple(a_status(number) for number in range(50))
    statuses.remove(doc_ids=ids[-1:])
    statuses.update({"x": [1, {"y": "é🎉"}]}, doc_ids=ids[:1])
    store.close()
    reopened = opening().table("statuses")
    assert len(reopened) == 49
    assert reopened.get(doc_id=ids[0])["x"] == [1, {"y": "é🎉"}]
    assert reopened.count(where("campaign") == "c1") == 16


def test_numbers_are_never_given_twice(opening: Opening) -> None:
    store = opening()
    given_numbers = [store.table("plain").insert({})]
    store.table("plain").remove(doc_ids=given_numbers)
    given_numbers.append(store.table("plain").insert({}))
    store.table("plain").truncate()
    given_numbers.append(store.table("plain").insert({}))
    store.drop_table("plain")
    given_numbers.append(store.table("plain").insert({}))
    store.drop_tables()
    store.close()
    given_numbers.append(opening().table("plain").insert({}))
    assert given_numbers == sorted(set(given_numbers))


def test_a_natural_key_is_stored_once(store: Store) -> None:
    statuses = store.table("statuses")
    number, created = statuses.insert_once(a_status(1))
    assert created
    assert statuses.insert_once(a_status(1, extra=1)) == (number, False)
    with pytest.raises(DuplicateKey, match="statuses"):
        statuses.insert(a_status(1))
    other = statuses.insert(a_status(2))
    assert other == number + 1
    with pytest.raises(DuplicateKey):
        statuses.update({"key": "M1"}, doc_ids=[other])
    with pytest.raises(DuplicateKey):
        statuses.replace(other, a_status(1))
    assert [dict(status) for status in statuses] == [a_status(1), a_status(2)]


def test_a_document_must_carry_what_its_table_declares(store: Store) -> None:
    statuses = store.table("statuses")
    with pytest.raises(ValueError, match=r"statuses\.key is the key"):
        statuses.insert({"campaign": "c"})
    with pytest.raises(ValueError, match=r"statuses\.campaign is indexed"):
        statuses.insert(a_status(1, campaign=["c1", "c2"]))
    with pytest.raises(ValueError, match="no natural key"):
        store.table("plain").insert_once({"key": "M1"})
    for key in (None, ["M1"], {"M": 1}, "\ud800", "M\0", float("nan")):
        with pytest.raises(ValueError):
            statuses.insert_once(a_status(1, key=key))
    with pytest.raises(ValueError, match="must be a mapping"):
        statuses.insert(["key", "M1"])  # type: ignore[arg-type]
    assert len(statuses) == 0


def test_replace_puts_a_whole_document_in_place(store: Store) -> None:
    plain = store.table("plain")
    number = plain.insert({"old": 1})
    assert plain.replace(number, {"new": 2})
    assert plain.get(doc_id=number) == {"new": 2}
    assert not plain.replace(number + 1, {"new": 3})
    assert len(plain) == 1


def test_threads_insert_once_each_key_exactly_once(store: Store) -> None:
    statuses = store.table("statuses")
    made: list[int] = []

    def insert_all() -> None:
        for number in range(40):
            if statuses.insert_once(a_status(number))[1]:
                made.append(number)

    in_threads(6, insert_all)
    assert sorted(made) == list(range(40))
    assert len(statuses) == 40


def test_threads_lose_no_update(store: Store) -> None:
    plain = store.table("plain")
    number = plain.insert({"n": 0})

    def count_up() -> None:
        for _ in range(30):
            plain.update(increment("n"), doc_ids=[number])

    in_threads(6, count_up)
    assert plain.get(doc_id=number) == {"n": 180}


def test_threads_see_transactions_whole(store: Store) -> None:
    plain = store.table("plain")
    left, right = plain.insert_multiple([{"n": 50}, {"n": 50}])

    def move() -> None:
        for amount in range(20):
            with store.transaction():
                plain.update(increment("n"), doc_ids=[left])
                assert plain.get(doc_id=left)["n"] + plain.get(doc_id=right)["n"] == 101
                plain.update({"n": plain.get(doc_id=right)["n"] - 1}, doc_ids=[right])
            assert sum(document["n"] for document in plain.search(where("n").exists())) == 100, amount

    in_threads(4, move)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    statuses, plain = store.table("statuses"), store.table("plain")
    number = plain.insert({"n": 1})
    with pytest.raises(ZeroDivisionError), store.transaction():
        statuses.insert(a_status(1))
        plain.update({"n": 2}, doc_ids=[number])
        store.table("made_inside").insert({"z": 1})
        store.drop_table("indexed")
        raise ZeroDivisionError
    assert len(statuses) == 0
    assert [dict(document) for document in plain] == [{"n": 1}]
    assert "made_inside" not in store.tables()
    assert "indexed" in store.tables()
    statuses.insert(a_status(1))
    store.table("made_inside").insert({"z": 1})


def test_an_inner_transaction_can_fail_alone(store: Store) -> None:
    plain = store.table("plain")
    with store.transaction():
        plain.insert({"kept": 1})
        with pytest.raises(ZeroDivisionError), store.transaction():
            plain.insert({"undone": 1})
            with store.transaction():
                plain.insert({"undone": 2})
            raise ZeroDivisionError
        plain.insert({"kept": 2})
    assert [dict(document) for document in plain] == [{"kept": 1}, {"kept": 2}]


def test_a_failed_insert_of_many_leaves_none_of_them(store: Store) -> None:
    statuses = store.table("statuses")
    statuses.insert(a_status(3))
    with store.transaction():
        with pytest.raises(DuplicateKey):
            statuses.insert_multiple(a_status(number) for number in range(5))
        statuses.insert(a_status(9))
    assert [status["key"] for status in statuses] == ["M3", "M9"]


def test_a_failing_change_changes_nothing(store: Store) -> None:
    plain = store.table("plain")
    plain.insert_multiple({"n": number} for number in range(5))

    def change(document: Any) -> None:
        if document["n"] == 3:
            raise ZeroDivisionError
        document["n"] += 100

    with pytest.raises(ZeroDivisionError):
        plain.update(change)
    assert [document["n"] for document in plain] == [0, 1, 2, 3, 4]


def test_documents_are_copies(store: Store) -> None:
    plain = store.table("plain")
    mine = {"n": 1}
    number = plain.insert(mine)
    mine["n"] = 2
    plain.get(doc_id=number)["n"] = 3
    plain.search(where("n") == 1)[0]["n"] = 4
    assert plain.search(where("n") == 1) == [{"n": 1}]


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "a\0b", {"\0": 1}, "\ud800", {1, 2}, b"bytes", Store], ids=repr
)
def test_what_cannot_be_stored_is_refused(store: Store, value: Any) -> None:
    plain = store.table("plain")
    number = plain.insert({"good": 1})
    with pytest.raises((ValueError, TypeError)):
        plain.insert({"x": value})
    with pytest.raises((ValueError, TypeError)):
        plain.update({"x": value}, doc_ids=[number])
    assert [dict(document) for document in plain] == [{"good": 1}]


@pytest.mark.parametrize(
    "text", [r"\u0000", r"\\u0000", "\\", "\x01", "\x7f", "\u2028", "🎉" * 1000, "'; DROP TABLE t"]
)
def test_strange_but_good_text_is_kept(store: Store, text: str) -> None:
    indexed = store.table("indexed")
    indexed.insert_multiple([{"a": text}, {"a": "other"}])
    assert [dict(found) for found in indexed.search(where("a") == text)] == [{"a": text}]


ORDERED = st.lists(
    st.fixed_dictionaries({"a": st.integers(0, 2), "b": st.one_of(st.integers(-5, 5), st.floats(-5, 5))}), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(documents=ORDERED, reverse=st.booleans(), limit=st.one_of(st.none(), st.integers(0, 5)), least=st.floats(-5, 5))
def test_search_orders_and_limits(documents: Documents, reverse: bool, limit: int | None, least: float) -> None:
    with open_store(":memory:", [Spec("indexed", indexes=(("a",), ("b",)))]) as store:
        indexed = store.table("indexed")
        indexed.insert_multiple(documents)
        for query in (where("a") == 1, where("b") >= least, (where("a") != 1) & (where("b") < least)):
            matching = [(document["b"], number) for number, document in enumerate(documents, 1) if query(document)]
            expected = [number for _, number in sorted(matching, reverse=reverse)][:limit]
            found = indexed.search(query, order_by="b", reverse=reverse, limit=limit)
            assert [document.doc_id for document in found] == expected
            assert indexed.count(query) == len(matching)
            plucked = [(document["b"], document["a"]) for document in documents if query(document)]
            assert indexed.pluck(query, ("b", "a")) == plucked


def test_a_field_within_a_field_is_indexed_and_plucked(store: Store) -> None:
    letters = store.table("indexed")
    letters.insert_multiple([{"to": {"user": "ana"}, "a": 1}, {"to": None, "a": 2}, {"a": 3}, {"to": {"user": "luis"}}])
    to_ana = Query().to.user == "ana"
    assert letters.count(to_ana) == 1
    assert letters.pluck(where("a") >= 1, ["to.user", "a"]) == [("ana", 1), (None, 2), (None, 3)]
    assert letters.pluck(to_ana, ["to.user", "unindexed.x"]) == [("ana", None)]
    assert letters.numbers(where("a") >= 1, order_by="to.user", limit=3) == [2, 3, 1]
    assert [found.doc_id for found in letters.search(where("a") >= 1, order_by="to.user")] == [2, 3, 1]
    with pytest.raises(ValueError, match=r"to\.user is indexed"):
        letters.insert({"to": {"user": ["ana"]}})


def test_numbers_are_found_without_reading_or_by_reading(store: Store) -> None:
    statuses = store.table("statuses")
    statuses.insert_multiple(a_status(number, at=100 - number) for number in range(1, 7))
    late, odd = where("at") <= 97, where("outcome") == "cumple"
    assert sorted(statuses.numbers(late)) == [3, 4, 5, 6]
    assert statuses.numbers(late, order_by="at", limit=2) == [6, 5]
    assert statuses.numbers(late & ~odd, order_by="at", limit=2) == [6, 4]


def test_a_table_is_gone_through_a_part_at_a_time(store: Store) -> None:
    table = store.table("plain")
    table.insert_multiple({"n": number} for number in range(5))
    table.remove(doc_ids=[2])
    assert [each["n"] for each in table.after(0, 2)] == [0, 2]
    assert [each["n"] for each in table.after(3, 9)] == [3, 4]
    assert table.after(5, 9) == []


def test_without_an_order_the_numbers_order(store: Store) -> None:
    statuses = store.table("statuses")
    statuses.insert_multiple(a_status(number) for number in range(30))
    in_campaign = where("campaign") == "c1"
    assert [status["at"] for status in statuses.search(in_campaign, limit=2)] == [1001, 1004]
    assert [status["at"] for status in statuses.search(in_campaign, reverse=True, limit=2)] == [1028, 1025]


def test_a_query_is_answered_by_an_index(opening: Opening) -> None:
    """The document that a scan would stumble over is never touched."""
    statuses = opening().table("statuses")
    statuses.insert_multiple([a_status(1), a_status(2)])
    touched: list[str] = []

    def note(key: Any) -> bool:
        touched.append(key)
        return True

    statuses.search((where("campaign") == "c1") & where("key").test(note))
    statuses.search((where("at") <= 1001) & where("key").test(note))
    statuses.search(where("key").one_of(["M1", "M7"]) & where("key").test(note))
    assert touched == ["M1", "M1", "M1"]


def test_an_ordering_holds_between_values_of_one_kind(store: Store) -> None:
    indexed = store.table("indexed")
    indexed.insert_multiple([{"a": 5}, {"a": "five"}, {"a": None}, {}])
    assert indexed.search(where("a") > 1) == [{"a": 5}] == indexed.search(where("a") < 9)
    assert indexed.search(where("a") >= "a") == [{"a": "five"}] == indexed.search(where("a") <= "zz")
    assert indexed.count(where("a") > 1) == 1 == indexed.count(where("a") > "a")


def test_an_iteration_survives_writes_of_others() -> None:
    with open_store(":memory:") as store:
        plain = store.table("plain")
        plain.insert_multiple({"n": number} for number in range(2500))
        seen = 0
        for document in plain:
            plain.remove(doc_ids=[document.doc_id])
            seen += 1
        assert seen == 2500
        assert len(plain) == 0


def test_tinydb_itself_opens_the_export(store: Store, tmp_path: Path) -> None:
    store.table("statuses").insert_multiple(a_status(number, text="é🎉\n\u2028") for number in range(5))
    store.table("statuses").remove(doc_ids=[2])
    store.export_tinydb(tmp_path / "export.json")
    with TinyDB(tmp_path / "export.json", encoding="utf-8") as exported:
        assert exported.tables() == store.tables()
        assert [(d.doc_id, dict(d)) for d in exported.table("statuses")] == [
            (d.doc_id, dict(d)) for d in store.table("statuses")
        ]
    assert [path.name for path in tmp_path.glob("*.json*")] == ["export.json"]


def test_tinydbs_own_classes_work_through_the_storage(store: Store) -> None:
    store.table("plain").insert({"a": 1})
    assert isinstance(store.storage, EngineStorage)
    stock = TinyDB(store.storage.engine, storage=EngineStorage)
    assert stock.table("plain").search(where("a") == 1) == [{"a": 1}]
    stock.table("plain").insert({"a": 2})
    stock.table("other").insert({"z": 1})
    assert [dict(document) for document in store.table("plain")] == [{"a": 1}, {"a": 2}]
    assert store.tables() >= {"plain", "other"}
    stock.drop_table("other")
    assert "other" not in store.tables()


def test_tinydbs_default_table_works(store: Store) -> None:
    number = store.insert({"a": 1})
    assert store.get(doc_id=number) == {"a": 1}
    assert len(store) == 1


@pytest.mark.parametrize("name", ["a b", 'x"; DROP TABLE t', "", "1a", "a" * 60, "é", "a\n"])
def test_names_are_checked(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="bad table or field name"):
        store.table(name)
    with pytest.raises(ValueError, match="bad table or field name"):
        Spec("good", indexes=((name,),))
    with pytest.raises(ValueError, match="bad table or field name"):
        store.table("plain").search(where("a") == 1, order_by=name or "''")


def test_indexes_follow_their_declaration(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with open_store(path, [Spec("plain", key="a", indexes=(("b",),))]) as store:
        store.table("plain").insert({"a": 1, "b": 1})
    with open_store(path, [Spec("plain", indexes=(("a", "b"),))]) as store:
        store.table("plain").insert({"a": 1, "b": 2})
        assert store.table("plain").count(where("a") == 1) == 2
    with pytest.raises(DuplicateKey, match="plain"):
        open_store(path, [Spec("plain", key="a")])


def test_a_closed_store_says_so(opening: Opening) -> None:
    store = opening()
    plain = store.table("plain")
    store.close()
    store.close()
    for use in (lambda: plain.insert({}), lambda: len(plain), lambda: store.transaction().__enter__()):
        with pytest.raises(StoreClosed, match=r"bot\.db"):
            use()


def test_sound_data_has_no_faults(store: Store) -> None:
    store.table("statuses").insert_multiple(a_status(number) for number in range(20))
    assert store.check() == []

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import pytest
from tinydb import Query, where
from tinydb.queries import QueryLike

from storage import sqlite_text as sql
from storage.engine import Spec
from storage.planner import EVERYTHING, UNKNOWN, Comparison, Junction, Plan, plan
from storage.store import open_store

SCALARS = frozenset({"a", "b"})
A_IS_1 = Comparison("=", ("a",), (1,))


def test_comparisons_of_declared_fields_say_all() -> None:
    assert plan(where("a") == 1, SCALARS) == Plan(A_IS_1, exact=True)
    assert plan(where("b") <= "x", SCALARS) == Plan(Comparison("<=", ("b",), ("x",)), exact=True)
    assert plan(where("a").one_of([1, "x"]), SCALARS) == Plan(Comparison("in", ("a",), (1, "x")), exact=True)


def test_a_declared_field_within_a_field_says_all() -> None:
    expected = Plan(Comparison("=", ("a", "x"), (1,)), exact=True)
    assert plan(Query().a.x == 1, frozenset({"a.x"})) == expected


@pytest.mark.parametrize(
    "query",
    [where("c") == 1, Query().a.x == 1, where("a") > 0.5, where("a") == None],  # noqa: E711
    ids=["undeclared field", "nested field", "float", "null, which a missing field also is"],
)
def test_some_comparisons_only_narrow_down(query: QueryLike) -> None:
    narrowed = plan(query, SCALARS)
    assert narrowed.condition is not None
    assert not narrowed.exact


@pytest.mark.parametrize(
    "query",
    [
        where("a") != 1, ~(where("a") == 1), where("a").test(bool), where("a").matches("x"), where("a") == 0.5,
        where("a") == [1], where("a") == 2**64, where("a") == "a\0b", where("a") == "\ud800", where("a.b") == 1,
        where("a").one_of(["x"] * 501), where("a").one_of([0.5]), where("a") < float("inf"), lambda document: True,
    ],
)  # fmt: skip
def test_what_is_not_understood_is_left_to_the_query(query: QueryLike) -> None:
    assert plan(query, SCALARS) == UNKNOWN


def test_a_conjunction_uses_the_parts_it_understands() -> None:
    assert plan((where("a") == 1) & (where("b") != 2), SCALARS) == Plan(A_IS_1, exact=False)
    both = plan((where("a") == 1) & (where("b") == 2), SCALARS)
    assert isinstance(both.condition, Junction)
    assert both.condition.operator == "AND"
    assert set(both.condition.parts) == {A_IS_1, Comparison("=", ("b",), (2,))}
    assert both.exact


def test_a_disjunction_needs_all_its_parts() -> None:
    assert plan((where("a") == 1) | (where("b") != 2), SCALARS) == UNKNOWN
    assert plan((where("a") == 1) | Query().noop(), SCALARS) == EVERYTHING
    either = plan((where("a") == 1) | (where("b") == 2), SCALARS)
    assert isinstance(either.condition, Junction)
    assert either.condition.operator == "OR"
    assert either.exact


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">="])
def test_a_bound_with_decimals_lets_its_neighbours_in(operator: str) -> None:
    """SQLite may read a stored decimal one float off; the query itself then decides."""
    text, (bound,) = sql.where(Comparison(operator, ("a",), (0.5,)))
    assert f"{operator[0]}= ?" in text
    assert bound == math.nextafter(0.5, 1 if operator[0] == "<" else 0)


@pytest.mark.parametrize(
    ("query", "order", "index"),
    [
        ((where("state") == "seen") & (where("due_at") <= 5), "due_at", "i:captures:state,due_at"),
        ((where("state") == "seen") & (where("due_at") > 5), "due_at", "i:captures:state,due_at"),
        (where("state").one_of(["seen", "new"]), None, "i:captures:state,due_at"),
        (where("key") == "x", None, "u:captures:key"),
        (where("at") >= 1.5, "at", "i:captures:at"),
        ((Query().by.user == "x") & (where("at") > 5), None, "i:captures:by.user,at"),
        (Query().noop(), "at", "i:captures:at"),
    ],
)
def test_sqlite_uses_the_declared_index(tmp_path: Path, query: QueryLike, order: str | None, index: str) -> None:
    spec = Spec("captures", key="key", indexes=(("state", "due_at"), ("at",), ("by.user", "at")))
    open_store(tmp_path / "bot.db", [spec]).close()
    clause, arguments = sql.where(plan(query, spec.scalars).condition)
    ordered = f" ORDER BY {sql.column([order])}, id" if order else ""
    with sqlite3.connect(tmp_path / "bot.db") as connection:
        explained = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT id, doc FROM {sql.quoted('captures')}{clause}{ordered}", arguments
        ).fetchall()
    connection.close()
    steps = " ".join(step for *_, step in explained)
    assert f"INDEX {index}" in steps
    assert "TEMP B-TREE" not in steps

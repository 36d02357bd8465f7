"""The SQL of the SQLite engine: tables, indexes and conditions as text. Names are checked before they come here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from storage.engine import Spec, path_of
from storage.planner import Comparison, Condition


def quoted(table: str) -> str:
    return f'"{stored_name(table)}"'


def stored_name(table: str) -> str:
    return f"t_{table}"


def column(path: Sequence[str]) -> str:
    """A field of the document; the text must be the same in an index and in a query for SQLite to match them."""
    return f"json_extract(doc,'$.{'.'.join(path)}')"


def create_table(table: str) -> str:
    """AUTOINCREMENT: SQLite then never gives a number twice (https://www.sqlite.org/autoinc.html)."""
    return f"CREATE TABLE IF NOT EXISTS {quoted(table)}(id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL)"


def indexes(spec: Spec) -> dict[str, str]:
    """The statements that create a table's indexes, by the index's name."""
    named = {f"i:{spec.name}:{','.join(fields)}": ("INDEX", fields) for fields in spec.indexes}
    if spec.key:
        named[f"u:{spec.name}:{spec.key}"] = ("UNIQUE INDEX", (spec.key,))
    return {
        name: f'CREATE {kind} "{name}" ON {quoted(spec.name)}({", ".join(column(path_of(field)) for field in fields)})'
        for name, (kind, fields) in named.items()
    }


def where(condition: Condition | None) -> tuple[str, list[Any]]:
    """The WHERE clause for a condition, empty for none, and its arguments."""
    if condition is None:
        return "", []
    text, arguments = _condition(condition)
    return f" WHERE {text}", arguments


def _condition(condition: Condition) -> tuple[str, list[Any]]:
    if isinstance(condition, Comparison):
        return _comparison(condition)
    texts, arguments = [], []
    for part in condition.parts:
        text, values = _condition(part)
        texts.append(text)
        arguments.extend(values)
    return f"({f' {condition.operator} '.join(texts)})", arguments


def _comparison(comparison: Comparison) -> tuple[str, list[Any]]:
    field = column(comparison.path)
    values = list(comparison.values)
    match comparison.operator:
        case "null":
            return f"{field} IS NULL", []
        case "in":
            return f"{field} IN ({','.join('?' * len(values))})", values
        case "=":
            return f"{field} = ?", values
        case operator:
            return _ordering(field, operator, values[0])


def _ordering(field: str, operator: str, value: Any) -> tuple[str, list[Any]]:
    """A comparison that stays among values of one kind: in SQLite every number sorts before every text."""
    if isinstance(value, float):
        operator, value = _widened(operator, value)
    if isinstance(value, str):
        among = f" AND {field} >= ''" if operator[0] == "<" else ""
    else:
        among = f" AND {field} < ''" if operator[0] == ">" else ""
    return f"({field} {operator} ?{among})", [value]


def _widened(operator: str, value: float) -> tuple[str, float]:
    """One step further out: SQLite may read a stored decimal as the float next to the one that Python reads.

    It promises 15 digits only (https://www.sqlite.org/floatingpoint.html); a processor without long doubles shows it.
    """
    outwards = math.inf if operator[0] == "<" else -math.inf
    return f"{operator[0]}=", math.nextafter(value, outwards)

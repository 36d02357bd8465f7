"""Reads a TinyDB query and says what an index can answer of it.

The plan is a necessary condition: the engine may return too much, never too little, and the query itself is applied
to what comes back. A shape that is not understood gives no condition, which costs speed and never correctness.

TinyDB keeps a structural key of each query for its cache (`QueryInstance._hash`, tinydb 4.9); that is what is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from tinydb.queries import QueryLike

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ORDERINGS = {"<", "<=", ">", ">="}
_INT64 = 1 << 63
#: more values than this are not worth an index, and engines limit how many one statement may hold
_MOST_VALUES = 500


@dataclass(frozen=True)
class Comparison:
    """A field compared with values: `=`, `<`, `<=`, `>`, `>=` with one; `in` with any number; `null` with none.

    An ordering holds between values of one kind only: texts among texts, numbers among numbers.
    """

    operator: str
    path: tuple[str, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Junction:
    """Conditions that must hold together (`AND`) or of which one must (`OR`)."""

    operator: str
    parts: tuple[Condition, ...]


Condition = Comparison | Junction


@dataclass(frozen=True)
class Plan:
    """What is known about a query; `exact` when the condition says all that the query says."""

    condition: Condition | None
    exact: bool


UNKNOWN = Plan(None, exact=False)
EVERYTHING = Plan(None, exact=True)


def plan(query: QueryLike, scalars: Set[str]) -> Plan:
    """The plan for a query over documents whose fields `scalars` are known to hold scalars or nothing."""
    return _plan(getattr(query, "_hash", None), scalars)


def _plan(shape: Any, scalars: Set[str]) -> Plan:
    match shape:
        case ():
            return EVERYTHING
        case ("and", frozenset() as parts):
            return _all_of([_plan(part, scalars) for part in parts])
        case ("or", frozenset() as parts):
            return _any_of([_plan(part, scalars) for part in parts])
        case (str() as operator, tuple() as path, value):
            return _comparison(operator, path, value, scalars)
        case _:
            return UNKNOWN


def _all_of(plans: list[Plan]) -> Plan:
    conditions = tuple(plan.condition for plan in plans if plan.condition is not None)
    exact = all(plan.exact for plan in plans)
    if not conditions:
        return Plan(None, exact)
    return Plan(conditions[0] if len(conditions) == 1 else Junction("AND", conditions), exact)


def _any_of(plans: list[Plan]) -> Plan:
    conditions = tuple(plan.condition for plan in plans if plan.condition is not None)
    exact = all(plan.exact for plan in plans)
    if len(conditions) < len(plans):
        return Plan(None, exact)
    return Plan(conditions[0] if len(conditions) == 1 else Junction("OR", conditions), exact)


def _comparison(operator: str, path: tuple[Any, ...], value: Any, scalars: Set[str]) -> Plan:
    if not path or not all(isinstance(step, str) and _FIELD.fullmatch(step) for step in path):
        return UNKNOWN
    comparison = _compared(operator, path, value)
    if comparison is None:
        return UNKNOWN
    return Plan(comparison, exact=_is_exact(comparison, scalars))


def _compared(operator: str, path: tuple[str, ...], value: Any) -> Comparison | None:
    if operator == "==" and value is None:
        return Comparison("null", path, ())
    if operator == "==" and _is_identifiable(value):
        return Comparison("=", path, (value,))
    if operator in _ORDERINGS and _is_orderable(value):
        return Comparison(operator, path, (value,))
    if operator == "one_of" and isinstance(value, tuple | frozenset) and len(value) <= _MOST_VALUES:
        return Comparison("in", path, tuple(value)) if all(map(_is_identifiable, value)) else None
    return None


def _is_exact(comparison: Comparison, scalars: Set[str]) -> bool:
    """Floats are widened by an engine that reads decimals less precisely; a missing field also counts as null."""
    if comparison.operator == "null" or any(isinstance(value, float) for value in comparison.values):
        return False
    return ".".join(comparison.path) in scalars


def _is_identifiable(value: Any) -> bool:
    """Equal here means equal in the engine: texts, booleans (which are 0 and 1 in both), 64-bit integers."""
    return (isinstance(value, int) and -_INT64 <= value < _INT64) or (isinstance(value, str) and _is_plain_text(value))


def _is_orderable(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return (isinstance(value, float) and math.isfinite(value)) or _is_identifiable(value)


def _is_plain_text(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)

"""A table to be exported: columns of one kind each, rows of plain cells; what becomes a CSV, XLSX or PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Cell = str | int | float | datetime | date | None


class Kind(StrEnum):
    TEXT = "text"
    OUTCOME = "outcome"  #: the code of an outcome, shown in its colour
    NUMBER = "number"
    SHARE = "share"  #: 0-1, shown as a percentage
    MOMENT = "moment"  #: an aware datetime, shown in local time
    DAY = "day"  #: a date


@dataclass(frozen=True)
class Column:
    heading: str
    kind: Kind
    width: int  #: characters


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


#: The outcomes' colours on white, as the page has them: ground and letters.
OUTCOME_COLOURS = {
    "cumple": ("DDF0E8", "0C7A57"),
    "incumple": ("F8E0DE", "BA2D23"),
    "no_capturado": ("F8EBD6", "8A5200"),
    "pendiente": ("ECEBE6", "58625D"),
    "ciego": ("DDE3EE", "3C4A63"),
}


def one_line(text: str) -> str:
    """A text without line breaks and what no file may hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())

"""How a setting is declared: as a dataclass field that knows its name, default, unit and meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Declaration:
    """How one setting is written: its name, its default as it would stand in `.env`, its unit, its meaning."""

    env: str
    default: str  #: empty: no value
    meaning: str
    unit: str
    read: Callable[[str], object]  #: raises ValueError with the rest of the sentence `NAME="text" ...`
    secret: bool = False  #: never shown, not even in an error

    def described(self) -> str:
        return f"{self.meaning} ({self.unit})" if self.unit else self.meaning


def setting(env: str, default: str, reader: Callable[[str], T], meaning: str, *, unit: str = "") -> T:
    """A setting that always has a value."""
    declared = Declaration(env, default, meaning, unit, reader)
    return field(default=reader(default), metadata={"declaration": declared})


def optional(env: str, reader: Callable[[str], T], meaning: str, *, unit: str = "", secret: bool = False) -> T | None:
    """A setting that is None when it is left out or empty."""
    declared = Declaration(env, "", meaning, unit, reader, secret)
    return field(default=None, repr=not secret, metadata={"declaration": declared})


def declarations(settings: type) -> Iterator[tuple[str, Declaration]]:
    """Each field's name with its declaration, in the order of the class."""
    for each in fields(settings):
        yield each.name, each.metadata["declaration"]

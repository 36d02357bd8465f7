"""A single value that the bot keeps by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    id: int
    name: str  #: natural key
    value: int | str

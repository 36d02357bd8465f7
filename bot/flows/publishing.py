"""Whether statuses of the account itself may be posted: off until the owner switches it on."""

from __future__ import annotations

from storage.tables import Tables

#: Name of the fact.
ON = "publish_on"


def is_on(tables: Tables) -> bool:
    return bool(tables.facts.number(ON))


def switch(tables: Tables, *, is_on: bool) -> None:
    tables.facts.choose(ON, int(is_on))

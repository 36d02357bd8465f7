"""Recent events for the page: a short log in the store, oldest lines dropped."""

from __future__ import annotations

from datetime import datetime

from bot.model.incident import LogLine
from storage.query import where
from storage.tables import Tables

#: Lines kept; the page shows the newest of them.
KEPT = 200


def note(tables: Tables, now: datetime, key: str, **facts: str | int | float) -> None:
    """Write a line: `key` is a catalogue key below `event.`, facts hold no unmasked numbers."""
    line = tables.log.add(LogLine(0, now, key, facts))
    for old in tables.log.find(where("at") > 0, order_by="at", reverse=True)[KEPT:] if line.id % KEPT == 0 else ():
        tables.log.remove(old)

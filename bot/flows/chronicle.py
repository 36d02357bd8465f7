"""Recent events for the page: a short log in the store, oldest lines dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.model.chat import Phrase
from bot.model.incident import LogLine
from bot.model.overview import Fact, RecentEvent
from storage.query import where
from storage.tables import Tables

#: Lines kept; the page shows the newest of them.
KEPT = 200


#: Under this name a fact that is itself a sentence keeps its catalogue key.
SAY = "say"


def note(tables: Tables, now: datetime, key: str, **facts: Fact) -> None:
    """Write a line: `key` is a catalogue key below `event.`, facts hold no unmasked numbers."""
    kept = {name: {SAY: fact.key} if isinstance(fact, Phrase) else fact for name, fact in facts.items()}
    line = tables.log.add(LogLine(0, now, key, kept))
    if line.id % KEPT == 0:
        for old in tables.log.find(where("at") > 0, order_by="at", reverse=True)[KEPT:]:
            tables.log.remove(old)


def newest(tables: Tables, count: int) -> tuple[RecentEvent, ...]:
    """The newest lines, the newest first."""
    lines = tables.log.find(where("at") > 0, order_by="at", reverse=True, limit=count)
    return tuple(RecentEvent(line.at, line.key, {n: _fact(f) for n, f in line.facts.items()}) for line in lines)


def _fact(kept: Any) -> Fact:
    return Phrase(kept[SAY]) if isinstance(kept, dict) else kept

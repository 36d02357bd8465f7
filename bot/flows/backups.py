"""Which backups there are, as the engine last saw them: a single value among the facts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from bot.model.document import to_document
from storage.tables import Tables

BACKUPS = "backups"


def note(tables: Tables, found: Iterable[tuple[datetime, int]]) -> None:
    """Each with when it was made and its bytes."""
    text = json.dumps([[to_document(made_at), size] for made_at, size in found])
    if text != tables.facts.get(BACKUPS):
        tables.facts.set(BACKUPS, text)


def known(tables: Tables) -> list[tuple[datetime, int]]:
    """The newest first."""
    text = tables.facts.get(BACKUPS)
    found = json.loads(text) if isinstance(text, str) else []
    return [(datetime.fromtimestamp(made_at / 1000, UTC), size) for made_at, size in found]

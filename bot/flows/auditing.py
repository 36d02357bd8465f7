"""Who did what in the control chat: a line for each command that changed something or was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.logs import masked
from bot.model.ledger import AuditLine
from storage.changes import Change
from storage.query import where
from storage.tables import Tables

#: Lines kept; the oldest go.
KEPT = 5000
#: Characters of a command and of its answer that are kept.
LONGEST = 160


def write(tables: Tables, line: AuditLine, changes: Iterable[Change]) -> None:
    """Keep a line; its texts are cut and masked here."""
    changed = dict(Counter(change.table for change in changes))
    kept = AuditLine(
        0, line.at, line.chat, line.person, line.role, line.command, _short(line.text), _short(line.did), changed
    )
    stored = tables.audit.add(kept)
    if stored.id % (KEPT // 10) == 0:
        for old in tables.audit.find(where("at") > 0, order_by="at", reverse=True)[KEPT:]:
            tables.audit.remove(old)


def newest_first(tables: Tables) -> list[AuditLine]:
    """Every line that is kept."""
    found: list[AuditLine] = tables.audit.find(where("at") > 0, order_by="at", reverse=True)
    return found


def _short(text: str) -> str:
    one_line = " ".join(masked(text).split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1] + "…"

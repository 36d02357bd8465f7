"""What a command changed is kept for ten minutes, and can be put back unless somebody or something went on with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.model.chat import Language
from bot.model.document import from_document, to_document
from bot.model.errors import UserError
from bot.model.ledger import Doing
from storage.changes import Change
from storage.errors import DuplicateKey
from storage.query import where
from storage.tables import Tables

#: How long a change can be undone.
KEPT = timedelta(minutes=10)
#: A command that changes more rows than this cannot be undone: a second copy of them would be too much.
MOST_ROWS = 20_000

#: What the bot itself goes on writing in rows that somebody made; it does not stand in the way.
_LIVE = {
    "contacts": {"look_up_at", "on_whatsapp", "last_seen_at", "last_wrote_at"},
    "frames": {"features"},
    "jobs": {"due_at"},
}
#: Rows that belong to a new row, and go with it.
_ALONG = {"contacts": (("addresses", "contact_id"),)}
#: Rows that keep a new row from being taken away: something was built on it.
_BUILT_ON = {
    "contacts": (("captures", "contact_id"), ("results", "contact_id"), ("memberships", "contact_id")),
    "campaigns": (("results", "campaign_id"), ("judgements", "campaign_id")),
    "frames": (("results", "frame_id"), ("judgements", "frame_id")),
}

RowKey = tuple[str, int]  #: table, number


def keep(
    tables: Tables, key: str, talk: str, what: str, language: Language, changes: Iterable[Change], now: datetime
) -> None:
    """Remember what the order of this key changed; without changes, that it cannot be undone."""
    forget(tables, now)
    kept = tuple(to_document(change) for change in changes)
    tables.doings.add_once(Doing(0, key, talk, what, language, now, kept if len(kept) <= MOST_ROWS else ()))


def newest(tables: Tables, talk: str, now: datetime) -> Doing | None:
    """The last thing that a person did in a chat and that is not undone yet."""
    mine = (where("talk") == talk) & (where("at") > to_document(now - KEPT))
    found: list[Doing] = tables.doings.find(mine, order_by="at", reverse=True, limit=1)
    return found[0] if found else None


def undo(tables: Tables, doing: Doing) -> None:
    """Put everything back as it was before; raises UserError when that is not possible any more."""
    if not doing.changes:
        raise UserError("undo.impossible", what=doing.what)
    changes = [from_document(Change, document) for document in doing.changes]
    own = frozenset((change.table, change.number) for change in changes)
    if not all(_is_untouched(tables, change, own) for change in changes):
        raise UserError("undo.changed_since", what=doing.what)
    try:
        for change in reversed(changes):
            _put_back(tables, change)
    except DuplicateKey:
        raise UserError("undo.changed_since", what=doing.what) from None
    tables.doings.remove(doing)


def forget(tables: Tables, now: datetime) -> None:
    """Drop what can be undone no longer."""
    for old in tables.doings.numbers(where("at") <= to_document(now - KEPT)):
        tables.doings.discard(old)


def _is_untouched(tables: Tables, change: Change, own: frozenset[RowKey]) -> bool:
    """Whether what was changed is still as the command left it; other fields of the row may have gone on."""
    now = tables.named(change.table).image(change.number)
    if change.after is None or now is None:
        return now is None
    fields = change.fields - _LIVE.get(change.table, set())
    if any(now.get(name) != change.after.get(name) for name in fields):
        return False
    return change.before is not None or not _is_built_on(tables, change, own)


def _is_built_on(tables: Tables, new: Change, own: frozenset[RowKey]) -> bool:
    """Whether rows that the command did not make refer to a new row."""
    for table, field in _BUILT_ON.get(new.table, ()):
        if any((table, number) not in own for number in tables.named(table).numbers(where(field) == new.number)):
            return True
    return False


def _put_back(tables: Tables, change: Change) -> None:
    rows = tables.named(change.table)
    if change.before is None:
        for table, field in _ALONG.get(change.table, ()):
            for number in tables.named(table).numbers(where(field) == change.number):
                tables.named(table).discard(number)
    rows.put_back(change.number, _merged(change, rows.image(change.number)))


def _merged(change: Change, now: dict[str, Any] | None) -> dict[str, Any] | None:
    """The row as it was, with what went on meanwhile in fields that the command did not touch."""
    if change.before is None or now is None:
        return change.before
    undone = {name: change.before[name] for name in change.fields if name in change.before}
    return {**now, **undone}

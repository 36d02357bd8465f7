"""The owner and the queue: what waits and when it goes, pause, clear, and what to do about messages in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model.document import to_document
from bot.model.failures import Failure
from bot.model.identity import Jid
from bot.model.outbox import OutboxItem, SendState, To
from bot.model.pacing import Decision, SendWindow
from storage.query import where
from storage.tables import Tables

#: Name of the fact that nothing is sent to contacts until the owner says so.
PAUSED = "sending_paused"


@dataclass(frozen=True)
class Waiting:
    """A message in the queue, and when it goes if nothing else comes between."""

    item: OutboxItem
    goes: Decision


def pause(tables: Tables) -> bool:
    """Send nothing to contacts from now on; whether that is new. The queue is kept, and captures go on."""
    was_paused = is_paused(tables)
    tables.facts.choose(PAUSED, 1)
    return not was_paused


def resume(tables: Tables) -> bool:
    """Send again; whether it was paused."""
    was_paused = is_paused(tables)
    tables.facts.choose(PAUSED, 0)
    return was_paused


def is_paused(tables: Tables) -> bool:
    return bool(tables.facts.number(PAUSED))


def waiting(tables: Tables, recent: SendWindow, now: datetime, limit: int) -> list[Waiting]:
    """The next messages for contacts and for the own status, in the order in which they go."""
    queued = (where("state") == SendState.QUEUED.value) & (where("audience") != To.CONTROL.value)
    items = tables.outbox.find(queued, order_by="not_before", limit=limit)
    decisions = recent.forecast([(str(item.to), item.audience) for item in items], now)
    return [
        Waiting(item, replace(decision, at=max(decision.at, item.not_before)))
        for item, decision in zip(items, decisions, strict=True)
    ]


def addressees(tables: Tables) -> list[tuple[str, To]]:
    """Whom each waiting message is for, in the order in which they go."""
    queued = (where("state") == SendState.QUEUED.value) & (where("audience") != To.CONTROL.value)
    return [(str(item.to), item.audience) for item in tables.outbox.find(queued, order_by="not_before")]


def count_waiting(tables: Tables, to: Jid | None = None) -> int:
    """How many messages wait: for anybody, or for one person."""
    queued = (where("state") == SendState.QUEUED.value) & (where("audience") != To.CONTROL.value)
    return tables.outbox.count(queued if to is None else queued & (where("to") == to_document(to)))


def in_doubt(tables: Tables) -> list[OutboxItem]:
    """The messages of which nobody knows whether they went out, the oldest first."""
    return tables.outbox.find(where("state") == SendState.IN_DOUBT.value, order_by="sending_at")


def clear(tables: Tables) -> int:
    """Take every message that waits for a contact out of the queue; how many there were."""
    queued = (where("state") == SendState.QUEUED.value) & (where("audience") != To.CONTROL.value)
    return _cancel(tables, tables.outbox.find(queued), Failure.CLEARED)


def cancel(tables: Tables, item: OutboxItem) -> bool:
    """Take one message out; False when it is no longer waiting."""
    return _cancel(tables, [item], Failure.CLEARED) == 1 if item.state is SendState.QUEUED else False


def call_sent(tables: Tables, item: OutboxItem) -> OutboxItem:
    """The owner saw that a message in doubt went out."""
    return tables.outbox.save(replace(item, state=SendState.SENT, sent_at=item.sending_at, failure=""))


def drop(tables: Tables, item: OutboxItem) -> OutboxItem:
    """The owner lets a message in doubt rest; it still counts against the limits, for it may have gone out."""
    return tables.outbox.save(replace(item, state=SendState.DROPPED))


def send_again(tables: Tables, item: OutboxItem, now: datetime) -> OutboxItem:
    """The owner has a message in doubt sent once more, as a message of its own."""
    drop(tables, item)
    anew = OutboxItem(
        id=0, key=f"{item.key}|again:{item.id}", to=item.to, audience=item.audience, form=item.form, text=item.text,
        created_at=now, not_before=now, pace=item.pace, media_sha256=item.media_sha256, evidence=item.evidence,
        mimetype=item.mimetype, filename=item.filename, quote_id=item.quote_id, quote_author=item.quote_author,
        quote_text=item.quote_text, target=item.target, target_author=item.target_author,
    )  # fmt: skip
    added, _ = tables.outbox.add_once(anew)
    return added


def _cancel(tables: Tables, items: Iterable[OutboxItem], why: str) -> int:
    cancelled = [tables.outbox.save(replace(item, state=SendState.CANCELLED, failure=why)) for item in items]
    return len(cancelled)

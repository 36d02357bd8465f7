"""Files that are promised by an answer and made after it: ⏳ at once, progress in one message, ✅ or ❌ at the end.

The order stays open until each of its papers is in the outbox, so that a crash only makes one of them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.flows import sending
from bot.i18n import Catalogue
from bot.model.chat import Language, Order, OrderState, Paper, Phrase
from bot.model.document import to_document
from bot.model.outbox import Form, OutboxItem, SendState, To
from bot.model.outgoing import MARKER, Quote
from bot.ports import Matcher
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

AT_WORK, READY, FAILED = "⏳", "✅", "❌"
#: WhatsApp cuts longer captions.
LONGEST_CAPTION = 1000
#: WhatsApp takes no edit of a message that is older.
EDITABLE = timedelta(minutes=15)

#: How many steps of the work are done, and of how many; may be called as often as one likes, from the lane.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sources:
    """What a maker may look at; it writes nothing."""

    tables: Tables
    media: MediaStore
    matcher: Matcher
    catalogue: Catalogue
    language: Language  #: of the answer that promised the paper
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True)
class Made:
    """A file that is ready to be sent; images are sent as pictures, all else as documents."""

    content: bytes
    mimetype: str
    filename: str
    caption: tuple[Phrase, ...] = ()


class Maker(Protocol):
    """Makes papers of one kind; runs in a lane. Raises UserError when there is nothing to make one of."""

    def __call__(self, sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made: ...


@dataclass(frozen=True)
class Kept:
    """A made file in the media store."""

    sha256: str
    mimetype: str
    filename: str
    caption: tuple[Phrase, ...]


def make(maker: Maker, paper: Paper, sources: Sources, progress: Progress) -> Kept:
    """Make a paper and keep its file; runs in a lane."""
    made = maker(sources, paper.facts, progress)
    return Kept(sources.media.put(made.content), made.mimetype, made.filename, made.caption)


def promise(tables: Tables, order: Order, papers: tuple[Paper, ...], language: Language, now: datetime) -> Order:
    """An answer promised papers: its order is done when they are made."""
    react(tables, order, AT_WORK, "making", now)
    return replace(order, state=OrderState.MAKING, papers=papers, language=language, due_at=now)


def due(tables: Tables, limit: int) -> list[Order]:
    """The orders whose papers are to be made, as they were asked for."""
    found: list[Order] = tables.orders.find(where("state") == OrderState.MAKING.value, order_by="due_at", limit=limit)
    return found


def next_paper(order: Order) -> Paper:
    """The paper that is made now."""
    return order.papers[order.papers_made]


def made(tables: Tables, catalogue: Catalogue, order_id: int, kept: Kept, now: datetime) -> None:
    """A paper is ready: it goes out, and the next one's turn has come."""
    order = tables.orders.get(order_id)
    if order is None or order.state is not OrderState.MAKING:
        return
    words = "\n".join(catalogue.render(line, _language(order)) for line in kept.caption)
    item = _message(order, f"paper:{order.key}:{order.papers_made}", words, now)
    form = Form.IMAGE if kept.mimetype.startswith("image/") else Form.DOCUMENT
    file = replace(item, form=form, media_sha256=kept.sha256, mimetype=kept.mimetype, filename=kept.filename)
    sending.queue(tables, file)
    _go_on(tables, catalogue, order, now)


def failed(tables: Tables, catalogue: Catalogue, order_id: int, why: Phrase, now: datetime) -> None:
    """A paper cannot be made: say why, and go on with the others."""
    order = tables.orders.get(order_id)
    if order is None or order.state is not OrderState.MAKING:
        return
    words = catalogue.render(why, _language(order))
    sending.queue(tables, _message(order, f"paper:{order.key}:{order.papers_made}", words, now))
    _go_on(tables, catalogue, replace(order, papers_failed=True), now)


def progressed(tables: Tables, catalogue: Catalogue, order: Order, done: int, total: int, now: datetime) -> None:
    """Tell how far the work is: by one message, which is edited from then on."""
    tell(tables, order, catalogue.say("papers.progress", _language(order), done=done, total=total), now)


def _go_on(tables: Tables, catalogue: Catalogue, order: Order, now: datetime) -> None:
    order = replace(order, papers_made=order.papers_made + 1)
    if order.papers_made < len(order.papers):
        tables.orders.save(order)
        return
    if tables.outbox.one(where("key") == _progress_key(order)) is not None:
        tell(tables, order, catalogue.say("papers.finished", _language(order)), now)
    react(tables, order, FAILED if order.papers_failed else READY, "end", now)
    tables.orders.save(replace(order, state=OrderState.DONE))


def tell(tables: Tables, order: Order, words: str, now: datetime) -> None:
    """Say how far an order is, in one message that is edited."""
    first = tables.outbox.one(where("key") == _progress_key(order))
    if first is None:
        sending.queue(tables, _message(order, _progress_key(order), words, now))
        return
    newest = _newest_edit(tables, first) or first
    if newest.state is SendState.QUEUED:
        tables.outbox.save(replace(newest, text=f"{MARKER} {words}"))
    elif first.message_id and first.sent_at and now - first.sent_at < EDITABLE:
        edit = _message(order, f"{_progress_key(order)}:{to_document(now)}", words, now)
        sending.queue(tables, replace(edit, form=Form.EDIT, target=first.message_id, quote_author=None))


def _newest_edit(tables: Tables, first: OutboxItem) -> OutboxItem | None:
    """The edit of a progress message that waits to be sent."""
    waiting = tables.outbox.find(where("state") == SendState.QUEUED.value)
    return next((item for item in waiting if item.form is Form.EDIT and item.target == first.message_id), None)


def _message(order: Order, key: str, words: str, now: datetime) -> OutboxItem:
    quote = Quote(order.message_id, order.writer, order.text) if order.message_id else None
    text = f"{MARKER} {words}".strip()
    item = sending.text(key, order.chat, To.CONTROL, text[:LONGEST_CAPTION], now, quote)
    return replace(item, about=order.about)


def react(tables: Tables, order: Order, emoji: str, when: str, now: datetime) -> None:
    """Put a sign on what was asked, if anybody did; `when` tells the signs of one order apart."""
    if not order.message_id:
        return  # it was the time for it
    key = f"reaction:{order.key}:{when}"
    sending.queue(tables, sending.reaction(key, order.chat, order.message_id, order.writer, emoji, now))


def _progress_key(order: Order) -> str:
    return f"progress:{order.key}"


def _language(order: Order) -> Language:
    return order.language or Language.ES

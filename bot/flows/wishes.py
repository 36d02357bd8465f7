"""Wishes about the link: what a command wants of WhatsApp or the machine happens after its answer has gone out.

A command writes the wish into its own transaction; the engine grants it outside of any, one at a time. One that a
crash cut off is not repeated by itself: nothing is ever unlinked twice or behind the owner's back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import sending
from bot.i18n import Catalogue
from bot.model.chat import Language, Order, Phrase
from bot.model.outbox import SendState, To
from bot.model.outgoing import MARKER
from bot.model.wish import Wish, WishKind, WishState
from storage.query import where
from storage.tables import Tables

#: How long a wish waits for its order's answer to be sent: without a link it may never be.
ANSWER_FIRST = timedelta(seconds=20)


def make(tables: Tables, kind: WishKind, order: Order, language: Language, now: datetime) -> None:
    """Called by a command."""
    tables.wishes.add_once(Wish(0, order.key, kind, order.chat, language, now))


def next_wish(tables: Tables, now: datetime) -> Wish | None:
    """The oldest wish, once the answer to its order was sent; committed as being granted."""
    waiting = tables.wishes.find(where("state") == WishState.WAITING.value, order_by="wished_at", limit=1)
    if not waiting or not _is_answered(tables, waiting[0], now):
        return None
    return tables.wishes.save(replace(waiting[0], state=WishState.GRANTING))


def granted(tables: Tables, catalogue: Catalogue, number: int, words: tuple[Phrase, ...], now: datetime) -> None:
    """It was done, or could not be: `words` say how it went; without any there is nothing to say."""
    wish = tables.wishes.get(number)
    if wish is None:
        return
    tables.wishes.remove(wish)
    if words:
        text = "\n".join(catalogue.render(line, wish.language) for line in words)
        sending.queue(tables, sending.text(f"wish:{wish.key}", wish.chat, To.CONTROL, f"{MARKER} {text}", now))


def drop_interrupted(tables: Tables) -> None:
    """At start: a wish that was cut off. The process was started anew anyway; an unlinking may have happened or not."""
    for wish in tables.wishes.find(where("state") == WishState.GRANTING.value):
        tables.wishes.remove(wish)


def _is_answered(tables: Tables, wish: Wish, now: datetime) -> bool:
    if now - wish.wished_at >= ANSWER_FIRST:
        return True
    answer = tables.outbox.one(where("key") == f"reply:{wish.key}")
    return answer is not None and answer.state not in (SendState.QUEUED, SendState.SENDING)

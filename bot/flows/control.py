"""What was said in the control chat is answered, exactly once and in turn.

Each thing said is an order (`hearing`): a row that waits for its album to be complete and its pictures to be read, and
that is done in the same transaction that queues the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.flows import hearing, members, papers, sending
from bot.model.chat import (
    ABOUT_NOTHING,
    About,
    Conversation,
    Evidence,
    Language,
    Need,
    Order,
    OrderPart,
    OrderState,
    Paper,
    Role,
)
from bot.model.errors import GatewayError
from bot.model.identity import Jid
from bot.model.outbox import Form, To
from bot.model.outgoing import Quote
from bot.model.overview import Overview
from storage.query import where
from storage.tables import Tables

#: A download of the control chat is tried so often before the owner is asked to send the picture again.
TRIES = 3


@dataclass(frozen=True)
class Answer:
    """What the dispatcher made of an order; `text` is ready to be sent."""

    text: str
    language: Language
    reaction: str = ""
    conversation: Conversation | None = None  #: what goes on in the chat from now on
    evidence: Evidence | None = None  #: its lines are sentences
    papers: tuple[Paper, ...] = ()  #: made after it
    about: About = ABOUT_NOTHING  #: what a reply to it means


class Dispatcher(Protocol):
    """The commands, as this flow sees them."""

    def is_for_us(self, order: Order, conversation: Conversation | None) -> bool: ...

    def need(self, order: Order, conversation: Conversation | None) -> Need: ...

    def answer(
        self, order: Order, conversation: Conversation | None, role: Role, overview: Overview, now: datetime
    ) -> Answer: ...


def turns(tables: Tables, now: datetime) -> list[Order]:
    """The orders whose turn it is and whose time has come: in each chat one after the other, as they were said."""
    first: dict[str, Order] = {}
    for state in (OrderState.GATHERING, OrderState.FETCHING):
        for order in tables.orders.find(where("state") == state.value):
            talk = _talk(order.chat, order.person)
            if talk not in first or order.id < first[talk].id:
                first[talk] = order
    return sorted((order for order in first.values() if order.due_at <= now), key=lambda order: order.id)


def begin(tables: Tables, dispatcher: Dispatcher, order: Order, now: datetime) -> Order | None:
    """An order's turn has come and all of it is here; None when it must wait, or is only a note of the owner's."""
    if hearing.is_early(tables, order, now):
        tables.orders.save(replace(order, due_at=now + hearing.SEND_GLANCE))
        return None
    conversation = conversation_of(tables, order, now)
    if not dispatcher.is_for_us(order, conversation):
        tables.orders.remove(order)
        return None
    need = dispatcher.need(order, conversation)
    parts = () if need is Need.NOTHING else order.parts or _quoted_part(order)
    return tables.orders.save(replace(order, state=OrderState.FETCHING, due_at=now, parts=parts, need=need))


def missing_parts(order: Order) -> list[int]:
    """Positions of the files that are neither ready nor given up."""
    return [n for n, part in enumerate(order.parts) if not part.is_settled]


def obtained(tables: Tables, order_id: int, position: int, part: OrderPart, now: datetime) -> None:
    order = tables.orders.get(order_id)
    if order is not None and order.state is OrderState.FETCHING:
        parts = (*order.parts[:position], part, *order.parts[position + 1 :])
        tables.orders.save(replace(order, parts=parts, due_at=now))


def not_obtained(tables: Tables, order_id: int, position: int, error: GatewayError, now: datetime) -> None:
    """A download failed for a passing reason: again a few times, then the owner is asked to send it again."""
    order = tables.orders.get(order_id)
    if order is None:
        return
    part = order.parts[position]
    tries = part.tries + (error.reason != "not_connected")
    if tries >= TRIES:
        obtained(tables, order_id, position, replace(part, tries=tries, failure="unreachable"), now)
        return
    parts = (*order.parts[:position], replace(part, tries=tries), *order.parts[position + 1 :])
    tables.orders.save(replace(order, parts=parts, due_at=now + sending.RETRY_AFTER[tries if tries else 0]))


def answer(tables: Tables, dispatcher: Dispatcher, order: Order, overview: Overview, now: datetime) -> None:
    """Do what was asked and queue the answer: one transaction, one answer."""
    conversation = conversation_of(tables, order, now)
    role = members.role_in(tables, order.chat, order.person)
    if role is None:  # taken away since they wrote
        tables.orders.save(replace(order, state=OrderState.DONE))
        return
    answered = dispatcher.answer(order, conversation, role, overview, now)
    order = replace(order, about=answered.about)
    _remember(tables, order, answered.conversation)
    if answered.reaction:
        key = f"reaction:{order.key}"
        sending.queue(tables, sending.reaction(key, order.chat, order.message_id, order.writer, answered.reaction, now))
    if answered.text:
        reply(tables, order, answered.text, now, answered.evidence)
    if answered.papers:
        tables.orders.save(papers.promise(tables, order, answered.papers, answered.language, now))
    else:
        tables.orders.save(replace(order, state=OrderState.DONE))


def reply(tables: Tables, order: Order, words: str, now: datetime, evidence: Evidence | None = None) -> None:
    """Queue an answer that quotes what was asked; with evidence, it is the caption of the picture."""
    quote = Quote(order.message_id, order.writer, order.text)
    item = replace(sending.text(f"reply:{order.key}", order.chat, To.CONTROL, words, now, quote), about=order.about)
    if evidence is not None:
        item = replace(item, form=Form.IMAGE, mimetype="image/jpeg", evidence=evidence)
    sending.queue(tables, item)


def apologise(tables: Tables, order: Order, words: str, now: datetime) -> None:
    """End an order that a bug of ours made impossible."""
    reply(tables, order, words, now)
    tables.orders.save(replace(order, state=OrderState.DONE))


def conversation_of(tables: Tables, order: Order, now: datetime) -> Conversation | None:
    """What the bot is waiting for from this person in this chat, unless its time is over."""
    found = tables.conversations.one(where("chat") == _talk(order.chat, order.person))
    return found if found is not None and found.expires_at > now else None


def _quoted_part(order: Order) -> tuple[OrderPart, ...]:
    """A command in reply to a picture or file means that one, e.g. a status that was forwarded without a word."""
    return (OrderPart(order.quoted, order.quoted_media),) if order.quoted_media else ()


def _remember(tables: Tables, order: Order, conversation: Conversation | None) -> None:
    known = tables.conversations.one(where("chat") == _talk(order.chat, order.person))
    if known is not None:
        tables.conversations.remove(known)
    if conversation is not None:
        tables.conversations.add(replace(conversation, id=0, chat=_talk(order.chat, order.person)))


def _talk(chat: Jid, person: Jid) -> str:
    return f"{chat}|{person}"

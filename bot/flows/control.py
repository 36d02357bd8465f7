"""The owner writes in the control chat: gather the pictures that belong to it, answer exactly once.

Each thing said is an order: a row that waits for its album to be complete and its pictures to be read, and that is
done in the same transaction that queues the answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.flows import bursts, members, papers, sending
from bot.flows.linking import ACCOUNT
from bot.i18n import Catalogue
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
from bot.model.document import to_document
from bot.model.errors import GatewayError
from bot.model.event import ContentKind, MessageSeen, Scope
from bot.model.identity import Jid
from bot.model.outbox import Form, SendState, To
from bot.model.outgoing import MARKER, Quote
from bot.model.overview import Overview
from storage.query import where
from storage.tables import Tables

#: How long an album's missing pictures are waited for after the newest one.
ALBUM_PATIENCE = timedelta(seconds=20)
#: A picture's second copy comes within this time.
COPIES_WITHIN = timedelta(minutes=10)
#: How long a reaction waits for the id of the message that is just being sent.
SEND_PATIENCE = timedelta(seconds=3)
#: Kinds of content that can be an order, or part of one.
_SPOKEN = frozenset(
    {ContentKind.TEXT, ContentKind.IMAGE, ContentKind.VIDEO, ContentKind.DOCUMENT, ContentKind.CARDS, ContentKind.ALBUM}
)
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


def heard(tables: Tables, message: MessageSeen, catalogue: Catalogue, language: Language, now: datetime) -> None:
    """Turn a message of the control chat into an order, or add it to the album it belongs to."""
    message = _in_own_chat(tables, message)
    speaker = members.speaker(tables, message)
    if speaker is None:
        return
    content = message.content
    if content.kind is ContentKind.REACTION:
        _react(tables, message, speaker, now)
        return
    if content.kind not in _SPOKEN or content.text.lstrip().startswith(MARKER) or _is_ours(tables, message):
        return
    if bursts.is_paused(tables, message.chat, now) or _is_copy(tables, message):
        return
    order, created = tables.orders.add_once(_order(message, speaker, now))
    if created and bursts.breaks(tables, order, catalogue, language, now):
        tables.orders.remove(order)
        return
    if created or message.id in {part.message_id for part in order.parts}:
        return
    if order.state is OrderState.GATHERING:
        _add_to_album(tables, order, message, now)
    elif content.media and order.parts:
        words = catalogue.say("error.late_picture", language)
        quote = Quote(message.id, message.author)
        sending.queue(tables, sending.text(f"late:{message.id}", order.chat, To.CONTROL, words, now, quote))


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
    """An order's turn has come and all of it is here; None when it is only a note of the owner's to themselves."""
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
        sending.queue(
            tables, sending.reaction(key, order.chat, order.message_id, order.writer, answered.reaction, now)
        )
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


def _remember(tables: Tables, order: Order, conversation: Conversation | None) -> None:
    known = tables.conversations.one(where("chat") == _talk(order.chat, order.person))
    if known is not None:
        tables.conversations.remove(known)
    if conversation is not None:
        tables.conversations.add(replace(conversation, id=0, chat=_talk(order.chat, order.person)))


def _is_copy(tables: Tables, message: MessageSeen) -> bool:
    """Phones send a picture in HD as a second copy; it takes the first one's place while nobody has looked at that."""
    if not message.twin_of or message.content.media is None:
        return False
    recent = where("received_at") > to_document(message.sent_at - COPIES_WITHIN)
    for order in tables.orders.find(recent):
        for position, part in enumerate(order.parts):
            if part.message_id == message.twin_of and order.chat == message.chat:
                if order.state is OrderState.GATHERING:
                    better = replace(part, media=to_document(message.content.media))
                    parts = (*order.parts[:position], better, *order.parts[position + 1 :])
                    tables.orders.save(replace(order, parts=parts))
                return True
    return False


def _in_own_chat(tables: Tables, message: MessageSeen) -> MessageSeen:
    """The chat with oneself under one address: it comes under the number or the LID, and is one chat."""
    account = tables.facts.get(ACCOUNT)
    if message.scope is not Scope.SELF or not isinstance(account, str):
        return message
    own = Jid.parse(account)
    return replace(message, chat=own, author=own)


def _order(message: MessageSeen, speaker: Jid, now: datetime) -> Order:
    content = message.content
    album = message.id if content.kind is ContentKind.ALBUM else message.album
    return Order(
        id=0,
        key=f"{message.chat}|{album or message.id}",
        chat=message.chat,
        person=speaker,
        author=message.author,
        message_id=message.id,
        text=content.text,
        received_at=now,
        state=OrderState.GATHERING,
        due_at=now + ALBUM_PATIENCE if album else now,
        expected=content.expected,
        album=album,
        quoted=message.quoted,
        quoted_author=message.quoted_author,
        quoted_media=to_document(message.quoted_media) if message.quoted_media else None,
        mentions=message.mentions,
        cards=tuple(to_document(card) for card in content.cards),
        parts=_parts(message),
    )


def _react(tables: Tables, message: MessageSeen, speaker: Jid, now: datetime) -> None:
    """What is said by an emoji on a message of ours is answered there.

    A quick finger is faster than WhatsApp's answer to the send, which tells us the message's id: it waits for that.
    """
    target, is_known = message.content.target, _is_sent(tables, message.content.target)
    if message.content.text and (is_known or _is_sending(tables)):
        order = replace(_order(message, speaker, now), message_id=target, quoted=target, is_reaction=True)
        tables.orders.add_once(order if is_known else replace(order, due_at=now + SEND_PATIENCE))


def _parts(message: MessageSeen) -> tuple[OrderPart, ...]:
    media = message.content.media
    return (OrderPart(message.id, to_document(media)),) if media else ()


def _quoted_part(order: Order) -> tuple[OrderPart, ...]:
    """A command in reply to a picture or file means that one, e.g. a status that was forwarded without a word."""
    return (OrderPart(order.quoted, order.quoted_media),) if order.quoted_media else ()


def _add_to_album(tables: Tables, order: Order, message: MessageSeen, now: datetime) -> None:
    """A picture, or the header, of an album that is still being gathered."""
    parts = order.parts + _parts(message)
    expected = order.expected or message.content.expected
    is_complete = 0 < expected <= len(parts)
    words = message.content.text
    tables.orders.save(
        replace(
            order,
            parts=parts,
            expected=expected,
            text=order.text or words,
            message_id=message.id if words and not order.text else order.message_id,
            due_at=now if is_complete else now + ALBUM_PATIENCE,
        )
    )


def _is_ours(tables: Tables, message: MessageSeen) -> bool:
    """The bot's own message came back: it is in the ledger of sent ids."""
    return _is_sent(tables, message.id)


def _is_sent(tables: Tables, message_id: str) -> bool:
    return tables.outbox.one(where("message_id") == message_id) is not None


def _is_sending(tables: Tables) -> bool:
    return tables.outbox.count(where("state") == SendState.SENDING.value) > 0


def _talk(chat: Jid, person: Jid) -> str:
    return f"{chat}|{person}"

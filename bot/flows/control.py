"""The owner writes in the control chat: gather the pictures that belong to it, answer exactly once.

Each thing said is an order: a row that waits for its album to be complete and its pictures to be read, and that is
done in the same transaction that queues the answer.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.flows import bursts, members, papers, sending
from bot.flows.capture import Patience
from bot.flows.fetching import fetch
from bot.flows.judging import found_from
from bot.flows.linking import ACCOUNT
from bot.flows.table_files import MOST_BYTES, UnreadableTable, read_table
from bot.i18n import Catalogue
from bot.model.chat import (
    Conversation,
    Evidence,
    Language,
    Need,
    Order,
    OrderPart,
    OrderState,
    Paper,
    Picture,
    Role,
)
from bot.model.document import from_document, to_document
from bot.model.errors import GatewayError, UnreadableMedia
from bot.model.event import ContentKind, Media, MediaKind, MessageSeen, Scope
from bot.model.identity import Jid
from bot.model.outbox import Form, SendState, To
from bot.model.outgoing import MARKER, Quote
from bot.model.overview import Overview
from bot.ports import Gateway, Matcher
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: How long an album's missing pictures are waited for after the newest one.
ALBUM_PATIENCE = timedelta(seconds=20)
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
    if bursts.is_paused(tables, message.chat, now):
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
    parts = () if need is Need.NOTHING else order.parts
    return tables.orders.save(replace(order, state=OrderState.FETCHING, due_at=now, parts=parts, need=need))


def missing_parts(order: Order) -> list[int]:
    """Positions of the files that are neither ready nor given up."""
    return [n for n, part in enumerate(order.parts) if not part.is_settled]


@dataclass(frozen=True)
class Eyesight:
    """What a lane needs to obtain and look at a file."""

    gateway: Gateway
    store: MediaStore
    matcher: Matcher
    patience: Patience


def obtain(eyes: Eyesight, need: Need, looked_for: frozenset[str], part: OrderPart) -> OrderPart:
    """Download a file and have the matcher look at it; runs in a lane. Raises GatewayError to be tried again."""
    media = from_document(Media, part.media)
    if need is Need.TABLE:
        return _as_table(eyes, part, media)
    if media.kind is MediaKind.DOCUMENT or (need is Need.PICTURES and media.kind is MediaKind.VIDEO):
        return replace(part, failure="not_a_picture")
    try:
        sha256 = part.sha256 or fetch(eyes.gateway, eyes.store, media, eyes.patience)
        here = replace(part, sha256=sha256)
        content = eyes.store.read(sha256)
        return _as_frame(eyes, here, content) if need is Need.PICTURES else _compared(eyes, here, content, looked_for)
    except UnreadableMedia as error:
        return replace(part, failure=error.reason)
    except GatewayError as error:
        return _refused(part, error)


def _as_table(eyes: Eyesight, part: OrderPart, media: Media) -> OrderPart:
    if media.kind is not MediaKind.DOCUMENT:
        return replace(part, failure="not_a_table")
    if media.size > MOST_BYTES:
        return replace(part, failure="table_too_large")
    try:
        sha256 = part.sha256 or fetch(eyes.gateway, eyes.store, media, eyes.patience)
        return replace(part, sha256=sha256, table=read_table(eyes.store.read(sha256)))
    except UnreadableTable as error:
        return replace(part, failure=error.reason)
    except GatewayError as error:
        return _refused(part, error)


def _refused(part: OrderPart, error: GatewayError) -> OrderPart:
    """A file that WhatsApp does not give; raises the error when it may do so later."""
    if not error.permanent:
        raise error
    return replace(part, failure="too_large" if error.reason == "too_large" else "gone")


def _as_frame(eyes: Eyesight, part: OrderPart, content: bytes) -> OrderPart:
    seen = eyes.matcher.describe(part.sha256, content)
    return replace(part, picture=Picture(eyes.store.put(seen.features), seen.width, seen.height, seen.advice))


def _compared(eyes: Eyesight, part: OrderPart, content: bytes, looked_for: frozenset[str]) -> OrderPart:
    is_video = from_document(Media, part.media).kind is MediaKind.VIDEO
    scores = eyes.matcher.match(content, "video" if is_video else "image", looked_for)
    return replace(part, found=tuple(found_from(score) for score in scores))


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
    item = sending.text(f"reply:{order.key}", order.chat, To.CONTROL, words, now, quote)
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

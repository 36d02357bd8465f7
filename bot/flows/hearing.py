"""What is said in the control chat becomes orders: an album is one, a reaction on a message of ours is one.

A picture's second copy takes the first one's place, and what the bot said itself is no order.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import bursts, members, sending
from bot.flows.linking import ACCOUNT
from bot.i18n import Catalogue
from bot.model.chat import Language, Order, OrderPart, OrderState
from bot.model.document import to_document
from bot.model.event import ContentKind, MessageSeen, Scope
from bot.model.identity import Jid
from bot.model.outbox import Form, SendState, To
from bot.model.outgoing import MARKER, Quote
from storage.query import where
from storage.tables import Tables

#: How long an album's missing pictures are waited for after the newest one.
ALBUM_PATIENCE = timedelta(seconds=20)
#: A picture's second copy comes within this time.
COPIES_WITHIN = timedelta(minutes=10)
#: How long after a send its words are known again.
ECHO = timedelta(minutes=2)
#: How often, and for how long, it is looked whether the message being sent is the one that was reacted to.
SEND_GLANCE, SEND_PATIENCE = timedelta(milliseconds=500), timedelta(seconds=60)
#: Kinds of content that can be an order, or part of one.
_SPOKEN = frozenset(
    {ContentKind.TEXT, ContentKind.IMAGE, ContentKind.VIDEO, ContentKind.DOCUMENT, ContentKind.CARDS, ContentKind.ALBUM}
)


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
    if content.kind not in _SPOKEN or content.text.lstrip().startswith(MARKER) or _is_ours(tables, message, now):
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


def is_early(tables: Tables, order: Order, now: datetime) -> bool:
    """Whether a reaction may be about a message whose id WhatsApp has not told yet.

    A quick finger is faster than WhatsApp's answer to the send.
    """
    is_late = now >= order.received_at + SEND_PATIENCE
    return order.is_reaction and not is_late and not _is_sent(tables, order.quoted) and _is_sending(tables)


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
    """What is said by an emoji on a message of ours is answered there."""
    target = message.content.target
    if message.content.text and (_is_sent(tables, target) or _is_sending(tables)):
        tables.orders.add_once(
            replace(_order(message, speaker, now), message_id=target, quoted=target, is_reaction=True)
        )


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


def _is_ours(tables: Tables, message: MessageSeen, now: datetime) -> bool:
    """The bot's own message came back: it is in the ledger of sent ids, or says what we said there just now.

    It may come before the answer to the send that tells its id, and lose its marker on the way.
    """
    if _is_sent(tables, message.id):
        return True
    words = _unmarked(message.content.text)
    lately = tables.outbox.find(where("sending_at") > to_document(now - ECHO)) if words else []
    return any(
        item.to == message.chat and item.form is not Form.REACTION and _unmarked(item.text) == words for item in lately
    )


def _unmarked(text: str) -> str:
    return text.strip().removeprefix(MARKER).strip()


def _is_sent(tables: Tables, message_id: str) -> bool:
    return tables.outbox.one(where("message_id") == message_id) is not None


def _is_sending(tables: Tables) -> bool:
    return tables.outbox.count(where("state") == SendState.SENDING.value) > 0

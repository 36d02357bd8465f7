"""Everything the bot says goes through one durable outbox: queued, committed as `sending`, then sent, never twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bot.flows import people
from bot.logs import fields
from bot.model.contact import Consent
from bot.model.document import to_document
from bot.model.errors import GatewayError, UnreadableMedia
from bot.model.event import ReceiptKind, ReceiptSeen
from bot.model.identity import Jid
from bot.model.outbox import COUNTED, EarlyReceipt, Form, OutboxItem, Pace, SendState, To
from bot.model.outgoing import Outgoing, Quote, SendDocument, SendEdit, SendImage, SendReaction, SendText, Sent
from bot.model.pacing import DAY, Limits, SendWindow, human_delay
from bot.ports import Matcher
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Waits before a send that failed for a passing reason is tried again; the last one repeats.
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600))
#: A message that failed this often for passing reasons is given up.
MAX_TRIES = 8
#: How many due messages are looked at in one round: bounds the cost of a decision whatever the queue holds.
LOOK_AHEAD = 50
#: How long a receipt waits for its message.
EARLY_FOR = timedelta(hours=1)
#: Name of the fact that starts the warm-up.
LINKED_AT = "linked_at"


def queue(tables: Tables, item: OutboxItem) -> OutboxItem:
    """Put a message into the outbox; the same key twice is the same message."""
    queued, _ = tables.outbox.add_once(item)
    return queued


def text(key: str, to: Jid, audience: To, words: str, now: datetime, quote: Quote | None = None) -> OutboxItem:
    """A text message for the outbox."""
    return OutboxItem(
        id=0,
        key=key,
        to=to,
        audience=audience,
        form=Form.TEXT,
        text=words,
        created_at=now,
        not_before=now,
        quote_id=quote.id if quote else "",
        quote_author=quote.author if quote else None,
        quote_text=quote.text if quote else "",
    )


def reaction(key: str, to: Jid, target: str, author: Jid, emoji: str, now: datetime) -> OutboxItem:
    """An emoji on a message of the control chat."""
    item = text(key, to, To.CONTROL, emoji, now)
    return replace(item, form=Form.REACTION, target=target, target_author=author)


def window(tables: Tables, limits: Limits, now: datetime) -> SendWindow:
    """The sending window, rebuilt from the outbox: the log of sends is the only state of the limits."""
    recent = tables.outbox.find(where("sending_at") > to_document(now - DAY))
    history = [
        (str(item.to), item.audience, item.sending_at)
        for item in recent
        if item.sending_at is not None and item.state in COUNTED
    ]
    return SendWindow(limits, linked_at(tables), history)


def settle_interrupted(tables: Tables, now: datetime) -> list[OutboxItem]:
    """At start: a send that a crash cut off is in doubt for contacts, and repeated only in the control chat."""
    cut_off = tables.outbox.find(where("state") == SendState.SENDING.value)
    for item in cut_off:
        if item.audience is To.CONTROL:
            tables.outbox.save(replace(item, state=SendState.QUEUED, not_before=now))
        else:
            tables.outbox.save(replace(item, state=SendState.IN_DOUBT, failure="interrupted"))
        log.warning("send was interrupted", extra=fields(message=item.id, audience=item.audience))
    return cut_off


def doubt_all_waiting(tables: Tables) -> None:
    """After a restore: what waited for a contact when the backup was made may have gone out since."""
    for state in (SendState.QUEUED, SendState.SENDING):
        for item in tables.outbox.find(where("state") == state.value):
            if item.audience is To.CONTACT:
                tables.outbox.save(replace(item, state=SendState.IN_DOUBT, failure="restored"))


@dataclass(frozen=True)
class Step:
    """What the send lane is to do now: show `typing`, or send the message."""

    item: OutboxItem
    typing: bool


def next_step(tables: Tables, recent: SendWindow, random: Random, now: datetime) -> Step | None:
    """The next message that may go, committed as `sending`; messages over a limit are given their time and wait."""
    for item in _due(tables, now):
        if not _may_be_written_to(tables, item):
            tables.outbox.save(replace(item, state=SendState.FAILED, failure="no_consent"))
            continue
        decision = recent.earliest(str(item.to), item.audience, now)
        if decision.limit is not None:
            _postpone(tables, item, decision.at, f"RATE_LIMIT_EXCEEDED: {decision.limit}")
        elif item.audience is To.CONTACT and not item.paced:
            typing_until = now + human_delay(item.pace, item.text, random)
            return Step(tables.outbox.save(replace(item, paced=True, not_before=typing_until)), typing=True)
        else:
            recent.add(str(item.to), item.audience, now)
            begun = replace(item, state=SendState.SENDING, sending_at=now, tries=item.tries + 1, failure="")
            return Step(tables.outbox.save(begun), typing=False)
    return None


def outgoing(item: OutboxItem, media: MediaStore, matcher: Matcher) -> Outgoing:
    """The act that WhatsApp is asked for; runs in a lane, since evidence is drawn now."""
    quote = Quote(item.quote_id, item.quote_author, item.quote_text) if item.quote_author else None
    match item.form:
        case Form.TEXT:
            return SendText(item.text, quote)
        case Form.IMAGE:
            picture = _picture(item, media, matcher)
            return SendImage(picture, item.mimetype, item.text, quote) if picture else SendText(item.text, quote)
        case Form.DOCUMENT:
            return SendDocument(media.path(item.media_sha256), item.mimetype, item.filename, item.text, quote)
        case Form.REACTION:
            return SendReaction(item.target, item.target_author or item.to, item.text)
        case Form.EDIT:
            return SendEdit(item.target, item.text)


def _picture(item: OutboxItem, media: MediaStore, matcher: Matcher) -> Path | None:
    """The file of an image message; None for evidence whose pictures are no longer kept or cannot be read."""
    if item.evidence is None:
        return media.path(item.media_sha256)
    needed = (item.evidence.found.sha256, item.evidence.media_sha256)
    if not all(map(media.exists, needed)):
        return None
    frame, status = map(media.read, needed)
    try:
        return media.path(media.put(matcher.draw(frame, status, item.evidence)))
    except UnreadableMedia:
        return None


def sent(tables: Tables, item_id: int, answer: Sent) -> None:
    """WhatsApp has the message; receipts that were faster count now."""
    item = tables.outbox.get(item_id)
    if item is None or item.state is not SendState.SENDING:
        return
    item = tables.outbox.save(replace(item, state=SendState.SENT, message_id=answer.id, sent_at=answer.at))
    for early in tables.early_receipts.find(where("message_id") == answer.id, order_by="at"):
        item = _advance(tables, item, early.state, early.at)
        tables.early_receipts.remove(early)


def send_failed(tables: Tables, item_id: int, error: GatewayError, now: datetime) -> None:
    """Settle a failed send: in doubt, given up, or tried again later."""
    item = tables.outbox.get(item_id)
    if item is None or item.state is not SendState.SENDING:
        return
    log.warning("send failed", extra=fields(message=item.id, reason=error.reason))
    if error.in_doubt and item.audience is To.CONTACT:
        tables.outbox.save(replace(item, state=SendState.IN_DOUBT, failure=str(error)))
    elif error.permanent or item.tries >= MAX_TRIES:
        tables.outbox.save(replace(item, state=SendState.FAILED, failure=str(error)))
    else:
        wait = RETRY_AFTER[min(item.tries, len(RETRY_AFTER)) - 1]
        again = replace(item, state=SendState.QUEUED, sending_at=None, not_before=now + wait, failure=str(error))
        tables.outbox.save(again)


def broken(tables: Tables, item_id: int, reference: str) -> None:
    """A bug of ours kept a message from being sent or settled."""
    item = tables.outbox.get(item_id)
    if item is not None and item.state in (SendState.QUEUED, SendState.SENDING):
        tables.outbox.save(replace(item, state=SendState.FAILED, failure=f"fault {reference}"))


_RANK = {SendState.SENT: 1, SendState.DELIVERED: 2, SendState.READ: 3}


def receipt_seen(tables: Tables, receipt: ReceiptSeen) -> None:
    """Advance our messages: delivered, then read. A receipt may be faster than the answer to the send itself."""
    if receipt.kind is ReceiptKind.OTHER:
        return
    state = SendState.DELIVERED if receipt.kind is ReceiptKind.DELIVERED else SendState.READ
    for message_id in receipt.ids:
        item = tables.outbox.one(where("message_id") == message_id)
        if item is not None:
            _advance(tables, item, state, receipt.at)
        else:
            early = EarlyReceipt(0, f"{message_id}:{state}", message_id, state, receipt.at)
            tables.early_receipts.add_once(early)


def forget_receipts(tables: Tables, now: datetime) -> None:
    """Receipts that belong to no message of ours: those of the owner's own writing on other devices."""
    for early in tables.early_receipts.find(where("at") < to_document(now - EARLY_FOR)):
        tables.early_receipts.remove(early)


def _advance(tables: Tables, item: OutboxItem, state: SendState, at: datetime) -> OutboxItem:
    if _RANK.get(item.state, 0) >= _RANK[state]:
        return item
    read_at = at if state is SendState.READ else item.read_at
    return tables.outbox.save(replace(item, state=state, delivered_at=item.delivered_at or at, read_at=read_at))


def _due(tables: Tables, now: datetime) -> list[OutboxItem]:
    """The due messages, those for the control chat first, each audience in the order of their queueing."""
    found: list[OutboxItem] = []
    for audience in (To.CONTROL, To.CONTACT):
        is_due = (
            (where("state") == SendState.QUEUED.value)
            & (where("audience") == audience.value)
            & (where("not_before") <= to_document(now))
        )
        found += tables.outbox.find(is_due, order_by="not_before", limit=LOOK_AHEAD)
    return found


def _postpone(tables: Tables, item: OutboxItem, until: datetime, why: str) -> None:
    tables.outbox.save(replace(item, not_before=until, failure=why))


def _may_be_written_to(tables: Tables, item: OutboxItem) -> bool:
    """Contacts are written to only with consent; the answer to their own word always goes."""
    if item.audience is To.CONTROL or item.pace is Pace.CONFIRMATION:
        return True
    contact = people.contact_of(tables, (item.to,))
    return contact is not None and contact.consent is not Consent.WITHDRAWN


def linked_at(tables: Tables) -> datetime | None:
    linked = tables.facts.number(LINKED_AT)
    return datetime.fromtimestamp(linked / 1000, UTC) if linked else None


"""Everything the bot says goes through one durable outbox: queued, committed as `sending`, then sent, never twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bot.flows import blacklist, receipts
from bot.logs import fields
from bot.model.document import to_document
from bot.model.errors import GatewayError, UnreadableMedia
from bot.model.failures import NO_SIGN, Failure, over
from bot.model.identity import Jid
from bot.model.outbox import Form, OutboxItem, Pace, Refusal, SendState, SendTrouble, To
from bot.model.outgoing import Outgoing, Quote, SendDocument, SendEdit, SendImage, SendReaction, SendText, Sent
from bot.model.pacing import ANYBODY, DAY, Limits, SendWindow
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
#: A message that may not go for the time being is looked at again after this long.
HOLD = timedelta(minutes=10)
#: Who goes first. In each class the messages go in the order of their times.
PRIORITY = (
    (To.CONTROL, tuple(Pace)),
    (To.CONTACT, (Pace.CONFIRMATION,)),
    (To.CONTACT, (Pace.PLAIN,)),
    (To.CONTACT, (Pace.REPORT,)),
    (To.STATUS, tuple(Pace)),
)
#: Names of facts: when the warm-up starts, and how many sends failed since the last success.
LINKED_AT = "linked_at"
FAILURES_IN_A_ROW = "send_failures_in_a_row"


def queue(tables: Tables, item: OutboxItem) -> OutboxItem:
    """Put a message into the outbox; the same key twice is the same message. A blacklisted number gets nothing."""
    if item.audience is To.CONTACT and blacklist.holds(tables, item.to):
        item = replace(item, state=SendState.FAILED, failure=Failure.BLACKLISTED)
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
    """The sending window, rebuilt from the outbox: the log of sends is the only state of the limits.

    Whatever was begun counts, be it sent, in doubt, failed, or waiting to be tried again.
    """
    recent = tables.outbox.find(where("sending_at") > to_document(now - DAY))
    history = [(str(item.to), item.audience, item.sending_at) for item in recent if item.sending_at is not None]
    return SendWindow(limits, linked_at(tables), history)


@dataclass(frozen=True)
class Step:
    """What the send lane is to do now: show `typing`, or send the message."""

    item: OutboxItem
    typing: bool


#: Says why a message may not go, or not now; None when it may.
Gate = Callable[[Tables, OutboxItem, datetime], Refusal | None]


def next_step(
    tables: Tables, recent: SendWindow, gate: Gate, random: Random, now: datetime, *, only_control: bool = False
) -> Step | None:
    """The next message that may go, committed as `sending`; those that may not are settled, or given their time.

    A limit on all numbers holds the whole class back, and no row is touched: the cost does not grow with the queue.
    """
    for audience, paces in PRIORITY:
        if only_control and audience is not To.CONTROL:
            continue
        if audience is not To.CONTROL and recent.is_typing(now):
            continue
        if recent.earliest(ANYBODY, audience, now).limit is not None:
            continue
        for item in _candidates(tables, recent, audience, paces, now):
            step = _step(tables, recent, gate, random, item, now)
            if step is not None:
                return step
    return None


def _step(
    tables: Tables, recent: SendWindow, gate: Gate, random: Random, item: OutboxItem, now: datetime
) -> Step | None:
    refusal = gate(tables, item, now)
    if refusal is not None:
        _refuse(tables, item, refusal, now)
        return None
    decision = recent.earliest(str(item.to), item.audience, now)
    if decision.limit is not None:
        tables.outbox.save(replace(item, not_before=decision.at, failure=over(decision.limit)))
        return None
    if item.audience is To.CONTACT and not item.paced:
        typing_until = now + recent.limits.human_delay(item.pace, item.text, random)
        recent.typing = item.id, typing_until
        return Step(tables.outbox.save(replace(item, paced=True, not_before=typing_until)), typing=True)
    recent.add(str(item.to), item.audience, now)
    begun = replace(item, state=SendState.SENDING, sending_at=now, tries=item.tries + 1, failure="")
    return Step(tables.outbox.save(begun), typing=False)


def _refuse(tables: Tables, item: OutboxItem, refusal: Refusal, now: datetime) -> None:
    if refusal.for_good:
        tables.outbox.save(replace(item, state=SendState.FAILED, failure=refusal.why))
        log.info("message not sent", extra=fields(message=item.id, reason=refusal.why))
    else:
        tables.outbox.save(replace(item, not_before=now + HOLD, failure=refusal.why))


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
        card = item.evidence.card
        return media.path(card) if len(card) == len(needed[0]) and media.exists(card) else None
    frame, status = map(media.read, needed)
    try:
        return media.path(media.put(matcher.draw(frame, status, item.evidence)))
    except UnreadableMedia:
        return None


def sent(tables: Tables, item_id: int, answer: Sent, now: datetime) -> None:
    """WhatsApp has the message; receipts that were faster count now."""
    item = tables.outbox.get(item_id)
    if item is None or item.state is not SendState.SENDING:
        return
    tables.facts.set(FAILURES_IN_A_ROW, 0)
    item = replace(item, state=SendState.SENT, message_id=answer.id, sent_at=answer.at, answered_at=now)
    receipts.catch_up(tables, tables.outbox.save(item))


def send_failed(tables: Tables, item_id: int, error: GatewayError, now: datetime) -> None:
    """Settle a failed send: in doubt, given up, or tried again later."""
    item = tables.outbox.get(item_id)
    if item is None or item.state is not SendState.SENDING:
        return
    log.warning("send failed", extra=fields(message=item.id, reason=error.reason))
    _remember_trouble(tables, error, now)
    if error.in_doubt and item.audience is not To.CONTROL:
        doubt(tables, item, str(error))
    elif error.permanent or item.tries >= MAX_TRIES:
        tables.outbox.save(replace(item, state=SendState.FAILED, failure=str(error)))
    else:
        wait = RETRY_AFTER[min(item.tries, len(RETRY_AFTER)) - 1]
        again = replace(item, state=SendState.QUEUED, not_before=now + wait, failure=str(error))
        tables.outbox.save(again)


def broken(tables: Tables, item_id: int, reference: str) -> None:
    """A bug of ours kept a message from being sent or settled; one under way may have gone out."""
    item = tables.outbox.get(item_id)
    if item is None or item.state not in (SendState.QUEUED, SendState.SENDING):
        return
    why = f"{Failure.FAULT}: {reference}"
    if item.state is SendState.SENDING and item.audience is not To.CONTROL:
        doubt(tables, item, why)
    else:
        tables.outbox.save(replace(item, state=SendState.FAILED, failure=why))


def settle_interrupted(tables: Tables, now: datetime) -> list[OutboxItem]:
    """At start: a send that a crash cut off is in doubt for contacts, and repeated only in the control chat."""
    cut_off = tables.outbox.find(where("state") == SendState.SENDING.value)
    for item in cut_off:
        if item.audience is To.CONTROL:
            tables.outbox.save(replace(item, state=SendState.QUEUED, not_before=now))
        else:
            doubt(tables, item, Failure.INTERRUPTED)
        log.warning("send was interrupted", extra=fields(message=item.id, audience=item.audience))
    return cut_off


def doubt_all_waiting(tables: Tables) -> None:
    """After a restore: what waited for a contact when the backup was made may have gone out since."""
    for state in (SendState.QUEUED, SendState.SENDING):
        for item in tables.outbox.find(where("state") == state.value):
            if item.audience is not To.CONTROL:
                tables.outbox.save(replace(item, state=SendState.IN_DOUBT, failure=Failure.RESTORED))


def doubt(tables: Tables, item: OutboxItem, why: str) -> None:
    """Sent or not, nobody knows; unless a receipt has told already."""
    tables.outbox.save(replace(item, state=SendState.IN_DOUBT, failure=why))
    receipts.settle_doubts(tables)


def _remember_trouble(tables: Tables, error: GatewayError, now: datetime) -> None:
    """Kept for the risk, unless it says nothing about the account."""
    if error.reason not in NO_SIGN:
        tables.facts.set(FAILURES_IN_A_ROW, tables.facts.number(FAILURES_IN_A_ROW) + 1)
        tables.send_troubles.add(SendTrouble(0, now, error.reason, error.permanent))


def _candidates(
    tables: Tables, recent: SendWindow, audience: To, paces: tuple[Pace, ...], now: datetime
) -> Iterator[OutboxItem]:
    """The message that was being typed, and then those that are due; each must be settled before the next is asked."""
    if recent.typing is not None and audience is To.CONTACT:
        typed = tables.outbox.get(recent.typing[0])
        recent.typing = None
        if typed is not None and typed.state is SendState.QUEUED and typed.not_before <= now:
            yield typed
    for _ in range(LOOK_AHEAD):
        item = _next_due(tables, audience, paces, now)
        if item is None:
            return
        yield item


def _next_due(tables: Tables, audience: To, paces: tuple[Pace, ...], now: datetime) -> OutboxItem | None:
    """The due message of a class that has waited longest; one that may not go yet is given a later time."""
    is_due = (
        (where("state") == SendState.QUEUED.value)
        & (where("audience") == audience.value)
        & where("pace").one_of([pace.value for pace in paces])
        & (where("not_before") <= to_document(now))
    )
    return next(iter(tables.outbox.find(is_due, order_by="not_before", limit=1)), None)


def linked_at(tables: Tables) -> datetime | None:
    linked = tables.facts.number(LINKED_AT)
    return datetime.fromtimestamp(linked / 1000, UTC) if linked else None

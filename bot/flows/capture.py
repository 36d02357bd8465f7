"""A contact posts a status: record it once, obtain its media, or say why that failed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.flows import chronicle, outcomes, people
from bot.logs import fields
from bot.model.campaign import pair_key
from bot.model.capture import SETTLED, Capture, CaptureState, Judgement, MissReason, Verdict
from bot.model.chat import say
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.errors import GatewayError
from bot.model.event import ContentKind, Flag, Media, MessageSeen
from bot.model.identity import CaptureId
from bot.ports import Gateway
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: WhatsApp shows a status for a day; what the history sync brings beyond that is no news.
HISTORY_REACH = timedelta(hours=24)
#: Waits between the tries of a download; the last one repeats.
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600))

#: Things said about a status, which are none themselves.
_NO_STATUS = frozenset({ContentKind.REACTION, ContentKind.EDIT})
_WAITS_FOR_MEDIA = {
    ContentKind.KEY_ONLY: MissReason.NEVER_CAME,
    ContentKind.UNDECRYPTABLE: MissReason.UNDECRYPTABLE,
    ContentKind.WITHHELD: MissReason.WITHHELD,
}
#: Misses that the post itself still mends, however late it comes.
_MENDABLE = frozenset(_WAITS_FOR_MEDIA.values())
_REASON_OF_REFUSAL = {
    "expired": MissReason.EXPIRED,
    "too_large": MissReason.TOO_LARGE,
    "corrupt": MissReason.REFUSED,
}


@dataclass(frozen=True)
class Patience:
    """How long a status may take to become readable (settings STATUS_MEDIA_TIMEOUT_MS, MAX_STATUS_RETRIES)."""

    per_try: timedelta
    tries: int
    max_bytes: int

    @property
    def in_all(self) -> timedelta:
        return self.per_try * self.tries


def status_seen(tables: Tables, message: MessageSeen, patience: Patience, now: datetime) -> Capture | None:
    """Record a status of a contact in an active campaign; all others are dropped here and never stored."""
    if message.from_me:
        return None
    contact = people.contact_of(tables, message.authors)
    if contact is None:
        people.park(tables, message, now)
        return None
    people.learn_addresses(tables, contact, message.authors, now)
    if message.content.kind in _NO_STATUS:
        return None
    if message.content.kind is ContentKind.REVOKE:
        return _removed(tables, contact, message, now)
    if not people.campaigns_of(tables, contact, message.sent_at) or _is_old_history(message, now):
        return None
    tables.contacts.save(replace(contact, last_seen_at=_latest(contact.last_seen_at, message.sent_at)))
    fresh = _first_record(contact, message, patience, now)
    capture, created = tables.captures.add_once(fresh)
    if created:
        log.info("status seen", extra=fields(capture=capture.id, kind=capture.kind, state=capture.state))
        return capture
    return _complete(tables, capture, fresh, now)


def due_downloads(tables: Tables, now: datetime, limit: int) -> list[Capture]:
    return _due(tables, CaptureState.TO_FETCH, now, limit)


def due_judgements(tables: Tables, now: datetime, limit: int) -> list[Capture]:
    return _due(tables, CaptureState.TO_JUDGE, now, limit)


def fetch(gateway: Gateway, store: MediaStore, media: Media, patience: Patience) -> str:
    """Download a file into the media store and return its SHA-256; runs in a lane, not in the engine.

    Raises GatewayError; a file announced as larger than the limit is refused before the download.
    """
    if media.size > patience.max_bytes:
        raise GatewayError("too_large", f"{media.size} bytes announced", permanent=True)
    target = store.incoming()
    try:
        gateway.download(media, target, patience.per_try)
        size = target.stat().st_size
        if size > patience.max_bytes:
            raise GatewayError("too_large", f"{size} bytes", permanent=True)
        return store.adopt(target)
    finally:
        target.unlink(missing_ok=True)


def fetched(tables: Tables, capture_id: int, sha256: str, now: datetime) -> None:
    """The media is here: it waits for its judgement."""
    capture = tables.captures.get(capture_id)
    if capture is None or capture.state is not CaptureState.TO_FETCH:
        return
    tables.captures.save(replace(capture, state=CaptureState.TO_JUDGE, media_sha256=sha256, due_at=now))


def fetch_failed(tables: Tables, capture_id: int, error: GatewayError, patience: Patience, now: datetime) -> None:
    """Try again later, or give the media up; being without a connection costs no try."""
    capture = tables.captures.get(capture_id)
    if capture is None or capture.state is not CaptureState.TO_FETCH:
        return
    if error.reason == "not_connected":
        tables.captures.save(replace(capture, due_at=now + RETRY_AFTER[0]))
        return
    tries = capture.tries + 1
    if error.permanent or tries >= patience.tries:
        reason = _REASON_OF_REFUSAL.get(error.reason, MissReason.UNREACHABLE)
        missed(tables, replace(capture, tries=tries), reason, str(error), now)
        return
    wait = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
    tables.captures.save(replace(capture, tries=tries, due_at=now + wait))


def expire_tickets(tables: Tables, now: datetime, limit: int) -> int:
    """Give up the statuses whose media did not come in time; returns how many."""
    overdue = _due(tables, CaptureState.TICKET, now, limit)
    for ticket in overdue:
        missed(tables, ticket, _WAITS_FOR_MEDIA[ticket.kind], "", now)
    return len(overdue)


def missed(tables: Tables, capture: Capture, reason: MissReason, detail: str, now: datetime) -> None:
    """The content could not be obtained: settle the capture and every campaign that waits for it."""
    settled = replace(
        capture, state=CaptureState.NOT_CAPTURED, reason=reason, detail=detail, settled_at=now, due_at=None
    )
    tables.captures.save(settled)
    _settle_misses(tables, settled, now)
    chronicle.note(tables, now, "not_captured", contact=_name(tables, capture), reason=say(f"reason.{reason}"))
    log.info("status not captured", extra=fields(capture=capture.id, reason=reason))


def _first_record(contact: Contact, message: MessageSeen, patience: Patience, now: datetime) -> Capture:
    content = message.content
    state, due_at = CaptureState.OTHER, None
    if content.media is not None and content.kind in (ContentKind.IMAGE, ContentKind.VIDEO):
        state, due_at = CaptureState.TO_FETCH, now
    elif content.kind in _WAITS_FOR_MEDIA:
        state, due_at = CaptureState.TICKET, now + patience.in_all
    return Capture(
        id=CaptureId(0),
        key=pair_key(contact.id, message.id),
        contact_id=contact.id,
        message_id=message.id,
        posted_at=message.sent_at,
        received_at=now,
        kind=content.kind,
        state=state,
        due_at=due_at,
        media=content.media,
        caption=content.text,
        detail=content.text if content.kind is ContentKind.UNKNOWN else "",
        flags=message.flags,
        settled_at=now if state in SETTLED else None,
    )


def _complete(tables: Tables, known: Capture, again: Capture, now: datetime) -> Capture | None:
    """The same status once more: its media closes a ticket, also one given up; else it is a mere repetition."""
    is_late = known.state is CaptureState.NOT_CAPTURED and known.reason in _MENDABLE
    if not (is_late or known.state is CaptureState.TICKET) or again.state is CaptureState.TICKET:
        return None
    if is_late:
        outcomes.withdraw(tables, known, now)
    return tables.captures.save(replace(again, id=known.id, received_at=known.received_at))


def _removed(tables: Tables, contact: Contact, message: MessageSeen, now: datetime) -> Capture | None:
    key = pair_key(contact.id, message.content.target)
    capture = tables.captures.one(where("key") == key)
    if capture is None or capture.removed_at is not None:
        return None
    gone = tables.captures.save(replace(capture, removed_at=message.sent_at))
    outcomes.removed(tables, gone, now)
    return gone


def _settle_misses(tables: Tables, capture: Capture, now: datetime) -> None:
    contact = tables.contacts.get(capture.contact_id)
    for campaign in people.campaigns_of(tables, contact, capture.posted_at) if contact else ():
        outcomes.record(
            tables,
            Judgement(
                id=0,
                key=pair_key(capture.id, campaign.id),
                capture_id=capture.id,
                campaign_id=campaign.id,
                contact_id=capture.contact_id,
                posted_at=capture.posted_at,
                verdict=Verdict.NOT_CAPTURED,
                judged_at=now,
                reason=capture.reason,
            ),
            now,
        )


def _name(tables: Tables, capture: Capture) -> str:
    contact = tables.contacts.get(capture.contact_id)
    return contact.name if contact else ""


def _due(tables: Tables, state: CaptureState, now: datetime, limit: int) -> list[Capture]:
    is_due = (where("state") == state.value) & (where("due_at") <= to_document(now))
    return tables.captures.find(is_due, order_by="due_at", limit=limit)


def _is_old_history(message: MessageSeen, now: datetime) -> bool:
    return Flag.HISTORY in message.flags and message.sent_at < now - HISTORY_REACH


def _latest(known: datetime | None, seen: datetime) -> datetime:
    return seen if known is None else max(known, seen)

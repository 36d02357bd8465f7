"""A contact posts a status: record it once, in whatever copies it comes, or say why its content was not obtained."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.flows import alerts, chronicle, outcomes, people, strangers, twins
from bot.logs import fields
from bot.model import copies
from bot.model.alert import Severity
from bot.model.campaign import pair_key
from bot.model.capture import SETTLED, Capture, CaptureState, MissReason, Verdict
from bot.model.chat import say
from bot.model.contact import Contact
from bot.model.copies import WAITS_FOR_MEDIA
from bot.model.document import to_document
from bot.model.event import ContentKind, Flag, MessageSeen
from bot.model.identity import CaptureId
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: WhatsApp shows a status for a day; what the history sync brings beyond that is no news.
HISTORY_REACH = timedelta(hours=24)

#: Kinds whose text is the name of their protobuf field, not words of the author.
_NAMED = frozenset({ContentKind.OTHER, ContentKind.UNKNOWN})
#: Things said about statuses, which are none themselves; an album's pictures are statuses, its header is not.
_NO_STATUS = frozenset({ContentKind.REACTION, ContentKind.EDIT, ContentKind.REMARK, ContentKind.ALBUM})


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
        strangers.park(tables, message, now)
        return None
    people.learn_addresses(tables, contact, message.authors, now)
    message = twins.of_its_post(tables, contact, message, now)
    if message.content.kind in _NO_STATUS:
        return None
    if message.content.kind is ContentKind.REVOKE:
        return _removed(tables, contact, message, now)
    if not people.campaigns_of(tables, contact, message.sent_at) or _is_old_history(message, now):
        return None
    tables.contacts.save(replace(contact, last_seen_at=_latest(contact.last_seen_at, message.sent_at)))
    fresh = _first_record(contact, message, patience, now)
    capture, created = tables.captures.add_once(fresh)
    if not created:
        return _come_again(tables, capture, fresh, now)
    log.info("status seen", extra=fields(capture=capture.id, kind=capture.kind, state=capture.state))
    _tell_if_unknown(tables, capture, now)
    return capture


def due(tables: Tables, state: CaptureState, now: datetime, limit: int) -> list[Capture]:
    """The captures in a state whose time has come, the longest due first."""
    is_due = (where("state") == state.value) & (where("due_at") <= to_document(now))
    return tables.captures.find(is_due, order_by="due_at", limit=limit)


def due_judgements(tables: Tables, now: datetime, limit: int) -> list[Capture]:
    return due(tables, CaptureState.TO_JUDGE, now, limit)


def expire_tickets(tables: Tables, now: datetime, limit: int) -> int:
    """Give up the statuses whose media did not come in time; returns how many."""
    overdue = due(tables, CaptureState.TICKET, now, limit)
    for ticket in overdue:
        missed(tables, ticket, WAITS_FOR_MEDIA[ticket.kind], "", now)
    return len(overdue)


def missed(tables: Tables, capture: Capture, reason: MissReason, detail: str, now: datetime) -> None:
    """The content could not be obtained: settle the capture and every campaign that waits for it.

    A better copy of a status that was judged already changes nothing; nor does a picture of a mere text. A proof is
    held against nobody: a person looks at it on their phone.
    """
    settled = replace(forgetful(capture), settled_at=now, due_at=None, again_for=None)
    if _has_been_judged(tables, capture):
        stays = CaptureState.NOT_CAPTURED if capture.from_thumbnail else CaptureState.JUDGED
        tables.captures.save(replace(settled, state=stays))
        return
    if Flag.RASTERISED in capture.flags:
        tables.captures.save(replace(settled, state=CaptureState.OTHER, detail=detail))
        return
    lost = replace(settled, state=CaptureState.NOT_CAPTURED, reason=reason, detail=detail)
    tables.captures.save(lost)
    if Flag.PROOF in capture.flags:
        _record_miss(tables, lost, Verdict.REVIEW, now)
        return
    _record_miss(tables, lost, Verdict.NOT_CAPTURED, now)
    chronicle.note(tables, now, "not_captured", contact=_name(tables, capture), reason=say(f"reason.{reason}"))
    log.info("status not captured", extra=fields(capture=capture.id, reason=reason))


def forgetful(capture: Capture) -> Capture:
    """What a settled capture no longer needs is not kept: small pictures, and the way to what may be seen once."""
    if capture.media is None:
        return capture
    media = None if capture.is_view_once else replace(capture.media, thumbnail="")
    return replace(capture, media=media)


def _first_record(contact: Contact, message: MessageSeen, patience: Patience, now: datetime) -> Capture:
    content = message.content
    state, due_at = CaptureState.OTHER, None
    if content.media is not None and content.kind in (ContentKind.IMAGE, ContentKind.VIDEO):
        state, due_at = CaptureState.TO_FETCH, now
    elif content.kind in WAITS_FOR_MEDIA:
        state, due_at = CaptureState.TICKET, now + patience.in_all
    return Capture(
        id=CaptureId(0),
        key=pair_key(contact.id, message.post_id),
        contact_id=contact.id,
        message_id=message.post_id,
        posted_at=message.sent_at,
        received_at=now,
        kind=content.kind,
        state=state,
        due_at=due_at,
        media=content.media,
        caption="" if content.kind in _NAMED else content.text,
        detail=content.text if content.kind in _NAMED else "",
        flags=message.flags,
        settled_at=now if state in SETTLED else None,
    )


def _come_again(tables: Tables, known: Capture, again: Capture, now: datetime) -> Capture | None:
    """The same status once more: late media, another copy, or a mere repetition."""
    after = copies.met(known, again, is_matched=_is_matched(tables, known))
    if after == known:
        return None
    if known.state is CaptureState.NOT_CAPTURED:
        outcomes.withdraw(tables, known, now)
    tables.captures.save(after)
    if after.posted_at != known.posted_at:
        outcomes.removed(tables, after, now)
    _tell_if_unknown(tables, after, now)
    return after


def _removed(tables: Tables, contact: Contact, message: MessageSeen, now: datetime) -> Capture | None:
    """A status was deleted, perhaps before it was ever seen: then the deletion is kept for when it comes."""
    key = pair_key(contact.id, message.content.target)
    capture = tables.captures.one(where("key") == key)
    if capture is None:
        return _deleted_unseen(tables, contact, message, now)
    if capture.removed_at is not None:
        return None
    gone = tables.captures.save(replace(capture, removed_at=message.sent_at))
    outcomes.removed(tables, gone, now)
    return gone


def _deleted_unseen(tables: Tables, contact: Contact, message: MessageSeen, now: datetime) -> Capture | None:
    target = message.content.target
    if not target or not people.campaigns_of(tables, contact, message.sent_at) or _is_old_history(message, now):
        return None
    deletion = Capture(
        id=CaptureId(0),
        key=pair_key(contact.id, target),
        contact_id=contact.id,
        message_id=target,
        posted_at=message.sent_at,
        received_at=now,
        kind=ContentKind.REVOKE,
        state=CaptureState.OTHER,
        flags=message.flags,
        removed_at=message.sent_at,
        settled_at=now,
    )
    return tables.captures.add(deletion)


def _tell_if_unknown(tables: Tables, capture: Capture, now: datetime) -> None:
    """A kind that this version does not know may have shown anything: it is not captured, and told by its name."""
    if capture.kind is ContentKind.UNKNOWN and capture.state is CaptureState.OTHER:
        name = capture.detail
        alerts.happened(tables, now, f"unknown_kind:{name}", Severity.WARNING, name=name)
        missed(tables, capture, MissReason.UNSUPPORTED, name, now)


def _is_matched(tables: Tables, capture: Capture) -> bool:
    is_match = (where("capture_id") == capture.id) & (where("verdict") == Verdict.MATCH.value)
    return tables.judgements.count(is_match) > 0


def _has_been_judged(tables: Tables, capture: Capture) -> bool:
    """Whether something of it was looked at; a proof that could not be opened waits for a person all the same."""
    judgements = tables.judgements.find(where("capture_id") == capture.id)
    is_proof = Flag.PROOF in capture.flags
    return any(each.verdict is not Verdict.NOT_CAPTURED and not (is_proof and each.reason) for each in judgements)


def _record_miss(tables: Tables, capture: Capture, verdict: Verdict, now: datetime) -> None:
    contact = tables.contacts.get(capture.contact_id)
    for campaign in people.campaigns_of(tables, contact, capture.posted_at) if contact else ():
        judgement = outcomes.unseen(capture, campaign.id, verdict, now)
        outcomes.record(tables, replace(judgement, reason=capture.reason), now)


def _name(tables: Tables, capture: Capture) -> str:
    contact = tables.contacts.get(capture.contact_id)
    return contact.name if contact else ""


def _is_old_history(message: MessageSeen, now: datetime) -> bool:
    return Flag.HISTORY in message.flags and message.sent_at < now - HISTORY_REACH


def _latest(known: datetime | None, seen: datetime) -> datetime:
    return seen if known is None else max(known, seen)

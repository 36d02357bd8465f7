"""Proof: a picture that the owner or a contact offers, instead of a status that was seen. A person decides about it."""

from __future__ import annotations

from datetime import datetime

from bot.flows import chronicle, judging, outcomes, people, proof_notices
from bot.i18n import Catalogue
from bot.model.campaign import Campaign, pair_key
from bot.model.capture import Capture, CaptureState, Judgement, Verdict
from bot.model.chat import Language, OrderPart
from bot.model.contact import Contact
from bot.model.document import from_document
from bot.model.event import ContentKind, Flag, Media, MessageSeen
from bot.model.identity import CaptureId
from bot.model.matching import Thresholds
from storage.query import where
from storage.tables import Tables


def offered(
    tables: Tables, catalogue: Catalogue, language: Language, contact: Contact, message: MessageSeen, now: datetime
) -> bool:
    """A contact sent a picture with their own word: it is fetched and compared like a status, and then reviewed.

    The owner is told, in this language. Returns whether any campaign looks at the contact.
    """
    content = message.content
    if content.media is None or not people.campaigns_of(tables, contact, message.sent_at):
        return False
    capture = _capture(contact, message.id, content.kind, content.media, message.sent_at, now)
    kept, is_new = tables.captures.add_once(capture)
    if is_new:
        chronicle.note(tables, now, "proof", contact=contact.name)
        proof_notices.tell(tables, catalogue, language, kept, now)
    return True


def given(
    tables: Tables, contact: Contact, campaign: Campaign, part: OrderPart, default: Thresholds, now: datetime
) -> Judgement:
    """The owner sent a picture as proof for a contact; `part` has been compared with the frames already."""
    media = from_document(Media, part.media)
    fresh = _capture(contact, part.message_id, ContentKind(media.kind.value), media, now, now, part.sha256)
    capture, _ = tables.captures.add_once(fresh)
    judgement = _judgement(tables, capture, campaign, part, default, now)
    outcomes.record(tables, judgement, now)
    kept = tables.judgements.one(where("key") == judgement.key)
    assert kept is not None
    return kept


def _capture(
    contact: Contact, message_id: str, kind: ContentKind, media: Media, sent_at: datetime, now: datetime,
    sha256: str = "",
) -> Capture:  # fmt: skip
    """The record of a proof: with its file it waits for nothing more."""
    number = f"proof-{message_id}"
    is_here = bool(sha256)
    return Capture(
        id=CaptureId(0),
        key=pair_key(contact.id, number),
        contact_id=contact.id,
        message_id=number,
        posted_at=sent_at,
        received_at=now,
        kind=kind,
        state=CaptureState.JUDGED if is_here else CaptureState.TO_FETCH,
        due_at=None if is_here else now,
        media=media,
        media_sha256=sha256,
        flags=frozenset({Flag.PROOF}),
        settled_at=now if is_here else None,
    )


def _judgement(
    tables: Tables, capture: Capture, campaign: Campaign, part: OrderPart, default: Thresholds, now: datetime
) -> Judgement:
    frame_ids = {frame.sha256: frame.id for frame in judging.frames_of(tables, campaign)}
    judgement = outcomes.unseen(capture, campaign.id, Verdict.REVIEW, now)
    judgement = judging.with_found(judgement, part.found or (), frame_ids)
    return judging.in_bands(judgement, capture, judging.bands_of(campaign, default))

"""Evidence cards: before the media of a match is deleted, frame and status are drawn side by side and kept.

The card stays as long as the result; the status itself does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.i18n import Catalogue
from bot.model.capture import Judgement, Verdict
from bot.model.chat import Evidence, Found, Language, say
from bot.model.document import to_document
from bot.model.errors import UnreadableMedia
from bot.model.event import ContentKind
from bot.model.privacy import Keeping
from bot.ports import Matcher
from storage.errors import MissingFile
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

#: Cards are drawn so long before their media goes: a bot that is off for a day loses none.
AHEAD = timedelta(days=1)
#: Stands for a card that cannot be drawn: the media was gone or cannot be read.
NONE = "-"


@dataclass(frozen=True)
class Wanted:
    """A card that is to be drawn, with all that a lane needs."""

    judgement: int
    evidence: Evidence


def due(
    tables: Tables, catalogue: Catalogue, language: Language, keeping: Keeping, now: datetime, limit: int
) -> list[Wanted]:
    """The next cards to draw, of the oldest matches first."""
    old = where("posted_at") < to_document(now - max(keeping.matching - AHEAD, timedelta()))
    query = (where("verdict") == Verdict.MATCH.value) & (where("card") == "") & old
    found = tables.judgements.find(query, order_by="posted_at", limit=limit)
    return [Wanted(each.id, _evidence(tables, catalogue, language, each)) for each in found]


def draw(wanted: Wanted, media: MediaStore, matcher: Matcher) -> str:
    """The SHA-256 of the card in the media store; runs in a lane."""
    try:
        frame, status = media.read(wanted.evidence.found.sha256), media.read(wanted.evidence.media_sha256)
        return media.put(matcher.draw(frame, status, wanted.evidence))
    except (MissingFile, UnreadableMedia, ValueError):
        return NONE


def drawn(tables: Tables, judgement_id: int, card: str) -> None:
    judgement = tables.judgements.get(judgement_id)
    if judgement is not None:
        tables.judgements.save(replace(judgement, card=card))


def _evidence(tables: Tables, catalogue: Catalogue, language: Language, judgement: Judgement) -> Evidence:
    frame = tables.frames.get(judgement.frame_id) if judgement.frame_id is not None else None
    capture, contact = tables.captures.get(judgement.capture_id), tables.contacts.get(judgement.contact_id)
    campaign = tables.campaigns.get(judgement.campaign_id)
    facts: Mapping[str, object] = {
        "contact": contact.name if contact else "?", "campaign": campaign.name if campaign else "?",
        "score": judgement.score, "at": judgement.posted_at,
    }  # fmt: skip
    line = catalogue.render(say("card.line", **facts), language)
    found = Found(frame.sha256 if frame else "", judgement.score, judgement.quad, judgement.at_second)
    is_video = capture is not None and capture.kind is ContentKind.VIDEO
    return Evidence(found, capture.media_sha256 if capture else "", is_video, judgement.verdict, (line,), judgement.id)

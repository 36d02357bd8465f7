"""The evidence for a judgement: frame and status side by side."""

from __future__ import annotations

from bot.model.capture import Judgement
from bot.model.chat import Evidence, Found, Phrase, say
from bot.model.contact import Contact
from bot.model.event import ContentKind
from commands.declaration import Ask


def evidence_of(ask: Ask, judgement: Judgement | None, contact: Contact, lines: tuple[Phrase, ...]) -> Evidence | None:
    """None when there is nothing to show."""
    if judgement is None or judgement.frame_id is None:
        return None
    frame, capture = ask.tables.frames.get(judgement.frame_id), ask.tables.captures.get(judgement.capture_id)
    if frame is None or capture is None or not capture.media_sha256:
        return None
    found = Found(frame.sha256, judgement.score, judgement.quad, judgement.at_second)
    on_picture = (*lines, say("why.number", phone=contact.phone))
    is_video = capture.kind is ContentKind.VIDEO
    return Evidence(found, capture.media_sha256, is_video, judgement.verdict, on_picture, judgement.id, judgement.card)

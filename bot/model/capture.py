"""A capture: our record of one seen status, from the first sign of it to its judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.event import ContentKind, Flag, Media
from bot.model.identity import CampaignId, CaptureId, ContactId, FrameId


class CaptureState(StrEnum):
    TICKET = "ticket"  #: seen without its media; waits until `due_at` for it to arrive
    TO_FETCH = "to_fetch"  #: the media is to be downloaded at `due_at`
    TO_JUDGE = "to_judge"  #: the media is here and waits to be compared
    JUDGED = "judged"
    NOT_CAPTURED = "not_captured"  #: the content could not be obtained: see `reason`
    OTHER = "other"  #: text, audio and the like: recorded, no reason for anything


#: States in which nothing more happens to a capture.
SETTLED = frozenset({CaptureState.JUDGED, CaptureState.NOT_CAPTURED, CaptureState.OTHER})


class MissReason(StrEnum):
    """Why the content of a status could not be obtained."""

    UNDECRYPTABLE = "undecryptable"
    NEVER_CAME = "never_came"  #: only the sender key came, the post itself never did
    WITHHELD = "withheld"  #: view-once or otherwise not given to linked devices
    EXPIRED = "expired"  #: WhatsApp no longer has the media
    REFUSED = "refused"  #: WhatsApp refused or garbled the media
    UNREACHABLE = "unreachable"  #: the download failed again and again
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"  #: downloaded, but no picture or video that can be read
    UNSUPPORTED = "unsupported"  #: a kind of status that this version does not know; `detail` is its name
    HOSTILE = "hostile"  #: reading it hung or crashed the decoder
    FAULT = "fault"  #: a bug of ours; `detail` is its reference


@dataclass(frozen=True)
class Capture:
    id: CaptureId
    key: str  #: `contact:message id`: one status is one capture, whatever is delivered again or under another address
    contact_id: ContactId
    message_id: str
    posted_at: datetime
    received_at: datetime
    kind: ContentKind
    state: CaptureState
    due_at: datetime | None = None  #: next step not before (TO_FETCH), or given up at (TICKET)
    tries: int = 0  #: downloads tried
    media: Media | None = None
    spare: Media | None = None  #: another copy of the same post, for when the first fails, or is worse and no match
    media_sha256: str = ""  #: in the media store, once fetched; empty for what may be seen once
    from_thumbnail: bool = False  #: the file is only the small picture inside the message: `reason` says why
    compared_with: str = ""  #: digest of the frames that it was judged by
    caption: str = ""
    reason: MissReason | None = None
    detail: str = ""
    flags: frozenset[Flag] = frozenset()
    removed_at: datetime | None = None  #: deleted by its author
    settled_at: datetime | None = None
    again_for: CampaignId | None = None  #: judged once more for this campaign alone

    @property
    def is_view_once(self) -> bool:
        """Such a status is judged in memory and leaves no file."""
        return Flag.VIEW_ONCE in self.flags


@dataclass(frozen=True)
class Copy:
    """A message that is another copy of a post: whatever else comes under its id is about that post."""

    id: int
    key: str  #: `contact:message id` of the copy
    post_id: str  #: message id of the post
    seen_at: datetime


class Verdict(StrEnum):
    """What the comparison of one status with one campaign's frames says."""

    MATCH = "match"
    REVIEW = "review"  #: between sure yes and sure no: a person decides
    NO_MATCH = "no_match"
    NOT_CAPTURED = "not_captured"


@dataclass(frozen=True)
class FrameScore:
    """How well one frame was found in a status."""

    frame_id: FrameId
    score: float  #: 0-100


@dataclass(frozen=True)
class Judgement:
    """One capture compared with one campaign."""

    id: int
    key: str  #: `capture:campaign`
    capture_id: CaptureId
    campaign_id: CampaignId
    contact_id: ContactId
    posted_at: datetime
    verdict: Verdict
    judged_at: datetime
    frame_id: FrameId | None = None
    score: float = 0.0  #: of the best frame, 0-100
    at_second: float | None = None  #: where in a video
    quad: tuple[tuple[float, float], ...] = ()  #: corners of the frame in the status, pixels
    reason: MissReason | None = None
    scores: tuple[FrameScore, ...] = ()  #: of every frame that was found, the best first
    matched: tuple[FrameId, ...] = ()  #: the frames that are surely shown
    due_at: datetime | None = None  #: when the passing of time alone changes what it comes to
    decided_by: str = ""  #: the person who settled it; the matcher never overrules them
    decided_at: datetime | None = None
    card: str = ""  #: SHA-256 of the drawn evidence, which outlives the status's media; `-`: none can be drawn

"""A status with its media is compared with the frames of every campaign that looks at its author."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows import capture as capturing
from bot.flows import outcomes, people
from bot.logs import fields
from bot.model.campaign import Campaign, CampaignState, Frame, pair_key
from bot.model.capture import Capture, CaptureState, FrameScore, Judgement, MissReason, Verdict
from bot.model.chat import Found
from bot.model.errors import UnreadableMedia
from bot.model.event import ContentKind
from bot.model.identity import CampaignId, FrameId
from bot.model.matching import Thresholds, verdict_of
from bot.ports import Matcher, Score
from storage.errors import MissingFile
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: So many frames of a campaign are kept with a judgement: a video can show many.
MOST_SCORES = 50
_REASON_OF_ERROR = {"too_large": MissReason.TOO_LARGE, "hostile": MissReason.HOSTILE}


@dataclass(frozen=True)
class Question:
    """What the match lane is asked: one capture against the frames of some campaigns."""

    capture: Capture
    frames: tuple[Frame, ...]

    @property
    def pictures(self) -> frozenset[str]:
        """SHA-256 of each picture to look for."""
        return frozenset(frame.sha256 for frame in self.frames)

    def of_campaign(self) -> dict[CampaignId, dict[str, FrameId]]:
        """For each campaign, which frame a picture is."""
        found: dict[CampaignId, dict[str, FrameId]] = {}
        for frame in self.frames:
            found.setdefault(frame.campaign_id, {})[frame.sha256] = frame.id
        return found


def question(tables: Tables, capture: Capture) -> Question:
    """The frames that a capture is to be compared with."""
    contact = tables.contacts.get(capture.contact_id)
    campaigns = people.campaigns_of(tables, contact, capture.posted_at) if contact else []
    return Question(capture, tuple(frame for campaign in campaigns for frame in frames_of(tables, campaign)))


def compare(matcher: Matcher, store: MediaStore, asked: Question) -> Sequence[Score]:
    """Ask the matcher; runs in a lane. Raises UnreadableMedia."""
    media = store.read(asked.capture.media_sha256)
    is_video = asked.capture.kind is ContentKind.VIDEO
    return matcher.match(media, "video" if is_video else "image", asked.pictures)


def judged(tables: Tables, asked: Question, scores: Sequence[Score], thresholds: Thresholds, now: datetime) -> None:
    """Settle the capture: one judgement for each campaign, by its best frame."""
    capture = tables.captures.get(asked.capture.id)
    if capture is None or capture.state is not CaptureState.TO_JUDGE:
        return
    for campaign_id, frame_ids in asked.of_campaign().items():
        found = sorted((s for s in scores if s.frame_id in frame_ids), key=lambda s: s.score, reverse=True)
        bands = bands_of(tables.campaigns.need(campaign_id), thresholds)
        judgement = _judgement(capture, campaign_id, frame_ids, found, bands, now)
        outcomes.record(tables, judgement, now)
        told = fields(
            capture=capture.id, campaign=campaign_id, verdict=judgement.verdict, score=round(judgement.score, 1)
        )
        log.info("status judged", extra=told)
    tables.captures.save(replace(capture, state=CaptureState.JUDGED, settled_at=now, due_at=None))


def unreadable(tables: Tables, asked: Question, error: UnreadableMedia, now: datetime) -> None:
    """The media is here but holds nothing that can be looked at."""
    capture = tables.captures.get(asked.capture.id)
    if capture is not None and capture.state is CaptureState.TO_JUDGE:
        reason = _REASON_OF_ERROR.get(error.reason, MissReason.UNREADABLE)
        capturing.missed(tables, capture, reason, str(error), now)


def frames_of(tables: Tables, campaign: Campaign) -> list[Frame]:
    return [frame for frame in tables.frames.find(where("campaign_id") == campaign.id) if frame.enabled]


def bands_of(campaign: Campaign, default: Thresholds) -> Thresholds:
    """The bands of a campaign: it may move those of the settings."""
    yes = default.yes if campaign.match_yes is None else campaign.match_yes
    review = default.review if campaign.match_review is None else campaign.match_review
    return Thresholds(yes, min(review, yes))


def found_from(score: Score) -> Found:
    """A score as a value that can be kept."""
    quad = () if score.quad is None else tuple((float(x), float(y)) for x, y in score.quad)
    return Found(score.frame_id, float(score.score), quad, score.time)


class Gallery:
    """Keeps the matcher looking for the pictures of the active campaigns; loads stored features, computes nothing."""

    def __init__(self, tables: Tables, store: MediaStore, matcher: Matcher) -> None:
        self._tables, self._store, self._matcher = tables, store, matcher
        self._loaded: set[str] = set()
        self._seen: tuple[int, int] | None = None

    def refresh(self) -> None:
        """Add and remove what changed since the last call; costs nothing when no frame or campaign did."""
        now = (self._tables.frames.version, self._tables.campaigns.version)
        if now == self._seen:
            return
        wanted = self._wanted()
        for sha256 in self._loaded - wanted.keys():
            self._matcher.remove(sha256)
        for sha256 in wanted.keys() - self._loaded:
            self._load(wanted[sha256])
        self._loaded = set(wanted)
        self._seen = now

    def _load(self, frame: Frame) -> None:
        """Look for a frame by its stored features; lost or made by another version, they are made anew."""
        try:
            self._matcher.load(frame.sha256, self._store.read(frame.features))
        except (MissingFile, UnreadableMedia):
            self._read_again(frame)

    def _read_again(self, frame: Frame) -> None:
        try:
            seen = self._matcher.describe(frame.sha256, self._store.read(frame.sha256))
        except (MissingFile, UnreadableMedia) as error:
            log.error("a frame is lost and no longer looked for", extra=fields(frame=frame.id, error=error))
            self._tables.frames.save(replace(frame, enabled=False))
        else:
            self._tables.frames.save(replace(frame, features=self._store.put(seen.features)))

    @property
    def pictures(self) -> frozenset[str]:
        """SHA-256 of every picture that is looked for."""
        return frozenset(self._loaded)

    def described(self, pictures: Iterable[str]) -> None:
        """The matcher looks for these too, since it described them; the next refresh drops those not wanted."""
        self._loaded.update(pictures)
        self._seen = None

    def _wanted(self) -> dict[str, Frame]:
        active = self._tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
        return {frame.sha256: frame for campaign in active for frame in frames_of(self._tables, campaign)}


def _judgement(
    capture: Capture,
    campaign_id: CampaignId,
    frame_ids: Mapping[str, FrameId],
    found: Sequence[Score],
    thresholds: Thresholds,
    now: datetime,
) -> Judgement:
    """What was found of a campaign in a status, the best first."""
    best = found_from(found[0]) if found else None
    scores = tuple(FrameScore(frame_ids[score.frame_id], float(score.score)) for score in found[:MOST_SCORES])
    return Judgement(
        id=0,
        key=pair_key(capture.id, campaign_id),
        capture_id=capture.id,
        campaign_id=campaign_id,
        contact_id=capture.contact_id,
        posted_at=capture.posted_at,
        verdict=verdict_of(best.score, thresholds) if best else Verdict.NO_MATCH,
        judged_at=now,
        frame_id=scores[0].frame_id if scores else None,
        score=best.score if best else 0.0,
        at_second=best.at_second if best else None,
        quad=best.quad if best else (),
        scores=scores,
        matched=matched(scores, thresholds),
    )


def matched(scores: Iterable[FrameScore], thresholds: Thresholds) -> tuple[FrameId, ...]:
    """The frames that are surely shown."""
    return tuple(each.frame_id for each in scores if verdict_of(each.score, thresholds) is Verdict.MATCH)

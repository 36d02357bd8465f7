"""A status with its media is compared with the frames of every campaign that looks at its author."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows import capture as capturing
from bot.flows import fetching, outcomes, people
from bot.flows.capture import Patience
from bot.flows.looking import SURE, Sought, look
from bot.logs import fields
from bot.model import copies
from bot.model.campaign import Campaign, Frame
from bot.model.capture import Capture, CaptureState, FrameScore, Judgement, MissReason, Verdict
from bot.model.chat import Found
from bot.model.errors import UnreadableMedia
from bot.model.event import ContentKind, Flag
from bot.model.identity import CampaignId, FrameId
from bot.model.matching import Thresholds, verdict_of
from bot.ports import Gateway, Matcher, Score
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
    sought: tuple[Sought, ...]  #: the same for the matcher, campaign by campaign

    @property
    def is_video(self) -> bool:
        """Whether there is a video to look at: the small picture inside a message is none."""
        return self.capture.kind is ContentKind.VIDEO and not self.capture.from_thumbnail

    @property
    def digest(self) -> str:
        """Stands for the frames: the same file asked about by the same digest gets the same answer.

        How far a video is watched depends on what settles each campaign, too.
        """
        named = sorted(f"{frame.campaign_id}:{frame.id}:{frame.sha256}" for frame in self.frames)
        if self.is_video:
            named += [f"{each.sure:g} {each.every_one}" for each in self.sought]
        return hashlib.sha256("\n".join(named).encode()).hexdigest()[:24]

    def of_campaign(self) -> dict[CampaignId, dict[str, FrameId]]:
        """For each campaign, which frame a picture is."""
        found: dict[CampaignId, dict[str, FrameId]] = {}
        for frame in self.frames:
            found.setdefault(frame.campaign_id, {})[frame.sha256] = frame.id
        return found


def question(tables: Tables, capture: Capture, default: Thresholds) -> Question:
    """The frames that a capture is to be compared with."""
    contact = tables.contacts.get(capture.contact_id)
    campaigns = people.campaigns_of(tables, contact, capture.posted_at) if contact else []
    if capture.again_for is not None:
        campaigns = [campaign for campaign in campaigns if campaign.id == capture.again_for]
    frames = tuple(frame for campaign in campaigns for frame in frames_of(tables, campaign))
    return Question(capture, frames, tuple(sought_by(tables, campaign, default) for campaign in campaigns))


def sought_by(tables: Tables, campaign: Campaign, default: Thresholds) -> Sought:
    """What a campaign looks for."""
    pictures = frozenset(frame.sha256 for frame in frames_of(tables, campaign))
    return Sought(pictures, max(SURE, bands_of(campaign, default).yes), campaign.rules.all_frames)


def compare(matcher: Matcher, store: MediaStore, asked: Question) -> Sequence[Score]:
    """Ask the matcher; runs in a lane. Raises UnreadableMedia."""
    try:
        media = store.read(asked.capture.media_sha256)
    except MissingFile as error:
        raise UnreadableMedia("lost", str(error)) from None
    return look(matcher, media, asked.sought, is_video=asked.is_video)


def glance(gateway: Gateway, matcher: Matcher, asked: Question, patience: Patience) -> Sequence[Score]:
    """Download and compare a status that may be seen once, in one go and in memory; runs in a lane.

    Raises GatewayError or UnreadableMedia.
    """
    assert asked.capture.media is not None
    media = fetching.view(gateway, asked.capture.media, patience)
    return look(matcher, media, asked.sought, is_video=asked.is_video)


def judged(tables: Tables, asked: Question, scores: Sequence[Score], thresholds: Thresholds, now: datetime) -> None:
    """Settle the capture: one judgement for each campaign, by its best frame."""
    capture = _waiting(tables, asked)
    if capture is None:
        return
    found = {
        campaign_id: _judgement(tables, capture, campaign_id, frame_ids, scores, thresholds, now)
        for campaign_id, frame_ids in asked.of_campaign().items()
        if tables.campaigns.get(campaign_id) is not None  # it may have been deleted meanwhile
    }
    settle(tables, replace(capture, compared_with=asked.digest), list(found.values()), now)


def settle(tables: Tables, capture: Capture, judgements: Sequence[Judgement], now: datetime) -> None:
    """Record what the comparison of a status came to; a better copy of it is looked at next if nothing matched."""
    counted = _counted(capture, judgements)
    for judgement in counted:
        outcomes.record(tables, judgement, now)
        told = fields(capture=capture.id, campaign=judgement.campaign_id, verdict=judgement.verdict,
                      score=round(judgement.score, 1))  # fmt: skip
        log.info("status judged", extra=told)
    is_matched = any(judgement.verdict is Verdict.MATCH for judgement in counted)
    better = None if is_matched else copies.next_copy(capture, now, only_better=not capture.from_thumbnail)
    if better is not None:
        tables.captures.save(better)
        return
    state = _state(capture, judgements, counted)
    settled = replace(capturing.forgetful(capture), state=state, settled_at=now, due_at=None, again_for=None)
    tables.captures.save(settled)


def unreadable(tables: Tables, asked: Question, error: UnreadableMedia, now: datetime) -> None:
    """The media is here but holds nothing that can be looked at."""
    capture = _waiting(tables, asked)
    if capture is None:
        return
    spare = copies.next_copy(capture, now)
    if spare is not None:
        tables.captures.save(spare)
    elif capture.from_thumbnail and capture.reason is not None:
        capturing.missed(tables, capture, capture.reason, capture.detail, now)
    else:
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


def _waiting(tables: Tables, asked: Question) -> Capture | None:
    """The capture, if it still waits for this answer."""
    capture = tables.captures.get(asked.capture.id)
    if capture is None:
        return None
    awaits = CaptureState.TO_FETCH if capture.is_view_once else CaptureState.TO_JUDGE
    return capture if capture.state is awaits else None


def _counted(capture: Capture, judgements: Sequence[Judgement]) -> list[Judgement]:
    """A picture that WhatsApp made of a mere text is no reason for `incumple`; a proof is for what it resembles."""
    if Flag.PROOF in capture.flags:
        return [judgement for judgement in judgements if judgement.score] or list(judgements)
    is_text = Flag.RASTERISED in capture.flags
    return [judgement for judgement in judgements if judgement.verdict is not Verdict.NO_MATCH or not is_text]


def _state(capture: Capture, judgements: Sequence[Judgement], counted: Sequence[Judgement]) -> CaptureState:
    if capture.from_thumbnail:
        return CaptureState.NOT_CAPTURED
    return CaptureState.OTHER if judgements and not counted else CaptureState.JUDGED


def _judgement(
    tables: Tables,
    capture: Capture,
    campaign_id: CampaignId,
    frame_ids: Mapping[str, FrameId],
    scores: Sequence[Score],
    thresholds: Thresholds,
    now: datetime,
) -> Judgement:
    bands = bands_of(tables.campaigns.need(campaign_id), thresholds)
    found = [found_from(score) for score in scores if score.frame_id in frame_ids]
    return in_bands(
        with_found(outcomes.unseen(capture, campaign_id, Verdict.NO_MATCH, now), found, frame_ids), capture, bands
    )


def with_found(judgement: Judgement, found: Iterable[Found], frame_ids: Mapping[str, FrameId]) -> Judgement:
    """What was found of a campaign's frames in a status, the best first."""
    best_first = sorted((each for each in found if each.sha256 in frame_ids), key=lambda each: -each.score)
    if not best_first:
        return judgement
    best = best_first[0]
    scores = tuple(FrameScore(frame_ids[each.sha256], each.score) for each in best_first[:MOST_SCORES])
    return replace(
        judgement,
        frame_id=scores[0].frame_id,
        score=best.score,
        at_second=best.at_second,
        quad=best.quad,
        scores=scores,
    )


def in_bands(judgement: Judgement, capture: Capture, bands: Thresholds) -> Judgement:
    """A judgement with what its scores mean.

    From the small picture alone nobody complies, and nobody fails; what was sent as proof is for a person to judge.
    """
    if Flag.PROOF in capture.flags:
        return replace(judgement, verdict=Verdict.REVIEW, matched=matched(judgement.scores, bands))
    verdict = verdict_of(judgement.score, bands)
    if not capture.from_thumbnail:
        return replace(judgement, verdict=verdict, matched=matched(judgement.scores, bands), reason=None)
    weak = Verdict.NOT_CAPTURED if verdict is Verdict.NO_MATCH else Verdict.REVIEW
    return replace(judgement, verdict=weak, matched=(), reason=capture.reason)


def matched(scores: Iterable[FrameScore], thresholds: Thresholds) -> tuple[FrameId, ...]:
    """The frames that are surely shown."""
    return tuple(each.frame_id for each in scores if verdict_of(each.score, thresholds) is Verdict.MATCH)

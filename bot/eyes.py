"""The matcher in the project's own terms: pictures by their SHA-256, catalogue keys for advice, one error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, cast

from bot.model.capture import Verdict
from bot.model.chat import Advice, Evidence
from bot.model.errors import UnreadableMedia
from bot.ports import Description, Enough, Score
from bot.vision import Band, Decoder, Matcher, MatchScore, MediaError, evidence_picture
from bot.vision.decode import read_header
from bot.vision.verification import Quad

#: What scores less resembles a frame no more than anything does; it would only make an odd sentence.
LEAST_SCORE = 1.0
_BANDS = {
    Verdict.MATCH: Band.YES,
    Verdict.REVIEW: Band.REVIEW,
    Verdict.NO_MATCH: Band.NO,
    Verdict.NOT_CAPTURED: Band.NO,
}


class Eyes:
    """ports.Matcher over bot.vision."""

    def __init__(self, matcher: Matcher, decoder: Decoder) -> None:
        self._matcher, self._decoder = matcher, decoder

    def describe(self, sha256: str, picture: bytes) -> Description:
        try:
            header = read_header(picture)
            told = self._matcher.add(sha256, picture)
        except MediaError as error:
            raise _unreadable(error) from error
        advice = tuple(Advice(str(remark.kind.value), remark.other_id or "") for remark in told)
        return Description(self._matcher.features(sha256), header.width, header.height, advice)

    def load(self, sha256: str, features: bytes) -> None:
        try:
            self._matcher.add_features(sha256, features)
        except MediaError as error:
            raise _unreadable(error) from error

    def remove(self, sha256: str) -> None:
        self._matcher.remove(sha256)

    def match(
        self, media: bytes, kind: Literal["image", "video"], among: Collection[str], enough: Enough
    ) -> Sequence[Score]:
        try:
            scores = self._matcher.match(media, kind, among, enough)
        except MediaError as error:
            raise _unreadable(error) from error
        return [score for score in scores if score.score >= LEAST_SCORE]

    def draw(self, frame: bytes, media: bytes, evidence: Evidence) -> bytes:
        found = evidence.found
        corners = tuple((x, y) for x, y in found.quad)
        match = MatchScore(found.sha256, found.score, cast(Quad, corners) if corners else None, found.at_second)
        kind: Literal["image", "video"] = "video" if evidence.is_video else "image"
        verdict = _BANDS[evidence.verdict]
        try:
            return evidence_picture(frame, media, kind, match, evidence.lines, verdict=verdict, decoder=self._decoder)
        except MediaError as error:
            raise _unreadable(error) from error


def _unreadable(error: MediaError) -> UnreadableMedia:
    return UnreadableMedia(str(error.reason.value), error.detail)

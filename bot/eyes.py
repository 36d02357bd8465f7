"""The matcher in the project's own terms: pictures by their SHA-256, catalogue keys for advice, one error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from bot.model.chat import Advice
from bot.model.errors import UnreadableMedia
from bot.ports import Description, Score
from bot.vision import Matcher, MediaError
from bot.vision.decode import read_header


class Eyes:
    """ports.Matcher over bot.vision."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def describe(self, sha256: str, picture: bytes) -> Description:
        try:
            header = read_header(picture)
            told = self._matcher.add(sha256, picture)
        except MediaError as error:
            raise _unreadable(error) from error
        advice = tuple(Advice(str(remark.kind.value), remark.other_id or "") for remark in told)
        return Description(self._matcher.features(sha256), header.width, header.height, advice)

    def load(self, sha256: str, features: bytes) -> None:
        self._matcher.add_features(sha256, features)

    def remove(self, sha256: str) -> None:
        self._matcher.remove(sha256)

    def match(self, media: bytes, kind: Literal["image", "video"], among: Collection[str]) -> Sequence[Score]:
        try:
            return self._matcher.match(media, kind, among=among)
        except MediaError as error:
            raise _unreadable(error) from error


def _unreadable(error: MediaError) -> UnreadableMedia:
    return UnreadableMedia(str(error.reason.value), error.detail)

"""The matcher in the project's own terms: numbers for frame ids, catalogue keys for advice, one error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.model.chat import Advice
from bot.model.errors import UnreadableMedia
from bot.ports import Description, Score
from bot.vision import Matcher, MediaError


class Eyes:
    """ports.Matcher over bot.vision."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def load(self, frame_id: str, features: bytes) -> None:
        self._matcher.add_features(frame_id, features)

    def remove(self, frame_id: str) -> None:
        self._matcher.remove(frame_id)

    def describe(self, picture: bytes) -> Description:
        try:
            seen = self._matcher.describe(picture)
        except MediaError as error:
            raise _unreadable(error) from error
        advice = tuple(Advice(kind=str(hint.kind), frame_id=_number(hint.frame_id)) for hint in seen.advice)
        return Description(seen.features, seen.width, seen.height, advice)

    def match(self, media: bytes, kind: str, among: Collection[str]) -> Sequence[Score]:
        try:
            return self._matcher.match(media, kind, among=among)
        except MediaError as error:
            raise _unreadable(error) from error


def _unreadable(error: MediaError) -> UnreadableMedia:
    return UnreadableMedia(str(error.reason.value), str(error))


def _number(frame_id: Any) -> int | None:
    return int(frame_id) if frame_id is not None else None

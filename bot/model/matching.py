"""Policy over the matcher's score: sure yes, sure no, and the band in between that a person reviews."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.capture import Verdict


@dataclass(frozen=True)
class Thresholds:
    """Scores 0-100: from `yes` on it is a match; from `review` on a person decides."""

    yes: float
    review: float


def verdict_of(score: float, thresholds: Thresholds) -> Verdict:
    if score >= thresholds.yes:
        return Verdict.MATCH
    return Verdict.REVIEW if score >= thresholds.review else Verdict.NO_MATCH

"""Scores of all pairs, and what they say: recall where nothing wrong passes, per class, and what review catches."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.dataset import HARD_NEGATIVE, NEGATIVE, POSITIVE, Benchmark
from bench.matchers import MAKERS
from bot.vision import DEFAULT_THRESHOLDS

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """How a matcher did on labelled pairs."""

    #: The highest score of a negative pair: a positive must exceed it to count at zero false positives.
    highest_negative: float
    recall_at_zero: float
    #: Recall where one negative pair in a thousand passes.
    recall_at_permille: float
    #: Recall at zero false positives of each class.
    per_class: dict[str, float]


def score_all(name: str, frames: Sequence[bytes], media: Sequence[bytes], kind: str) -> Scores:
    """(media, frames): the scores that the matcher of this name gives, worked out on all cores."""
    with multiprocessing.Pool(os.cpu_count(), _start, (name, frames)) as pool:
        return np.stack(pool.map(_score, [(kind, item) for item in media], chunksize=8))


def judge(scores: Scores, labels: NDArray[np.int8], classes: Sequence[str]) -> Outcome:
    """Compare scores with labels of the same shape."""
    is_positive = labels == POSITIVE
    negatives, positives = scores[_negative(labels)], scores[is_positive]
    highest = float(negatives.max())
    class_of = np.repeat(np.array(classes)[:, None], labels.shape[1], axis=1)[is_positive]
    return Outcome(
        highest_negative=highest,
        recall_at_zero=float((positives > highest).mean()),
        recall_at_permille=float((positives > np.quantile(negatives, 0.999)).mean()),
        per_class={name: float((positives[class_of == name] > highest).mean()) for name in sorted(set(class_of))},
    )


@dataclass(frozen=True)
class Bands:
    """What the default thresholds do."""

    recall: float
    false_positives: int
    #: Share of the positives missed at zero false positives that a person gets to see.
    missed_in_review: float
    #: Share of negative pairs, and of statuses without any frame, that bother a person for nothing.
    negative_pairs_in_review: float
    negative_statuses_in_review: float


def bands(scores: Scores, labels: NDArray[np.int8]) -> Bands:
    """What would be decided at the default thresholds."""
    yes, review = DEFAULT_THRESHOLDS.yes, DEFAULT_THRESHOLDS.review
    positives, negatives = scores[labels == POSITIVE], scores[_negative(labels)]
    missed = positives[positives <= negatives.max()]
    strangers = np.all((labels == NEGATIVE) | (labels == HARD_NEGATIVE), axis=1)
    best = scores[strangers].max(axis=1)
    return Bands(
        recall=float((positives >= yes).mean()),
        false_positives=int((negatives >= yes).sum()),
        missed_in_review=float((missed >= review).mean()) if len(missed) else 1.0,
        negative_pairs_in_review=float(((negatives >= review) & (negatives < yes)).mean()),
        negative_statuses_in_review=float(((best >= review) & (best < yes)).mean()),
    )


def curve(scores: Scores, labels: NDArray[np.int8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall and precision at every score of a positive pair."""
    positives, negatives = np.sort(scores[labels == POSITIVE])[::-1], np.sort(scores[_negative(labels)])
    wrong = len(negatives) - np.searchsorted(negatives, positives, side="left")
    right = np.arange(1, len(positives) + 1)
    return right / len(positives), right / (right + wrong)


def benchmark_scores(name: str, benchmark: Benchmark) -> Scores:
    """Scores of all statuses against all frames."""
    return score_all(name, benchmark.frames, benchmark.statuses, "image")


def _negative(labels: NDArray[np.int8]) -> NDArray[np.bool_]:
    return np.isin(labels, (NEGATIVE, HARD_NEGATIVE))


#: The one matcher of a worker process.
_matchers: list[Any] = []


def _start(name: str, frames: Sequence[bytes]) -> None:
    _matchers.append(MAKERS[name](frames))


def _score(item: tuple[str, bytes]) -> Scores:
    kind, media = item
    scores: Scores = getattr(_matchers[0], kind)(media)
    return scores

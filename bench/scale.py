"""The search for candidates among more and more frames: how long it takes, and whether it still finds the right one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.crowd import crowd
from bench.dataset import POSITIVE, Benchmark
from bench.timing import median_milliseconds
from bot.vision import DEFAULT_THRESHOLDS
from bot.vision.candidates import find_candidates, shortlist
from bot.vision.decode import Picture, decode_image, shrink
from bot.vision.features import FRAME_SIDE, Features, extract
from bot.vision.frame import Frame, make_frame
from bot.vision.index import FrameIndex
from bot.vision.matcher import IMAGE_LOOK
from bot.vision.verification import Suspect, verify

#: Numbers of frames, and descriptors of a status in the measurement of time.
FRAME_COUNTS = (10, 100, 1000, 10_000)
TIMED_DESCRIPTORS = 1500
#: Statuses that are timed, and that are searched for.
TIMED, SOUGHT = 100, 500
#: Frames that are removed at the end.
REMOVED = 100


@dataclass(frozen=True)
class Search:
    """The search for candidates among so many frames."""

    frames: int
    #: CPU time of one search.
    milliseconds: float
    #: Share of the statuses recognised by comparing with the right frame whose search has it among those to compare
    #: with; None with fewer frames than the benchmark's own.
    found: float | None
    #: Frames that are compared with, on average.
    verified: float
    #: Memory of the index, per frame with its mirror image.
    kilobytes: float
    #: CPU time to add all of them, and the longest that one took.
    seconds_to_fill: float
    slowest_milliseconds: float
    #: CPU time to remove one, and the longest that one took.
    removal_milliseconds: float
    slowest_removal_milliseconds: float


@dataclass(frozen=True)
class _Sought:
    """A status that its frame is recognised in by direct comparison."""

    features: Features
    frame_id: str


def time_search(benchmark: Benchmark) -> list[Search]:
    """Search among the benchmark's frames, dispersed in a crowd of others."""
    own = [make_frame(shrink(decode_image(frame, IMAGE_LOOK.side).pixels, FRAME_SIDE)) for frame in benchmark.frames]
    others = crowd(benchmark.sources, max(FRAME_COUNTS))
    sought = _sought(benchmark, own)
    return [_search(count, own, others, sought) for count in FRAME_COUNTS]


def _sought(benchmark: Benchmark, own: Sequence[Frame]) -> list[_Sought]:
    """Statuses of frames that share no picture with the crowd, evenly spread, in which the frame is recognised."""
    rows, frames = np.nonzero((benchmark.labels == POSITIVE) & benchmark.alone)
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(SOUGHT, len(rows))).astype(int))
    sought = []
    for row, frame in zip(rows[chosen], frames[chosen], strict=True):
        features, picture = _features(benchmark.statuses[row])
        if _shows(own[frame], features, picture):
            sought.append(_Sought(features, str(frame)))
    return sought


def _features(status: bytes) -> tuple[Features, Picture]:
    picture = decode_image(status, IMAGE_LOOK.side)
    return extract(picture.pixels, IMAGE_LOOK.features), picture


def _shows(frame: Frame, status: Features, picture: Picture) -> bool:
    suspects = (
        Suspect("", mirrored, features, frame.aligned(), None)
        for mirrored, features in ((False, frame.plain), (True, frame.mirror))
    )
    return any(verify(suspect, status, picture).score >= DEFAULT_THRESHOLDS.yes for suspect in suspects)


def _search(count: int, own: Sequence[Frame], others: Sequence[Frame], sought: Sequence[_Sought]) -> Search:
    frames = [(str(number), frame) for number, frame in enumerate(own)] if count >= len(own) else []
    frames += [(f"other {number}", frame) for number, frame in enumerate(others[: count - len(frames)])]
    index, order = FrameIndex(), np.random.default_rng(0).permutation(count)
    additions = [_cost(partial(index.add, frames[at][0], frames[at][1].plain, frames[at][1].mirror)) for at in order]
    lists = [shortlist(find_candidates(index, one.features), IMAGE_LOOK.candidates, count) for one in sought]
    is_found = [one.frame_id in {each.frame_id for each in found} for one, found in zip(sought, lists, strict=True)]
    timed = [_some(one.features) for one in sought[:: max(1, len(sought) // TIMED)]]
    milliseconds = median_milliseconds(lambda features: find_candidates(index, features), timed)
    kilobytes = index.nbytes / count / 1000
    removals = [_cost(partial(index.remove, frames[at][0])) for at in order[:REMOVED]]
    return Search(
        frames=count,
        milliseconds=milliseconds,
        found=float(np.mean(is_found)) if count >= len(own) else None,
        verified=float(np.mean([len(found) for found in lists])),
        kilobytes=kilobytes,
        seconds_to_fill=sum(additions) / 1000,
        slowest_milliseconds=max(additions),
        removal_milliseconds=float(np.median(removals)),
        slowest_removal_milliseconds=max(removals),
    )


def _cost(work: Callable[[], None]) -> float:
    """The milliseconds of CPU time that it takes."""
    start = time.thread_time()
    work()
    return 1000 * (time.thread_time() - start)


def _some(found: Features) -> Features:
    """As many features of a status as the measurement asks for, taken evenly."""
    chosen = np.unique(np.linspace(0, max(0, len(found) - 1), min(TIMED_DESCRIPTORS, len(found))).astype(np.intp))
    return Features(found.keypoints.at(chosen), found.descriptors[chosen], found.shape)

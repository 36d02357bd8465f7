"""How long the matchers take, on one core: an image, and a second of video."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import av
import numpy as np

from bench.dataset import Benchmark
from bench.matchers import MAKERS
from bot.vision import InProcessDecoder, Matcher
from bot.vision.matcher import VIDEO_LOOK

#: Statuses that are timed, evenly spread.
TIMED = 120
#: How often each of them is timed.
ROUNDS = 3

_Item = TypeVar("_Item")


def time_matchers(benchmark: Benchmark) -> dict[str, float]:
    """For each matcher the milliseconds of CPU time that one image takes from bytes, against all frames."""
    statuses = evenly(benchmark.statuses)
    return {name: median_milliseconds(make(benchmark.frames).image, statuses) for name, make in MAKERS.items()}


def evenly(statuses: Sequence[bytes]) -> Sequence[bytes]:
    """The statuses that are timed."""
    return statuses[:: max(1, len(statuses) // TIMED)]


@dataclass(frozen=True)
class VideoCost:
    """Milliseconds of CPU per second of video."""

    full_decode: float
    sampling: float
    matching: float


def time_videos(benchmark: Benchmark) -> VideoCost:
    """CPU time of all videos together: decoding every picture, sampling alone, and matching with its early end."""
    matcher, decoder = Matcher(), InProcessDecoder()
    for number, frame in enumerate(benchmark.frames):
        matcher.add(str(number), frame)
    seconds = sum(_duration(video) for video in benchmark.videos)

    def cost(work: Callable[[bytes], object]) -> float:
        start = time.process_time()
        for video in benchmark.videos:
            work(video)
        return (time.process_time() - start) / seconds * 1000

    return VideoCost(
        full_decode=cost(_decode_all),
        sampling=cost(lambda video: list(decoder.video(video, VIDEO_LOOK.side))),
        matching=cost(lambda video: matcher.match(video, "video")),
    )


def median_milliseconds(work: Callable[[_Item], object], items: Sequence[_Item]) -> float:
    """The median CPU time of this thread."""
    return float(np.median(least_milliseconds(items, work)[0]))


def least_milliseconds(
    items: Sequence[_Item], *works: Callable[[_Item], object], clock: Callable[[], float] = time.thread_time
) -> list[list[float]]:
    """For each work the milliseconds that each item takes: the least of some rounds, in which the works take turns.

    To that the machine's other business adds nothing. A first round, which is not counted, warms all up.
    """
    times = np.empty((ROUNDS + 1, len(works), len(items)))
    for in_round in times:
        for column, item in enumerate(items):
            for row, work in enumerate(works):
                start = clock()
                work(item)
                in_round[row, column] = 1000 * (clock() - start)
    least: list[list[float]] = times[1:].min(axis=0).tolist()
    return least


def _duration(video: bytes) -> float:
    with av.open(io.BytesIO(video)) as container:
        stream = container.streams.video[0]
        return float((stream.duration or 0) * (stream.time_base or 0))


def _decode_all(video: bytes) -> int:
    with av.open(io.BytesIO(video), mode="r") as container:
        container.streams.video[0].codec_context.thread_count = 1
        return len(list(container.decode(container.streams.video[0])))

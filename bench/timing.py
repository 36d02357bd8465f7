"""How long things take, on one core: the stages of a match, and a second of video."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import av
import numpy as np

from bench.dataset import Benchmark
from bot.vision import InProcessDecoder, Matcher, SandboxedDecoder
from bot.vision.decode import decode_image
from bot.vision.features import extract
from bot.vision.matcher import IMAGE_LOOK, VIDEO_LOOK

#: Statuses that are timed, evenly spread.
TIMED = 120

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Stages:
    """Medians in milliseconds of CPU time for one image against ten frames."""

    decode: float
    extract: float
    whole: float
    #: What decoding in another process adds, by the clock on the wall.
    sandbox: float


def time_stages(benchmark: Benchmark) -> Stages:
    """Time one image against ten frames, from bytes."""
    matcher = Matcher()
    for number, frame in enumerate(benchmark.frames[:10]):
        matcher.add(str(number), frame)
    statuses = benchmark.statuses[:: max(1, len(benchmark.statuses) // TIMED)]
    pixels = [decode_image(status, IMAGE_LOOK.side).pixels for status in statuses]
    here, sandbox = InProcessDecoder(), SandboxedDecoder(processes=1)
    sandbox.image(statuses[0], IMAGE_LOOK.side)
    decode_there = median_milliseconds(lambda one: sandbox.image(one, IMAGE_LOOK.side), statuses, time.perf_counter)
    decode_here = median_milliseconds(lambda one: here.image(one, IMAGE_LOOK.side), statuses, time.perf_counter)
    stages = Stages(
        decode=median_milliseconds(lambda status: here.image(status, IMAGE_LOOK.side), statuses),
        extract=median_milliseconds(lambda grey: extract(grey, IMAGE_LOOK.features), pixels),
        whole=median_milliseconds(lambda status: matcher.match(status, "image"), statuses),
        sandbox=decode_there - decode_here,
    )
    sandbox.close()
    return stages


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


def median_milliseconds(
    work: Callable[[_Item], object], items: Sequence[_Item], clock: Callable[[], float] = time.thread_time
) -> float:
    """The median time in milliseconds, after a warm-up: CPU time of this thread unless another clock is given."""
    for item in items[:5]:
        work(item)
    times = []
    for item in items:
        start = clock()
        work(item)
        times.append(clock() - start)
    return float(np.median(times)) * 1000


def _duration(video: bytes) -> float:
    with av.open(io.BytesIO(video)) as container:
        stream = container.streams.video[0]
        return float((stream.duration or 0) * (stream.time_base or 0))


def _decode_all(video: bytes) -> int:
    with av.open(io.BytesIO(video), mode="r") as container:
        container.streams.video[0].codec_context.thread_count = 1
        return len(list(container.decode(container.streams.video[0])))

"""How long things take, on one core: the stages of a match, the search among many frames, and a second of video."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import av
import numpy as np

from bench.dataset import Benchmark, cache_folder
from bot.vision import InProcessDecoder, Matcher, SandboxedDecoder
from bot.vision.candidates import find_candidates
from bot.vision.decode import decode_image, shrink
from bot.vision.features import FRAME_SIDE, Features, extract
from bot.vision.frame import BLOB_VERSION, Frame, make_frame
from bot.vision.index import FrameIndex
from bot.vision.matcher import IMAGE_LOOK, VIDEO_LOOK

#: Statuses that are timed, evenly spread.
TIMED = 120
#: Features of a status in the measurement of the search, and the numbers of frames.
SEARCH_FEATURES = 1500
FRAME_COUNTS = (10, 100, 1000, 10_000)

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Stages:
    """Medians in milliseconds for one image against ten frames."""

    decode: float
    extract: float
    whole: float
    #: What decoding in another process adds.
    sandbox: float


@dataclass(frozen=True)
class Search:
    """The search for candidates among so many frames."""

    frames: int
    milliseconds: float
    #: Memory of the index, per frame with its mirror image.
    kilobytes: float
    #: Seconds to add all of them.
    seconds_to_fill: float


def time_stages(benchmark: Benchmark) -> Stages:
    """Time one image against ten frames, from bytes."""
    matcher = Matcher()
    for number, frame in enumerate(benchmark.frames[:10]):
        matcher.add(str(number), frame)
    statuses = benchmark.statuses[:: max(1, len(benchmark.statuses) // TIMED)]
    pixels = [decode_image(status, IMAGE_LOOK.side).pixels for status in statuses]
    here, sandbox = InProcessDecoder(), SandboxedDecoder(processes=1)
    sandbox.image(statuses[0], IMAGE_LOOK.side)
    decode = _median(lambda status: here.image(status, IMAGE_LOOK.side), statuses)
    stages = Stages(
        decode=decode,
        extract=_median(lambda grey: extract(grey, IMAGE_LOOK.features), pixels),
        whole=_median(lambda status: matcher.match(status, "image"), statuses),
        sandbox=_median(lambda status: sandbox.image(status, IMAGE_LOOK.side), statuses) - decode,
    )
    sandbox.close()
    return stages


def time_search(benchmark: Benchmark) -> list[Search]:
    """Time the search for candidates among more and more frames, cut from the benchmark's pictures."""
    frames = _many_frames(benchmark.sources, max(FRAME_COUNTS))
    queries = [_first_features(status) for status in benchmark.statuses[:: max(1, len(benchmark.statuses) // TIMED)]]
    measured = []
    for count in FRAME_COUNTS:
        index = FrameIndex()
        start = time.perf_counter()
        for number, frame in enumerate(frames[:count]):
            index.add(str(number), frame.plain, frame.mirror)
        seconds = time.perf_counter() - start
        milliseconds = _median(partial(find_candidates, index), queries)
        measured.append(Search(count, milliseconds, index.nbytes / count / 1000, seconds))
    return measured


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


def _median(work: Callable[[_Item], object], items: Sequence[_Item]) -> float:
    """The median time in milliseconds, after a warm-up."""
    for item in items[:5]:
        work(item)
    times = []
    for item in items:
        start = time.perf_counter()
        work(item)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1000


def _first_features(status: bytes) -> Features:
    """As many features of a status as the measurement asks for, taken evenly."""
    found = extract(decode_image(status, IMAGE_LOOK.side).pixels, IMAGE_LOOK.features)
    chosen = np.unique(np.linspace(0, max(0, len(found) - 1), min(SEARCH_FEATURES, len(found))).astype(np.intp))
    return Features(found.keypoints.at(chosen), found.descriptors[chosen], found.shape)


def _many_frames(sources: Sequence[Path], count: int) -> list[Frame]:
    """Frames cut from pictures at random places, kept in the cache."""
    cached = cache_folder() / f"frames-{len(sources)}-{count}-v{BLOB_VERSION}.pickle"
    if not cached.exists():
        with multiprocessing.Pool(os.cpu_count()) as pool:
            jobs = [(sources[number % len(sources)], number) for number in range(count)]
            cached.write_bytes(pickle.dumps(pool.map(_cut, jobs, chunksize=50)))
    frames: list[Frame] = pickle.loads(cached.read_bytes())
    return frames


def _cut(job: tuple[Path, int]) -> Frame:
    source, number = job
    random = np.random.default_rng(number)
    pixels = decode_image(source.read_bytes(), 900).pixels
    height, width = (max(64, int(side * random.uniform(0.35, 0.8))) for side in pixels.shape)
    top = int(random.integers(0, max(1, pixels.shape[0] - height)))
    left = int(random.integers(0, max(1, pixels.shape[1] - width)))
    piece = np.ascontiguousarray(pixels[top : top + height, left : left + width])
    return make_frame(shrink(piece, FRAME_SIDE))


def _duration(video: bytes) -> float:
    with av.open(io.BytesIO(video)) as container:
        stream = container.streams.video[0]
        return float((stream.duration or 0) * (stream.time_base or 0))


def _decode_all(video: bytes) -> int:
    with av.open(io.BytesIO(video), mode="r") as container:
        container.streams.video[0].codec_context.thread_count = 1
        return len(list(container.decode(container.streams.video[0])))

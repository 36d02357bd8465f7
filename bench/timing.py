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
from bench.matchers import MAKERS
from bot.vision import InProcessDecoder, Matcher, SandboxedDecoder
from bot.vision.candidates import find_candidates, shortlist
from bot.vision.correspondence import correspond
from bot.vision.decode import Picture, decode_image
from bot.vision.features import FRAME_SIDE, Features, extract
from bot.vision.frame import make_frame
from bot.vision.geometry import place
from bot.vision.index import FrameIndex
from bot.vision.matcher import IMAGE_LOOK, VIDEO_LOOK
from bot.vision.verification import Suspect, verify

#: Statuses that are timed, evenly spread, and frames that they are compared with stage by stage.
TIMED = 120
FRAMES = 10
#: How often each status is timed where one figure is the difference of two.
ROUNDS = 3

_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Stages:
    """Milliseconds of CPU time for one image against FRAMES frames; medians where nothing else is said."""

    decode: float
    extract: float
    search: float
    #: All candidates of a status, mostly none that it shows: finding where they would lie in it, and comparing them
    #: there tile by tile. Means, since few statuses come as far.
    place: float
    compare: float
    whole: float
    #: Decoding here and in another process, by the clock on the wall.
    decode_here: float
    decode_there: float


def time_stages(benchmark: Benchmark) -> Stages:
    """Time one image against a few frames, from bytes, and each stage on its own."""
    matcher, decoder = Matcher(), InProcessDecoder()
    for number, frame in enumerate(benchmark.frames[:FRAMES]):
        matcher.add(str(number), frame)
    statuses = _evenly(benchmark.statuses)
    pictures = [decode_image(status, IMAGE_LOOK.side) for status in statuses]
    search, cases = _cases(benchmark, pictures)
    here, there = _time_sandbox(statuses)
    placing, both = (mean_of_least_milliseconds(work, cases) for work in (_place, _verify))
    return Stages(
        decode=median_milliseconds(lambda status: decoder.image(status, IMAGE_LOOK.side), statuses),
        extract=median_milliseconds(lambda picture: extract(picture.pixels, IMAGE_LOOK.features), pictures),
        search=search,
        place=placing,
        compare=both - placing,
        whole=median_milliseconds(lambda status: matcher.match(status, "image"), statuses),
        decode_here=here,
        decode_there=there,
    )


def time_matchers(benchmark: Benchmark) -> dict[str, float]:
    """For each matcher the milliseconds of CPU time that one image takes from bytes, against all frames."""
    statuses = _evenly(benchmark.statuses)
    return {name: median_milliseconds(make(benchmark.frames).image, statuses) for name, make in MAKERS.items()}


@dataclass(frozen=True)
class _Case:
    """A status and the candidates that are looked for in it."""

    picture: Picture
    features: Features
    suspects: Sequence[Suspect]


def _cases(benchmark: Benchmark, pictures: Sequence[Picture]) -> tuple[float, list[_Case]]:
    """The median time of a search, and what is verified after each."""
    index = FrameIndex()
    frames = [make_frame(decode_image(frame, FRAME_SIDE).pixels) for frame in benchmark.frames[:FRAMES]]
    for number, frame in enumerate(frames):
        index.add(str(number), frame.plain, frame.mirror)
    aligned = [frame.aligned() for frame in frames]

    def suspects(features: Features) -> list[Suspect]:
        found = shortlist(find_candidates(index, features), IMAGE_LOOK.candidates, FRAMES)
        return [
            Suspect(
                candidate.frame_id,
                candidate.mirrored,
                index.features(candidate.frame_id, mirror=candidate.mirrored),
                aligned[int(candidate.frame_id)],
                None,
            )
            for candidate in found
        ]

    features = [extract(picture.pixels, IMAGE_LOOK.features) for picture in pictures]
    cases = [_Case(picture, each, suspects(each)) for picture, each in zip(pictures, features, strict=True)]
    return median_milliseconds(suspects, features), cases


def _place(case: _Case) -> None:
    for suspect in case.suspects:
        place(suspect.features, case.features, correspond(suspect.features, case.features))


def _verify(case: _Case) -> None:
    for suspect in case.suspects:
        verify(suspect, case.features, case.picture)


def _time_sandbox(statuses: Sequence[bytes]) -> tuple[float, float]:
    """Decoding here and in another process, by the clock on the wall."""
    here, sandbox = InProcessDecoder(), SandboxedDecoder(processes=1)
    sandbox.image(statuses[0], IMAGE_LOOK.side)
    there_takes = median_milliseconds(lambda one: sandbox.image(one, IMAGE_LOOK.side), statuses, time.perf_counter)
    here_takes = median_milliseconds(lambda one: here.image(one, IMAGE_LOOK.side), statuses, time.perf_counter)
    sandbox.close()
    return here_takes, there_takes


def _evenly(statuses: Sequence[bytes]) -> Sequence[bytes]:
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


def median_milliseconds(
    work: Callable[[_Item], object], items: Sequence[_Item], clock: Callable[[], float] = time.thread_time
) -> float:
    """The median time in milliseconds: CPU time of this thread unless another clock is given."""
    return float(np.median(_times(work, items, clock)))


def mean_of_least_milliseconds(work: Callable[[_Item], object], items: Sequence[_Item]) -> float:
    """The mean CPU time of this thread, in milliseconds; of each item the least of some rounds, which noise leaves."""
    rounds = [_times(work, items, time.thread_time) for _ in range(ROUNDS)]
    return float(np.mean(np.min(rounds, axis=0)))


def _times(work: Callable[[_Item], object], items: Sequence[_Item], clock: Callable[[], float]) -> list[float]:
    """The milliseconds that each item takes, after a warm-up."""
    for item in items[:5]:
        work(item)
    times = []
    for item in items:
        start = clock()
        work(item)
        times.append(1000 * (clock() - start))
    return times


def _duration(video: bytes) -> float:
    with av.open(io.BytesIO(video)) as container:
        stream = container.streams.video[0]
        return float((stream.duration or 0) * (stream.time_base or 0))


def _decode_all(video: bytes) -> int:
    with av.open(io.BytesIO(video), mode="r") as container:
        container.streams.video[0].codec_context.thread_count = 1
        return len(list(container.decode(container.streams.video[0])))

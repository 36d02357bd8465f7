"""How long the stages of a match take, side by side in the same rounds, so that their ratios mean something."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bench.dataset import Benchmark
from bench.timing import evenly, least_milliseconds
from bot.vision import InProcessDecoder, Matcher, SandboxedDecoder
from bot.vision.candidates import find_candidates, shortlist
from bot.vision.correspondence import correspond
from bot.vision.decode import Picture, decode_image
from bot.vision.features import FRAME_SIDE, Features, extract
from bot.vision.frame import make_frame
from bot.vision.geometry import Placement, place
from bot.vision.index import FrameIndex
from bot.vision.matcher import IMAGE_LOOK
from bot.vision.photometric import compare
from bot.vision.score import score
from bot.vision.verification import Suspect

#: Frames that a status is compared with.
FRAMES = 10


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
    matcher, decoder, sandbox = Matcher(), InProcessDecoder(), SandboxedDecoder(processes=1)
    for number, frame in enumerate(benchmark.frames[:FRAMES]):
        matcher.add(str(number), frame)
    shelf = _Shelf(benchmark.frames[:FRAMES])
    cases = [_Case(status, shelf) for status in evenly(benchmark.statuses)]
    decode, extraction, search, placing, comparison, whole = least_milliseconds(
        cases,
        lambda case: decoder.image(case.status, IMAGE_LOOK.side),
        lambda case: extract(case.picture.pixels, IMAGE_LOOK.features),
        lambda case: shelf.suspects(case.features),
        lambda case: case.placed(),
        _compare,
        lambda case: matcher.match(case.status, "image"),
    )
    here, there = least_milliseconds(
        cases,
        lambda case: decoder.image(case.status, IMAGE_LOOK.side),
        lambda case: sandbox.image(case.status, IMAGE_LOOK.side),
        clock=time.perf_counter,
    )
    sandbox.close()
    return Stages(
        decode=float(np.median(decode)),
        extract=float(np.median(extraction)),
        search=float(np.median(search)),
        place=float(np.mean(placing)),
        compare=float(np.mean(comparison)),
        whole=float(np.median(whole)),
        decode_here=float(np.median(here)),
        decode_there=float(np.median(there)),
    )


class _Shelf:
    """Some frames in an index, as the matcher keeps them."""

    def __init__(self, images: Sequence[bytes]) -> None:
        self._index = FrameIndex()
        frames = [make_frame(decode_image(image, FRAME_SIDE).pixels) for image in images]
        for number, frame in enumerate(frames):
            self._index.add(str(number), frame.plain, frame.mirror)
        self._aligned = [frame.aligned() for frame in frames]

    def suspects(self, features: Features) -> list[Suspect]:
        """What would be verified in a status with these features."""
        found = shortlist(find_candidates(self._index, features), IMAGE_LOOK.candidates, len(self._aligned))
        return [
            Suspect(
                candidate.frame_id,
                candidate.mirrored,
                self._index.features(candidate.frame_id, mirror=candidate.mirrored),
                self._aligned[int(candidate.frame_id)],
                None,
            )
            for candidate in found
        ]


class _Case:
    """A status, and what the stages make of it."""

    def __init__(self, status: bytes, shelf: _Shelf) -> None:
        self.status, self._shelf = status, shelf

    @cached_property
    def picture(self) -> Picture:
        return decode_image(self.status, IMAGE_LOOK.side)

    @cached_property
    def features(self) -> Features:
        return extract(self.picture.pixels, IMAGE_LOOK.features)

    @cached_property
    def suspects(self) -> list[Suspect]:
        return self._shelf.suspects(self.features)

    @cached_property
    def placements(self) -> list[tuple[Suspect, Placement]]:
        return self.placed()

    def placed(self) -> list[tuple[Suspect, Placement]]:
        """Where each suspect may lie in the status."""
        return [
            (suspect, placement)
            for suspect in self.suspects
            for placement in place(suspect.features, self.features, correspond(suspect.features, self.features))
        ]


def _compare(case: _Case) -> None:
    for suspect, placement in case.placements:
        agreement = compare(suspect.aligned, case.picture.pixels, placement.homography)
        score(suspect.aligned, agreement, suspect.discount, mirrored=suspect.mirrored)

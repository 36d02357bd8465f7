"""The public seam: frames go in, a status's bytes go in, and out comes which frames it shows, how surely and where."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Literal

import cv2

from bot.vision.advice import Advice, advice_on_detail, advice_on_sibling
from bot.vision.candidates import Candidate, find_candidates, shortlist
from bot.vision.decode import Picture, enlarge, shrink
from bot.vision.decoders import Decoder, InProcessDecoder
from bot.vision.errors import MediaError
from bot.vision.features import FRAME_SIDE, Features, extract
from bot.vision.frame import Frame, from_blob, make_frame, to_blob
from bot.vision.index import FrameIndex
from bot.vision.likeness import FEW_FEATURES, Thumbnail, likeness_score, thumbnail
from bot.vision.photometric import Aligned
from bot.vision.score import DEFAULT_THRESHOLDS
from bot.vision.siblings import Sibling, SiblingMap, tiles_shared
from bot.vision.verification import MatchScore, Suspect, verify

Kind = Literal["image", "video"]


@dataclass(frozen=True, slots=True)
class Look:
    """How closely a status is looked at: a frame may fill a small part of it, and overlaid text takes features too."""

    #: Longest side when its features are taken, in pixels.
    side: int
    #: Features kept of it.
    features: int
    #: Candidates that are verified at most among up to 128 frames (each costs about 2 ms); one more for each doubling.
    candidates: int


#: An image is all there is to see of a status.
IMAGE_LOOK = Look(side=900, features=4000, candidates=6)
#: Of a video many pictures are looked at, and most frames are in several of them.
VIDEO_LOOK = Look(side=640, features=2000, candidates=4)
#: A status smaller than this is enlarged: of 8 photographs at 72 or 100 pixels none was found as it is, and all 8 so.
LEAST_SIDE = 320
#: Candidates of a new frame that are looked at as its siblings.
SIBLING_CANDIDATES = 20
#: A score so high that the rest of a video need not be seen.
SURE = 80.0
#: Frames whose prepared pictures (about half a megabyte each) are kept at hand.
PREPARED_FRAMES = 64


#: Whether what was found in a video so far, the best score of each frame and the surest first, is all that is asked.
Enough = Callable[[Sequence[MatchScore]], bool]


def one_is_sure(found: Sequence[MatchScore]) -> bool:
    """Enough for who asks whether a video shows any of the frames."""
    return bool(found) and found[0].score >= SURE


class Matcher:
    """Matches statuses with frames. Safe to use from several threads at once.

    Every method that takes media raises MediaError, and nothing else, for bytes that cannot be used.
    """

    def __init__(self, decoder: Decoder | None = None) -> None:
        self._decoder = decoder or InProcessDecoder()
        self._lock = threading.RLock()
        self._index = FrameIndex()
        self._pictures: dict[str, bytes] = {}
        self._siblings = SiblingMap()
        self._soft: dict[str, Thumbnail] = {}
        self._prepared: OrderedDict[str, Aligned] = OrderedDict()
        cv2.setNumThreads(1)  # several matches run side by side; threads inside each would only contend

    def add(self, frame_id: str, image: bytes) -> list[Advice]:
        """Add a frame, in place of one of the same id, and say what its owner should know about it.

        An id must not be used again for another picture: stored features of others may speak of the first.
        """
        picture = self._decoder.image(image, IMAGE_LOOK.side)
        frame = make_frame(shrink(picture.pixels, FRAME_SIDE))
        new, as_status = Sibling(frame, frame.aligned()), extract(picture.pixels, IMAGE_LOOK.features)
        with self._lock:
            self.remove(frame_id)
            advice = self._meet_siblings(frame_id, new, picture, as_status)
            self._keep(frame_id, frame)
        return advice_on_detail(frame_id, frame, new.aligned) + advice

    def add_features(self, frame_id: str, blob: bytes) -> None:
        """Add a frame from what `features` returned; no image is read and no sibling is searched for."""
        frame = from_blob(blob)
        with self._lock:
            self.remove(frame_id)
            self._keep(frame_id, frame)
            for other_id, (here, there) in frame.shared.items():
                self._siblings.add(frame_id, other_id, here, there)

    def features(self, frame_id: str) -> bytes:
        """All that is known of a frame, for `add_features` after a restart. Raises KeyError for an unknown frame."""
        with self._lock:
            return to_blob(replace(self._frame(frame_id), shared=self._siblings.of(frame_id)))

    def remove(self, frame_id: str) -> None:
        """Forget a frame; nothing happens when it is not there."""
        with self._lock:
            if self._pictures.pop(frame_id, None) is None:
                return
            self._index.remove(frame_id)
            self._siblings.remove(frame_id)
            self._soft.pop(frame_id, None)
            self._prepared.pop(frame_id, None)

    def match(
        self, media: bytes, kind: Kind, among: Collection[str] | None = None, enough: Enough = one_is_sure
    ) -> list[MatchScore]:
        """Score the frames that a status may show, the surest first; a frame that is not listed scores 0.

        With `among`, only those frames are reported; the others still count as siblings. A video is watched until what
        was found is `enough`: by default one sure match, after which other frames may come that are not listed.
        """
        if kind == "image":
            picture = enlarge(self._decoder.image(media, IMAGE_LOOK.side), LEAST_SIDE)
            return self._match_picture(picture, among, IMAGE_LOOK)
        return self._match_video(media, among, enough)

    def close(self) -> None:
        """Release the decoder."""
        self._decoder.close()

    def __len__(self) -> int:
        return len(self._pictures)

    def __contains__(self, frame_id: str) -> bool:
        return frame_id in self._pictures

    def _keep(self, frame_id: str, frame: Frame) -> None:
        self._index.add(frame_id, frame.plain, frame.mirror)
        self._pictures[frame_id] = frame.picture
        if len(frame.plain) < FEW_FEATURES and (soft := thumbnail(frame.pixels())) is not None:
            self._soft[frame_id] = soft

    def _frame(self, frame_id: str) -> Frame:
        """A frame put together again from what is kept of it: the index holds its features."""
        plain, mirror = (self._index.features(frame_id, mirror=mirror) for mirror in (False, True))
        return Frame(plain, mirror, self._pictures[frame_id])

    def _meet_siblings(self, frame_id: str, new: Sibling, picture: Picture, status: Features) -> list[Advice]:
        """Find the frames that share something with a new one, and note what; `status` are its features as a status."""
        advice = []
        for other_id in self._lookalikes(status):
            other = Sibling(self._frame(other_id), self._aligned(other_id))
            tiles = tiles_shared(new, other, picture.pixels, status)
            if tiles is not None:
                self._siblings.add(frame_id, other_id, *tiles)
                advice += advice_on_sibling(frame_id, new.aligned, other_id, tiles[0])
        return advice

    def _lookalikes(self, status: Features) -> list[str]:
        candidates = find_candidates(self._index, status)
        return [candidate.frame_id for candidate in candidates if not candidate.mirrored][:SIBLING_CANDIDATES]

    def _aligned(self, frame_id: str) -> Aligned:
        """A frame prepared for comparison, from the few kept at hand if it is there."""
        aligned = self._prepared.pop(frame_id, None) or self._frame(frame_id).aligned()
        self._prepared[frame_id] = aligned
        if len(self._prepared) > PREPARED_FRAMES:
            self._prepared.popitem(last=False)
        return aligned

    def _match_picture(self, picture: Picture, among: Collection[str] | None, look: Look) -> list[MatchScore]:
        status = extract(picture.pixels, look.features)
        found = [verify(suspect, status, picture) for suspect in self._suspects(status, among, look)]
        return _best_of_each(found + self._alike(picture, among))

    def _alike(self, picture: Picture, among: Collection[str] | None) -> list[MatchScore]:
        """Soft frames that the whole picture resembles: something for a person to look at."""
        with self._lock:
            soft = [(frame_id, frame) for frame_id, frame in self._soft.items() if among is None or frame_id in among]
        status = thumbnail(picture.pixels) if soft else None
        if status is None:
            return []
        scores = {frame_id: likeness_score(frame, status) for frame_id, frame in soft}
        return [MatchScore(frame_id, points, time=picture.time) for frame_id, points in scores.items() if points > 0]

    def _suspects(self, status: Features, among: Collection[str] | None, look: Look) -> list[Suspect]:
        """The candidates, with all that verifying them takes: afterwards frames may come and go."""
        with self._lock:
            candidates = find_candidates(self._index, status)
            wanted = [candidate for candidate in candidates if among is None or candidate.frame_id in among]
            return [self._suspect(one) for one in shortlist(wanted, look.candidates, len(self._pictures))]

    def _suspect(self, candidate: Candidate) -> Suspect:
        frame_id = candidate.frame_id
        aligned = self._aligned(frame_id)
        discount = self._siblings.discount(frame_id, aligned, self._pictures)
        features = self._index.features(frame_id, mirror=candidate.mirrored)
        return Suspect(frame_id, candidate.mirrored, features, aligned, discount)

    def _match_video(self, media: bytes, among: Collection[str] | None, enough: Enough) -> list[MatchScore]:
        """Score each sampled picture until it is enough; damage matters only if nothing matched before it."""
        found: list[MatchScore] = []
        try:
            with closing(self._decoder.video(media, VIDEO_LOOK.side)) as pictures:
                for picture in pictures:
                    found = _best_of_each([*found, *self._match_picture(picture, among, VIDEO_LOOK)])
                    if enough(found):
                        break
        except MediaError:
            if not found or found[0].score < DEFAULT_THRESHOLDS.yes:
                raise
        return found


def _best_of_each(scores: Iterable[MatchScore]) -> list[MatchScore]:
    """The best score of each frame, the highest first; equal scores in the order of their ids."""
    best: dict[str, MatchScore] = {}
    for candidate in scores:
        if candidate.frame_id not in best or candidate.score > best[candidate.frame_id].score:
            best[candidate.frame_id] = candidate
    return sorted(best.values(), key=lambda found: (-found.score, found.frame_id))

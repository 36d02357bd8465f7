"""The matchers that are compared: each scores one status, or one video, against all frames; higher is surer."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

import av
import cv2
import faiss
import imagehash
import numpy as np
import pdqhash  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PIL import Image

from bot.vision import Matcher
from bot.vision.matcher import Kind

Scores = NDArray[np.float64]


class Ours:
    """This project's matcher."""

    def __init__(self, frames: Sequence[bytes]) -> None:
        self._matcher = Matcher()
        self._count = len(frames)
        for number, frame in enumerate(frames):
            self._matcher.add(str(number), frame)

    def image(self, media: bytes) -> Scores:
        return self._scores(media, "image")

    def video(self, media: bytes) -> Scores:
        return self._scores(media, "video")

    def _scores(self, media: bytes, kind: Kind) -> Scores:
        scores = np.zeros(self._count)
        for found in self._matcher.match(media, kind):
            scores[int(found.frame_id)] = found.score
        return scores


class Hashes:
    """A perceptual hash: the score is the share of bits that agree, the best of the hashes of a status."""

    def __init__(self, frames: Sequence[bytes], hashes: Callable[[Image.Image], NDArray[np.bool_]]) -> None:
        self._hashes = hashes
        self._frames = np.stack([hashes(_opened(frame))[0] for frame in frames])

    def image(self, media: bytes) -> Scores:
        return self._scores(_opened(media))

    def video(self, media: bytes) -> Scores:
        """The best over one picture a second, as vPDQ does."""
        best: Scores = np.stack([self._scores(picture) for picture in _a_picture_a_second(media)]).max(axis=0)
        return best

    def _scores(self, picture: Image.Image) -> Scores:
        agreeing = self._hashes(picture)[:, None, :] == self._frames[None, :, :]
        return np.asarray(agreeing.mean(axis=2).max(axis=0), np.float64)


class PlainOrb:
    """ORB and the ratio test, frame by frame; the score is the number of matches."""

    def __init__(self, frames: Sequence[bytes]) -> None:
        self._orb = cv2.ORB.create(nfeatures=500)
        self._frames = [self._descriptors(frame) for frame in frames]

    def image(self, media: bytes) -> Scores:
        status = self._descriptors(media)
        return np.array([self._matches(status, frame) for frame in self._frames], np.float64)

    def _matches(self, status: NDArray[np.uint8], frame: NDArray[np.uint8]) -> int:
        if len(status) < 2 or len(frame) < 2:
            return 0
        distances, _ = faiss.knn_hamming(status, frame, 2)
        return int((distances[:, 0] < 0.75 * distances[:, 1]).sum())

    def _descriptors(self, media: bytes) -> NDArray[np.uint8]:
        grey = cv2.imdecode(np.frombuffer(media, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert grey is not None
        _, descriptors = self._orb.detectAndCompute(grey, None)
        return np.zeros((0, 32), np.uint8) if descriptors is None else np.asarray(descriptors, np.uint8)


def phash(picture: Image.Image) -> NDArray[np.bool_]:
    return np.asarray(imagehash.phash(picture).hash).reshape(1, -1)


def dhash(picture: Image.Image) -> NDArray[np.bool_]:
    return np.asarray(imagehash.dhash(picture).hash).reshape(1, -1)


def pdq(picture: Image.Image) -> NDArray[np.bool_]:
    bits, _ = pdqhash.compute(_shrunk(picture))
    return np.asarray(bits, np.bool_).reshape(1, -1)


def pdq_turned(picture: Image.Image) -> NDArray[np.bool_]:
    """The upright hash first, then those of the seven other turns and mirror images."""
    turns, _ = pdqhash.compute_dihedral(_shrunk(picture))
    return np.asarray(turns, np.bool_)


def _opened(media: bytes) -> Image.Image:
    with Image.open(io.BytesIO(media)) as image:
        return image.convert("RGB")


def _shrunk(picture: Image.Image) -> NDArray[np.uint8]:
    """The picture at 512 pixels, the size that PDQ's authors shrink to first."""
    small = picture.copy()
    small.thumbnail((512, 512))
    return np.asarray(small)


def _a_picture_a_second(media: bytes) -> Iterator[Image.Image]:
    due = 0.0
    with av.open(io.BytesIO(media), mode="r") as container:
        for frame in container.decode(container.streams.video[0]):
            if (frame.time or 0.0) >= due:
                due += 1.0
                yield Image.fromarray(frame.to_ndarray(format="rgb24"))


#: Our name in tables, and those of the peers with the way to make them.
OURS = "Testigo"
MAKERS: dict[str, Callable[[Sequence[bytes]], Ours | Hashes | PlainOrb]] = {
    OURS: Ours,
    "PDQ, eight turns": lambda frames: Hashes(frames, pdq_turned),
    "PDQ": lambda frames: Hashes(frames, pdq),
    "dHash 64": lambda frames: Hashes(frames, dhash),
    "pHash 64": lambda frames: Hashes(frames, phash),
    "ORB, ratio test": PlainOrb,
}
#: What each is called where it scores videos.
VIDEO_MAKERS = {OURS: OURS, "vPDQ, one picture a second": "PDQ", "the same, eight turns": "PDQ, eight turns"}

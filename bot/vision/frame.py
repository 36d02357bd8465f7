"""A frame as it is kept: its features, its mirror image's, and a small grey picture; made once and stored as a blob."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.vision.decode import Pixels
from bot.vision.errors import MediaError, MediaFault
from bot.vision.features import FRAME_FEATURES, Features, Keypoints, extract, mirrored
from bot.vision.photometric import Aligned, Tiles, prepare, reduce

#: Version of the blob. Raise it when features or picture are made otherwise: the frame's image is then read anew.
BLOB_VERSION = 2

_MAGIC = b"TESTIGOF"
#: Magic, version, length of the JSON header, CRC-32 of all that follows.
_PREFIX = struct.Struct("<8sIII")
#: JPEG quality of the kept picture: invisible to gradients, a third of the size of the pixels.
_PICTURE_QUALITY = 92


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """All that matching needs of a frame, without its image."""

    plain: Features
    mirror: Features
    #: The frame's grey picture at the size it is compared at, as a JPEG.
    picture: bytes
    #: What it was found to share with other frames: for each of them the tiles here, and the tiles there.
    shared: Mapping[str, tuple[Tiles, Tiles]] = field(default_factory=dict)

    def pixels(self) -> Pixels:
        """The grey picture."""
        decoded = cv2.imdecode(np.frombuffer(self.picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        if decoded is None:
            raise MediaError(MediaFault.TRUNCATED, "the stored picture of a frame is damaged: add its image again")
        return decoded.astype(np.uint8, copy=False)

    def aligned(self) -> Aligned:
        """The picture prepared for comparison."""
        return prepare(self.pixels(), self.plain.shape)


def make_frame(grey: Pixels) -> Frame:
    """Take the features of a frame's grey picture."""
    plain, mirror = extract(grey, FRAME_FEATURES), extract(mirrored(grey), FRAME_FEATURES)
    _, encoded = cv2.imencode(".jpg", reduce(grey), [cv2.IMWRITE_JPEG_QUALITY, _PICTURE_QUALITY])
    return Frame(plain, mirror, encoded.tobytes())


def to_blob(frame: Frame) -> bytes:
    """Write a frame as bytes that `from_blob` reads."""
    parts = [*_arrays(frame.plain), *_arrays(frame.mirror)]
    parts += [tiles for pair in frame.shared.values() for tiles in pair]
    header = {
        "shape": frame.plain.shape,
        "counts": [len(frame.plain), len(frame.mirror)],
        "shared": [[other, here.shape, there.shape] for other, (here, there) in frame.shared.items()],
    }
    head = json.dumps(header).encode()
    body = head + b"".join(part.tobytes() for part in parts) + frame.picture
    return _PREFIX.pack(_MAGIC, BLOB_VERSION, len(head), zlib.crc32(body)) + body


def from_blob(blob: bytes) -> Frame:
    """Read a frame. Raises MediaError: UNSUPPORTED for another version, TRUNCATED for damage."""
    if len(blob) < _PREFIX.size or not blob.startswith(_MAGIC):
        raise MediaError(MediaFault.UNSUPPORTED, "these are no stored features: add the frame's image again")
    _, version, head_length, checksum = _PREFIX.unpack_from(blob)
    if version != BLOB_VERSION:
        detail = f"stored features of version {version}, this program reads {BLOB_VERSION}: add the frame's image again"
        raise MediaError(MediaFault.UNSUPPORTED, detail)
    body = blob[_PREFIX.size :]
    if zlib.crc32(body) != checksum:
        raise MediaError(MediaFault.TRUNCATED, "stored features are damaged: add the frame's image again")
    return _read(json.loads(body[:head_length]), _Cursor(body, head_length))


class _Cursor:
    """Takes arrays from bytes one after another."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def array(self, dtype: type[np.generic], *shape: int) -> NDArray[np.generic]:
        count = int(np.prod(shape))
        values = np.frombuffer(self._data, dtype, count, self._at)
        self._at += values.nbytes
        return values.reshape(shape)

    def rest(self) -> bytes:
        return self._data[self._at :]


def _arrays(features: Features) -> list[NDArray[np.generic]]:
    keypoints = features.keypoints
    return [keypoints.points, keypoints.angles, keypoints.log_sizes, features.descriptors]


def _read(header: dict[str, Any], cursor: _Cursor) -> Frame:
    height, width = header["shape"]
    plain, mirror = (_read_features(cursor, count, (height, width)) for count in header["counts"])
    shared: dict[str, tuple[Tiles, Tiles]] = {}
    for other, here, there in header["shared"]:
        shared[other] = _read_tiles(cursor, here), _read_tiles(cursor, there)
    return Frame(plain, mirror, cursor.rest(), shared)


def _read_features(cursor: _Cursor, count: int, shape: tuple[int, int]) -> Features:
    points = cursor.array(np.float32, count, 2).astype(np.float32)
    angles = cursor.array(np.float32, count).astype(np.float32)
    log_sizes = cursor.array(np.float32, count).astype(np.float32)
    descriptors = cursor.array(np.uint8, count, 32).astype(np.uint8)
    return Features(Keypoints(points, angles, log_sizes), descriptors, shape)


def _read_tiles(cursor: _Cursor, shape: list[int]) -> Tiles:
    return cursor.array(np.float32, *shape).astype(np.float32)

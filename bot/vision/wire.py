"""Messages between the program and its decoding process: a small JSON header and raw bytes, nothing that can run."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

import numpy as np

from bot.vision.decode import Picture
from bot.vision.errors import MediaError, MediaFault

#: A message is two lengths, the header and the payload.
_LENGTHS = struct.Struct("<II")

Fields = dict[str, Any]


def send(stream: IO[bytes], header: Fields, payload: bytes = b"") -> None:
    """Write one message."""
    encoded = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(encoded), len(payload)) + encoded)
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Fields, bytes]:
    """Read one message. Raises EOFError when the other side is gone."""
    header_length, payload_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    header = json.loads(_exactly(stream, header_length))
    return header, _exactly(stream, payload_length)


def send_picture(stream: IO[bytes], picture: Picture) -> None:
    """Write a picture."""
    header = {"shape": picture.pixels.shape, "scale": picture.scale, "time": picture.time}
    send(stream, header, picture.pixels.tobytes())


def send_fault(stream: IO[bytes], error: MediaError) -> None:
    """Write why there is no picture."""
    send(stream, {"fault": error.reason.value, "detail": error.detail})


def to_picture(header: Fields, payload: bytes) -> Picture:
    """Read a picture from a message. Raises the MediaError that the message carries instead of one."""
    if "fault" in header:
        raise MediaError(MediaFault(header["fault"]), header["detail"])
    pixels = np.frombuffer(payload, np.uint8).reshape(header["shape"])
    return Picture(pixels, header["scale"], header["time"])


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError(f"{len(data)} of {length} bytes came")
    return data

"""Pictures of a video worth looking at: its key frames first, then whatever lies far from any key frame."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from typing import Literal

import av
import av.error
import cv2
import numpy as np
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from bot.vision.decode import Picture, shrink
from bot.vision.errors import MediaError, MediaFault

#: Bytes and seconds of one video. A WhatsApp status lasts at most 90 s; a video sent as a document may be longer.
MAX_VIDEO_BYTES = 120_000_000
MAX_SECONDS = 180.0
#: Pixels of one picture of a video: 4096 x 2304.
MAX_VIDEO_PIXELS = 9_437_184
#: Pictures handed out of one video at most.
MAX_PICTURES = 120
#: Seconds between two samples: no more where key frames are nearer, no less where they are farther apart.
SAMPLE_EVERY = 1.0
#: Mean difference in grey levels, at THUMBNAIL size, below which a picture shows nothing new.
NEWS = 10.0
THUMBNAIL = (24, 24)

#: What PyAV raises for damaged files: FFmpeg's errors, and plain ones where a number in the file makes no sense.
_TROUBLE = (av.error.FFmpegError, ValueError, ArithmeticError)


def sample_video(data: bytes, longest_side: int) -> Generator[Picture, None, None]:
    """Yield grey pictures of a video, none like one handed out before. Raises MediaError."""
    if len(data) > MAX_VIDEO_BYTES:
        raise MediaError(MediaFault.TOO_LARGE, f"{len(data)} bytes, at most {MAX_VIDEO_BYTES}")
    seen: list[NDArray[np.float32]] = []
    count = 0
    for frame in _frames(data):
        picture = _picture(frame, longest_side, in_colour=False)
        if _is_news(picture, seen):
            count += 1
            yield picture
        if count == MAX_PICTURES:
            return
    if count == 0:
        raise MediaError(MediaFault.NO_FRAMES, "no picture in it could be decoded")


def picture_at(data: bytes, time: float, longest_side: int) -> Picture:
    """The picture of a video shown at `time` seconds, in colour. Raises MediaError."""
    last: VideoFrame | None = None
    try:
        with _open(data) as container:
            stream = _video_stream(container)
            container.seek(int(time / (stream.time_base or 1)), stream=stream)
            for frame in container.decode(stream):
                last = frame
                if _seconds(frame) >= time - 1e-3:
                    break
    except _TROUBLE as error:
        raise MediaError(MediaFault.TRUNCATED, str(error)) from error
    if last is None:
        raise MediaError(MediaFault.NO_FRAMES, f"no picture at {time:.2f} s")
    return _picture(last, longest_side, in_colour=True)


def _frames(data: bytes) -> Iterator[VideoFrame]:
    """Key frames, then samples of the stretches between key frames that lie far apart."""
    try:
        with _open(data) as container:
            stream = _video_stream(container)
            times = []
            for frame in _decode(container, stream, "NONKEY"):
                times.append(_seconds(frame))
                yield frame
            yield from _between(container, stream, times)
    except _TROUBLE as error:
        raise MediaError(MediaFault.TRUNCATED, str(error)) from error


def _between(container: InputContainer, stream: VideoStream, key_times: list[float]) -> Iterator[VideoFrame]:
    end = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else MAX_SECONDS
    starts = key_times or [0.0]  # a damaged file may have no key frame that can be decoded
    for start, stop in zip(starts, [*starts[1:], end], strict=True):
        if stop - start <= 1.5 * SAMPLE_EVERY:
            continue
        container.seek(int(start / (stream.time_base or 1)), stream=stream)
        due = start + SAMPLE_EVERY
        for frame in _decode(container, stream, "NONREF"):
            if _seconds(frame) >= stop:
                break
            if _seconds(frame) >= due:
                due = _seconds(frame) + SAMPLE_EVERY
                yield frame


def _decode(container: InputContainer, stream: VideoStream, skip: Literal["NONKEY", "NONREF"]) -> Iterator[VideoFrame]:
    stream.codec_context.skip_frame = skip
    for frame in container.decode(stream):
        if _seconds(frame) > MAX_SECONDS:
            return
        yield frame


def _open(data: bytes) -> InputContainer:
    """Open with the demuxer that the signature calls for: a playlist, which could name other files, is never opened."""
    try:
        return av.open(io.BytesIO(data), mode="r", format=_demuxer(data), metadata_errors="ignore")
    except _TROUBLE as error:
        raise MediaError(MediaFault.TRUNCATED, str(error)) from error


def _demuxer(data: bytes) -> str:
    if data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mp4"
    if data.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data.startswith(b"RIFF") and data[8:12] == b"AVI ":
        return "avi"
    raise MediaError(MediaFault.NOT_AN_IMAGE, f"{len(data)} bytes that begin like no video known here")


def _video_stream(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise MediaError(MediaFault.NO_FRAMES, "it has no video stream")
    stream = container.streams.video[0]
    if getattr(stream, "codec_context", None) is None:
        raise MediaError(MediaFault.UNSUPPORTED, "its codec is not known here")
    if stream.width * stream.height > MAX_VIDEO_PIXELS:
        raise MediaError(MediaFault.TOO_LARGE, f"{stream.width} x {stream.height} pixels, at most {MAX_VIDEO_PIXELS}")
    stream.codec_context.thread_type = ThreadType.NONE
    stream.codec_context.options = {"skip_loop_filter": "all"}  # a third less work; the blocks left do no harm here
    return stream


def _seconds(frame: VideoFrame) -> float:
    return frame.time or 0.0


def _picture(frame: VideoFrame, longest_side: int, *, in_colour: bool) -> Picture:
    pixels = frame.to_ndarray(format="bgr24" if in_colour else "gray").astype(np.uint8, copy=False)
    upright = np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)))
    small = shrink(upright, longest_side)
    return Picture(small, max(upright.shape[:2]) / max(small.shape[:2]), _seconds(frame))


def _is_news(picture: Picture, seen: list[NDArray[np.float32]]) -> bool:
    """Whether the picture differs from all before; remembers it if so."""
    thumbnail = cv2.resize(picture.pixels, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)
    if any(float(np.abs(thumbnail - other).mean()) < NEWS for other in seen):
        return False
    seen.append(thumbnail)
    return True

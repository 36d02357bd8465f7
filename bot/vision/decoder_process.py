"""The process that decodes media: what crashes or hangs here costs one capture, not the program.

Started by `sandbox` as `python -m bot.vision.decoder_process`; it reads requests from its standard input until the
program closes that.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import BinaryIO

from bot.vision.decode import decode_image
from bot.vision.errors import MediaError, MediaFault
from bot.vision.video import picture_at, sample_video
from bot.vision.wire import Fields, receive, send, send_fault, send_picture

#: Bytes of data this process may hold: one picture of the largest size takes 200 MB in colour.
MAX_MEMORY = 1_500_000_000


def main() -> None:
    """Serve requests until the program closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program, which then closes the pipe
    requests, replies = _pipes()
    _limit_memory()
    send(replies, {"ready": True})
    while True:
        try:
            header, payload = receive(requests)
        except EOFError:
            return
        _answer(header, payload, requests, replies)


def _answer(header: Fields, payload: bytes, requests: BinaryIO, replies: BinaryIO) -> None:
    try:
        match header["do"]:
            case "image":
                send_picture(replies, decode_image(payload, header["side"], in_colour=header["in_colour"]))
            case "video":
                _stream(payload, header["side"], requests, replies)
            case "video_picture":
                send_picture(replies, picture_at(payload, header["time"], header["side"]))
            case other:
                raise ValueError(f"unknown request {other!r}")
    except MediaError as error:
        send_fault(replies, error)
    except MemoryError:
        send_fault(replies, MediaError(MediaFault.HOSTILE, "decoding takes too much memory"))


def _stream(data: bytes, side: int, requests: BinaryIO, replies: BinaryIO) -> None:
    """Send a video's pictures one by one, each on demand."""
    pictures = sample_video(data, side)
    for picture in pictures:
        send_picture(replies, picture)
        if receive(requests)[0]["do"] != "next":
            pictures.close()
            return
    send(replies, {"end": True})


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Requests and replies; whatever a codec prints from now on goes to the error stream instead."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(replies.fileno(), os.O_BINARY)
    return sys.stdin.buffer, replies


def _limit_memory() -> None:
    """Limit the process's data where the system can (not on Windows; macOS accepts it and may not enforce it)."""
    try:
        import resource
    except ImportError:
        return
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    except (ValueError, OSError):
        return


if __name__ == "__main__":
    main()

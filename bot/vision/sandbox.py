"""Decoding in other processes, watched over: one that crashes, hangs or grows is replaced, and loses its media only."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.vision.decode import Picture
from bot.vision.errors import MediaError, MediaFault
from bot.vision.wire import Fields, receive, send, to_picture

#: Seconds that one picture may take. The largest image accepted takes about one on a small computer.
PICTURE_SECONDS = 15.0
#: Seconds that decoding one video may take in all: many times what the longest accepted takes on a small computer.
VIDEO_SECONDS = 60.0
#: Seconds that a process may take to start, on a small and busy computer.
START_SECONDS = 60.0
#: Environment variables that a Python process needs to start; settings and secrets stay out of it.
_INHERITED = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TEMP", "TMP", "TMPDIR")


class SandboxedDecoder:
    """Decodes in up to `processes` other processes, started when needed. Safe to use from several threads."""

    def __init__(
        self,
        processes: int = 2,
        picture_seconds: float = PICTURE_SECONDS,
        command: Sequence[str] | None = None,
        video_seconds: float = VIDEO_SECONDS,
    ) -> None:
        self._command = command or (sys.executable, "-m", "bot.vision.decoder_process")
        self._picture_seconds = picture_seconds
        self._video_seconds = video_seconds
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        self._processes = processes
        for _ in range(processes):
            self._idle.put(None)

    def image(self, data: bytes, longest_side: int, *, in_colour: bool = False) -> Picture:
        """Decode an image so that no side is longer than `longest_side`."""
        request = {"do": "image", "side": longest_side, "in_colour": in_colour}
        with self._process() as process:
            return to_picture(*process.ask(request, data))

    def video_picture(self, data: bytes, time: float, longest_side: int) -> Picture:
        """The picture of a video at `time` seconds, in colour."""
        with self._process() as process:
            return to_picture(*process.ask({"do": "video_picture", "side": longest_side, "time": time}, data))

    def video(self, data: bytes, longest_side: int) -> Generator[Picture, None, None]:
        """Sample a video; closing the iterator ends the work."""
        with self._process() as process:
            before = process.seconds_busy
            header, payload = process.ask({"do": "video", "side": longest_side}, data)
            while "end" not in header:
                picture = to_picture(header, payload)
                if process.seconds_busy - before > self._video_seconds:
                    process.tell({"do": "stop"})
                    raise MediaError(MediaFault.HOSTILE, f"decoding took over {self._video_seconds:g} s in all")
                try:
                    yield picture
                except GeneratorExit:
                    process.tell({"do": "stop"})
                    raise
                header, payload = process.ask({"do": "next"})

    def close(self) -> None:
        """End the processes; waits for media being decoded. The decoder may be used again."""
        held = [self._idle.get() for _ in range(self._processes)]
        for process in held:
            if process is not None:
                process.end()
            self._idle.put(None)

    @contextmanager
    def _process(self) -> Iterator[_Process]:
        """Hold one process, a new one if the last has died."""
        process = self._idle.get()
        try:
            if process is None or not process.is_alive:
                process = _Process(self._command, self._picture_seconds)
            yield process
        finally:
            self._idle.put(process)


class _Process:
    """One decoding process, used by one thread at a time."""

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._seconds = seconds
        #: How long replies have been waited for in all.
        self.seconds_busy = 0.0
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise MediaError(MediaFault.HOSTILE, f"no process to decode in could be started: {error}") from error
        self._within(START_SECONDS, lambda: None)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: Fields, payload: bytes = b"") -> tuple[Fields, bytes]:
        """Send a request and wait for the reply; a process that does not give one in time is killed."""
        return self._within(self._seconds, lambda: self.tell(request, payload))

    def tell(self, request: Fields, payload: bytes = b"") -> None:
        """Send a request that has no reply."""
        assert self._process.stdin is not None
        send(self._process.stdin, request, payload)

    def end(self) -> None:
        """Kill the process and take in its remains."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            try:
                if stream is not None:
                    stream.close()
            except OSError:  # what was still to be flushed cannot be: the other end is gone
                continue

    def _within(self, seconds: float, ask: Callable[[], None]) -> tuple[Fields, bytes]:
        """Ask, and receive the reply; kill the process when that takes longer than `seconds`."""
        alarm = threading.Timer(seconds, self._process.kill)
        alarm.daemon = True
        alarm.start()
        start = time.monotonic()
        try:
            ask()
            assert self._process.stdout is not None
            return receive(self._process.stdout)
        except (EOFError, OSError, ValueError) as error:
            self.end()
            detail = f"decoding took over {seconds:g} s or crashed (exit code {self._process.returncode})"
            raise MediaError(MediaFault.HOSTILE, detail) from error
        finally:
            alarm.cancel()
            self.seconds_busy += time.monotonic() - start


def _environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**inherited, **single, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}

"""What the doctor looks at on this machine, one function each: Python, the libraries, the clock, the page's port.

Libraries are tried in a process of their own, since a broken one can abort or hang.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bot.clock import Clock
from bot.model.chat import Phrase

#: The versions that the bot is tested with.
PYTHONS = ((3, 11), (3, 12), (3, 13))
#: Importing everything takes a few seconds on a small machine's cold disk.
PROBE_TIMEOUT = timedelta(seconds=90)
#: No machine with a working clock says an earlier time: the year this was written.
EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

#: Draws noise and finds features in it, as the matching does.
OPENCV_PROBE = """
import cv2, numpy
noise = numpy.random.default_rng(1).integers(0, 255, (200, 200), numpy.uint8)
points, descriptors = cv2.ORB_create(100).detectAndCompute(noise, None)
assert len(points) > 50 and descriptors.shape == (len(points), 32), "ORB finds nothing"
"""

#: pylibmagic brings the libmagic that neonize looks for when it is imported.
NEONIZE_PROBE = """
import sys
if sys.platform != "win32":
    import pylibmagic
import neonize.client
"""


class Verdict(StrEnum):
    """How bad a finding is; also its catalogue key below `doctor.verdict`."""

    FINE = "fine"
    WARNING = "warning"  #: works, but look at it
    FAULT = "fault"  #: the bot cannot run like this


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; its sentence says what to do when it is not fine."""

    verdict: Verdict
    sentence: Phrase


def fine(key: str, **facts: Any) -> Finding:
    return Finding(Verdict.FINE, Phrase(f"doctor.{key}", facts))


def warning(key: str, **facts: Any) -> Finding:
    return Finding(Verdict.WARNING, Phrase(f"doctor.{key}", facts))


def fault(key: str, **facts: Any) -> Finding:
    return Finding(Verdict.FAULT, Phrase(f"doctor.{key}", facts))


def check_python(running: tuple[int, int] = sys.version_info[:2]) -> Finding:
    is_supported = running in PYTHONS
    found = ".".join(map(str, running))
    return fine("python.fine", version=found) if is_supported else fault("python.other", version=found)


def check_libraries() -> Iterator[Finding]:
    yield check_library("opencv-python-headless", OPENCV_PROBE)
    yield check_library("neonize", NEONIZE_PROBE)


def check_library(package: str, probe: str) -> Finding:
    """Run a probe in a Python of its own; the package's version when it succeeds, its last words when not."""
    try:
        ended = subprocess.run(
            [sys.executable, "-c", probe],
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            timeout=PROBE_TIMEOUT.total_seconds(),
        )
    except subprocess.TimeoutExpired:
        return fault("library.hangs", package=package, span=PROBE_TIMEOUT)
    if ended.returncode == 0:
        return fine("library.fine", package=package, version=_version(package))
    last_words = ended.stderr.strip().rpartition("\n")[2] or f"exit {ended.returncode}"
    return fault("library.broken", package=package, error=last_words)


def check_clock(clock: Clock, newest_record: datetime | None) -> Iterator[Finding]:
    """The time of day must be believable: results are judged by it."""
    now = clock.now()
    if not EARLIEST <= now < LATEST:
        yield fault("clock.absurd", now=now.isoformat(timespec="seconds"))
    elif newest_record is not None and newest_record - now > timedelta(minutes=2):
        yield fault("clock.behind", now=now.isoformat(timespec="seconds"), span=newest_record - now)
    else:
        yield fine("clock.fine", now=now.isoformat(timespec="seconds"))
    if "America/Bogota" not in zoneinfo.available_timezones():
        yield fault("clock.no_zones")


def check_port(host: str, port: int) -> Finding:
    """Whether the page can listen; 0 asks for any free port."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        known = os.strerror(error.errno) if error.errno else str(error)  # Python adds the address, which we name anyway
        return fault("port.taken", host=host, port=str(port), error=known)
    return fine("port.fine", host=host, port=str(port))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed under another name, e.g. opencv-python
        return "?"

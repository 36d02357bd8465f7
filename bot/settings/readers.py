"""Texts of the environment to values: one small reader for each kind of setting.

A reader takes a text that is not empty and returns the value, or raises ValueError with words that complete
the sentence `NAME="text" ...`: what is wrong, and what would be right.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import phonenumbers

Word = TypeVar("Word", bound=StrEnum)

MEBIBYTE = 1024 * 1024
PROXY_SCHEMES = ("http", "https", "socks5")
SHORTEST_TOKEN = 16


def folder(text: str) -> Path:
    path = Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("is a file; give a folder")
    return path


def file(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_file():
        raise ValueError("is no file; write the path of one")
    return path


def plain(text: str) -> str:
    return text


def one_of(words: type[Word]) -> Callable[[str], Word]:
    """One of an enum's values, in any letter case."""

    def read(text: str) -> Word:
        try:
            return words(text.strip().lower())
        except ValueError:
            raise ValueError(f"is not known; choose one of: {', '.join(words)}") from None

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number from `low` to `high`."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(f"is not a whole number; write one from {low} to {high}") from None
        if not low <= value <= high:
            raise ValueError(f"is out of range; write a whole number from {low} to {high}")
        return value

    return read


def milliseconds(low: int, high: int) -> Callable[[str], timedelta]:
    read_whole = whole(low, high)
    return lambda text: timedelta(milliseconds=read_whole(text))


def mebibytes(low: int, high: int) -> Callable[[str], int]:
    """Megabytes of 1024 x 1024, as a number of bytes."""
    read_whole = whole(low, high)
    return lambda text: read_whole(text) * MEBIBYTE


def score(text: str) -> float:
    """A matching score, 0 to 100."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError("is not a number; write one from 0 to 100") from None
    if not 0 <= value <= 100:  # also refuses nan
        raise ValueError("is out of range; write a number from 0 to 100")
    return value


def time_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text.strip())
    except (KeyError, ValueError, OSError):  # ZoneInfo raises each of them, by the kind of nonsense
        raise ValueError(
            "is not a time zone of the IANA list; write one like America/Bogota, Europe/Madrid or UTC"
        ) from None


def region(text: str) -> str:
    """An ISO 3166 country that has phone numbers."""
    country = text.strip().upper()
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("is not a country code; write the two letters of ISO 3166, e.g. CO, MX or ES")
    return country


def counts(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them, e.g. `20,40,60`; `off` for none."""
    if text.strip().lower() == "off":
        return ()
    read_one = whole(1, 100_000)
    try:
        return tuple(read_one(part) for part in text.split(","))
    except ValueError:
        raise ValueError("is no list of whole numbers; write e.g. 20,40,60, or off") from None


def percent(low: int, high: int) -> Callable[[str], float]:
    """A percentage, as a share of one."""
    read_whole = whole(low, high)
    return lambda text: read_whole(text) / 100


def hours(text: str) -> tuple[time, time]:
    """A daily span of local time, e.g. `23:00-08:00`; it may cross midnight."""
    advice = "write from-until, e.g. 23:00-08:00"
    first, dash, last = text.replace("–", "-").partition("-")
    try:
        start, end = (_clock_time(part.strip()) for part in (first, last))
    except ValueError:
        raise ValueError(f"is no span of hours; {advice}") from None
    if not dash or start.tzinfo or end.tzinfo:
        raise ValueError(f"is no span of hours; {advice}")
    if start == end:
        raise ValueError(f"starts and ends at the same time; {advice}, or leave it empty to switch it off")
    return start, end


def _clock_time(text: str) -> time:
    """`8:00`, `08:00`, or just `8`."""
    return time(int(text)) if text.isdecimal() else time.fromisoformat(text.zfill(5))


def token(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("holds spaces or unusual characters; use letters, digits and punctuation only")
    if len(text) < SHORTEST_TOKEN:
        raise ValueError(f"is too short to be safe; use at least {SHORTEST_TOKEN} characters")
    return text


def passphrase(text: str) -> str:
    if len(text) < SHORTEST_TOKEN:
        raise ValueError(f"is too short to be safe; use at least {SHORTEST_TOKEN} characters, for example five words")
    return text


def proxy(text: str) -> str:
    """A proxy's address, e.g. `socks5://name:password@host:1080`."""
    advice = f"write {'://, '.join(PROXY_SCHEMES)}:// with host and port, e.g. socks5://10.0.0.2:1080"
    try:
        parts = urlsplit(text)
        complete = bool(parts.scheme in PROXY_SCHEMES and parts.hostname and parts.port)
    except ValueError:  # a port that is no number
        complete = False
    if not complete:
        raise ValueError(f"is no complete proxy address; {advice}")
    return text


def addresses(text: str) -> tuple[str, ...]:
    """Addresses with a scheme, separated by spaces."""
    found = tuple(text.split())
    if not all("://" in each for each in found):
        raise ValueError("holds something that is no address; write e.g. ntfys://ntfy.sh/my-topic, separated by spaces")
    return found


def short_text(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > longest or not text.isprintable():
            raise ValueError(f"is too long or holds control characters; use at most {longest} plain characters")
        return text

    return read


def command(text: str) -> tuple[str, ...]:
    """A command line as a JSON list, e.g. `["python", "-m", "bot.whatsapp.worker"]`."""
    try:
        words = json.loads(text)
    except json.JSONDecodeError:
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise ValueError('is no JSON list of texts; write e.g. ["python", "-m", "bot.whatsapp.worker"]')
    return tuple(words)


def log_level(text: str) -> int:
    """A level of Python's logging, by name."""
    levels = logging.getLevelNamesMapping()
    names = ("DEBUG", "INFO", "WARNING", "ERROR")
    if text.strip().upper() not in names:
        raise ValueError(f"is not a log level; choose one of: {', '.join(names)}")
    return levels[text.strip().upper()]

"""The journal's files: one record a line, each with a checksum; a segment is named by its first sequence number."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SUFFIX = ".journal"
_CHECKSUM_LENGTH = 8  # hexadecimal digits of a CRC-32


@dataclass(frozen=True)
class JournalDamage:
    """Bytes that are no record: a failing disk, or somebody edited the file. `offset` and `size` are in bytes."""

    segment: str
    offset: int
    size: int


Entry = tuple[int, dict[str, Any] | JournalDamage]


@dataclass(frozen=True)
class Segment:
    """One file of the journal; `first` is the number of its first record, if it has any."""

    path: Path
    first: int


@dataclass(frozen=True)
class Located:
    """An entry, and where the bytes after it begin."""

    number: int
    content: dict[str, Any] | JournalDamage
    end: int


def segment_path(folder: Path, first: int) -> Path:
    return folder / f"{first:020d}{_SUFFIX}"


def segments(folder: Path) -> list[Segment]:
    """The journal's files, oldest first; every one but the last is finished."""
    found = [Segment(path, int(path.stem)) for path in folder.glob(f"*{_SUFFIX}") if path.stem.isdigit()]
    return sorted(found, key=lambda segment: segment.first)


def encode_line(number: int, document: Mapping[str, Any]) -> bytes:
    """`checksum number json` and a newline. Raises ValueError for NaN and TypeError for what JSON does not know."""
    body = f"{number} {json.dumps(document, separators=(',', ':'), allow_nan=False)}".encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(body), body)


def read_lines(data: bytes, segment: Segment, start: int, previous: int) -> Iterator[Located]:
    """The entries in `data`, which begins at byte `start` of the segment, after the record `previous`.

    Bytes behind the last newline are still being written, or were cut off by a crash: they are left out. Damaged
    lines that touch are one entry; its number is the one after the record before it, which it surely held.
    """
    damaged_from: int | None = None
    position = 0
    while (newline := data.find(b"\n", position)) >= 0:
        record = _decoded(data[position:newline], after=previous)
        if record is None:
            damaged_from = position if damaged_from is None else damaged_from
        else:
            if damaged_from is not None:
                yield _damage(segment, start, previous, damaged_from, position)
                damaged_from = None
            previous, document = record
            yield Located(previous, document, start + newline + 1)
        position = newline + 1
    if damaged_from is not None:
        yield _damage(segment, start, previous, damaged_from, position)


def _decoded(line: bytes, after: int) -> tuple[int, dict[str, Any]] | None:
    checksum, _, body = line.partition(b" ")
    if len(checksum) != _CHECKSUM_LENGTH or checksum != b"%08x" % zlib.crc32(body):
        return None
    number, _, document = body.partition(b" ")
    return (int(number), json.loads(document)) if int(number) > after else None


def _damage(segment: Segment, start: int, previous: int, begin: int, end: int) -> Located:
    return Located(previous + 1, JournalDamage(segment.path.name, start + begin, end - begin), start + end)

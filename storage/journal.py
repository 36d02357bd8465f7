"""The inbox journal: a process that may die at any time appends, another one reads by cursor.

A record is on the disk before `append` returns, and before `read` gives it out: the reader may act on it, and its
number is never given to another record, even when the power fails right after.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from storage.disk import PRIVATE_FILE, make_private_folder, sync_descriptor, sync_folder
from storage.errors import StoreClosed, explaining
from storage.journal_lines import (
    Entry,
    JournalDamage,
    Located,
    Segment,
    encode_line,
    read_lines,
    segment_path,
    segments,
)
from storage.lock import DataLock

__all__ = ["JournalDamage", "JournalReader", "JournalWriter"]

#: a new file after this many bytes, so that what was read can be deleted soon
SEGMENT_BYTES = 1 << 20

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn newlines into two bytes


class JournalWriter:
    """Appends records durably; one writer at a time, from one thread.

    Raises AlreadyRunning when another writer is alive, and StoreError when the disk refuses. After a failed append
    the record is not acknowledged, though a reader may see it; the next append begins behind it. `above` is the
    reader's cursor: numbers stay greater even if somebody emptied the folder.
    """

    def __init__(self, folder: Path, segment_bytes: int = SEGMENT_BYTES, above: int = 0) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._above = above
        self._lock = DataLock(folder, "writer.lock")
        self._open: _OpenSegment | None = None
        self._is_closed = False
        try:
            self._segment()
        except BaseException:
            self.close()
            raise

    def append(self, document: Mapping[str, Any]) -> int:
        """Store one record: its number, greater than every earlier one."""
        return self.append_many([document])[-1]

    def append_many(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Store records with one sync: their numbers. After a crash in the middle the first few may be there."""
        segment = self._segment()
        first = segment.next_number
        lines = [encode_line(number, document) for number, document in enumerate(documents, first)]
        try:
            with explaining(self._folder):
                segment.write(lines)
        except BaseException:
            self._leave_segment()
            raise
        if segment.size >= self._segment_bytes:
            self.rotate()
        return list(range(first, first + len(lines)))

    def rotate(self) -> None:
        """Begin a new file if this one has records, so that the reader may delete them all."""
        if self._segment().size:
            self._leave_segment()
            self._segment()

    def close(self) -> None:
        self._is_closed = True
        self._leave_segment()
        self._lock.release()

    def __enter__(self) -> JournalWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _segment(self) -> _OpenSegment:
        if self._is_closed:
            raise StoreClosed(f"{self._folder}: the journal is closed")
        if self._open is None:
            with explaining(self._folder):
                self._open = _begin_segment(self._folder, self._above)
        return self._open

    def _leave_segment(self) -> None:
        if self._open is not None:
            os.close(self._open.descriptor)
            self._open = None


class JournalReader:
    """Reads records by cursor while the writer appends, from one thread, and deletes what is no longer needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._resume: _Position | None = None

    def read(self, after: int, limit: int) -> list[Entry]:
        """At most `limit` entries with numbers greater than `after`, in order: (number, document or JournalDamage).

        Damage has the number of the first record it hid; a cursor moves over it as over a record.
        """
        entries: list[Entry] = []
        with explaining(self._folder):
            for segment in self._unread(after):
                for found in self._located(segment, after):
                    if len(entries) == limit:
                        return entries
                    if found.number > after:
                        entries.append((found.number, found.content))
                        self._resume = _Position(segment, found.end, found.number)
        return entries

    def discard(self, through: int) -> int:
        """Delete the files that hold no record above `through`, except the newest: how many were deleted.

        The newest file's name carries the numbering on; `JournalWriter.rotate` makes it an empty one.
        """
        with explaining(self._folder):
            every = segments(self._folder)
            done = [segment for segment, later in pairwise(every) if later.first <= through + 1]
            if done:
                sync_folder(self._folder)  # the newest file's name must outlast what it carries on
            for segment in done:
                segment.path.unlink(missing_ok=True)
        return len(done)

    def _unread(self, after: int) -> list[Segment]:
        """The files from the one that holds the record behind `after`."""
        every = segments(self._folder)
        begun = [place for place, segment in enumerate(every) if segment.first <= after + 1]
        return every[begun[-1] if begun else 0 :]

    def _located(self, segment: Segment, after: int) -> Iterator[Located]:
        start, previous = 0, segment.first - 1
        if self._resume and self._resume.segment == segment and self._resume.number == after:
            start, previous = self._resume.end, after
        return read_lines(_durable_bytes(segment.path, start), segment, start, previous)


@dataclass
class _OpenSegment:
    """The file that is being appended to."""

    descriptor: int
    next_number: int
    size: int = 0

    def write(self, lines: list[bytes]) -> None:
        data = b"".join(lines)
        written = 0
        while written < len(data):
            written += os.write(self.descriptor, data[written:])
        sync_descriptor(self.descriptor)
        self.next_number += len(lines)
        self.size += len(data)


@dataclass(frozen=True)
class _Position:
    """Behind which record the reader stopped, and at which byte of which file."""

    segment: Segment
    end: int
    number: int


def _begin_segment(folder: Path, above: int) -> _OpenSegment:
    """A new empty file behind everything that was ever written; what a crash cut off is cleared away first."""
    make_private_folder(folder)
    every = segments(folder)
    number = max(_repair(every[-1]) if every else 1, above + 1)
    path = segment_path(folder, number)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY, PRIVATE_FILE)
    sync_folder(folder)
    return _OpenSegment(descriptor, number)


def _repair(segment: Segment) -> int:
    """Cut a torn last line off, which nobody was told is there: the number that comes next.

    Behind damage the lines cannot be counted, so the number leaps over as many as the file has bytes.
    """
    with segment.path.open("r+b") as file:
        data = file.read()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            file.truncate(whole)
        sync_descriptor(file.fileno())
    entries = list(read_lines(data, segment, 0, segment.first - 1))
    if any(isinstance(entry.content, JournalDamage) for entry in entries):
        return max(segment.first, entries[-1].number) + len(data)
    return entries[-1].number + 1 if entries else segment.first


def _durable_bytes(path: Path, start: int) -> bytes:
    """The file from a byte on; synced, because the writer may not have got that far with its last line.

    A file that was deleted meanwhile was read before: it holds nothing.
    """
    try:
        with path.open("r+b") as file:
            file.seek(start)
            data = file.read()
            if data:
                sync_descriptor(file.fileno())
            return data
    except FileNotFoundError:
        return b""

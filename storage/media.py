"""Pictures, videos and features as files named by their content: stored once, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NewType

from storage.disk import make_private_folder, put_in_place, sync_folder
from storage.errors import MissingFile, explaining

#: the SHA-256 of a file's content, 64 lower-case hexadecimal digits
Digest = NewType("Digest", str)

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Holdings:
    """What the store holds."""

    old: tuple[str, ...]  #: the digests of files that were stored long ago
    size: int  #: bytes, of all files


class MediaStore:
    """Files by the digest of their content, in `ab/<digest>` below the folder. Any thread may use it.

    A file is on the disk when `put` or `adopt` returns, so a row that names it may be committed then. A failing or
    full disk raises StoreError; a digest that is none raises ValueError.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"
        self._placing = threading.Lock()
        with explaining(folder):
            make_private_folder(folder)
            make_private_folder(self._incoming)

    @property
    def folder(self) -> Path:
        return self._folder

    def put(self, content: bytes) -> Digest:
        """Store a content; one that is there already counts as new, and is not discarded for a while."""
        temporary = self.incoming()
        try:
            with explaining(temporary):
                temporary.write_bytes(content)
            return self.adopt(temporary)
        finally:
            temporary.unlink(missing_ok=True)

    def adopt(self, temporary: Path) -> Digest:
        """Move a finished file in, from `incoming()` or anywhere in the same file system."""
        with explaining(temporary):
            with temporary.open("rb") as file:
                digest = Digest(hashlib.file_digest(file, "sha256").hexdigest())
            self._place(temporary, self.path(digest))
        return digest

    def incoming(self) -> Path:
        """A name, not yet taken, for a file that is going to be adopted."""
        return self._incoming / uuid.uuid4().hex

    def path(self, digest: str) -> Path:
        """Where a content is, or would be."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is not a SHA-256 in lower-case hexadecimal digits")
        return self._folder / digest[:2] / digest

    def exists(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def read(self, digest: str) -> bytes:
        """The whole content; MissingFile when it is not there."""
        path = self.path(digest)
        with explaining(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                raise MissingFile(f"{path} is no longer there") from None

    def look_through(self, older_than: datetime) -> Holdings:
        """What is there; downloads that were never finished go. Takes long: not for the thread that does the rest.

        Younger files are not named: the row that names them may not be committed yet.
        """
        old, size = [], 0
        with explaining(self._folder):
            for path in self._files():
                found = _stat(path)
                size += found.st_size if found else 0
                if path.parent == self._incoming:
                    with suppress(OSError):  # held by another program: found again next time
                        self._delete_old(path, older_than)
                elif found and _changed_at(found) < older_than and _DIGEST.fullmatch(path.name):
                    old.append(path.name)
        return Holdings(tuple(old), size)

    def discard(self, digest: str, older_than: datetime) -> bool:
        """Delete a content that nothing needs, unless it was stored again meanwhile: whether it went."""
        path = self.path(digest)
        with explaining(path):
            return self._delete_old(path, older_than)

    def _files(self) -> Iterator[Path]:
        return (path for path in self._folder.glob("*/*") if path.is_file())

    def _place(self, temporary: Path, final: Path) -> None:
        with self._placing:
            there = _stat(final)
            if there is not None and there.st_size == temporary.stat().st_size:
                os.utime(final)
                temporary.unlink()
                return
            if not final.parent.is_dir():
                make_private_folder(final.parent)
                sync_folder(self._folder)
            put_in_place(temporary, final)

    def _delete_old(self, path: Path, older_than: datetime) -> bool:
        with self._placing:
            found = _stat(path)
            if found is None or _changed_at(found) >= older_than:
                return False
            path.unlink(missing_ok=True)
            return True


def _stat(path: Path) -> os.stat_result | None:
    """None for a file that has just gone."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _changed_at(found: os.stat_result) -> datetime:
    return datetime.fromtimestamp(found.st_mtime, UTC)

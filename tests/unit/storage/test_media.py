from __future__ import annotations

import hashlib
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.errors import MissingFile, StoreError
from storage.media import Digest, MediaStore

ABC = Digest(hashlib.sha256(b"abc").hexdigest())
OTHER = Digest(hashlib.sha256(b"other").hexdigest())
NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


def contents(folder: Path) -> dict[str, bytes]:
    """All files of the store in this folder, by name."""
    return {path.name: path.read_bytes() for path in folder.glob("media/*/*")}


def make_old(path: Path) -> None:
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))


def test_a_content_is_kept_once_under_its_digest(media: MediaStore, tmp_path: Path) -> None:
    assert not media.exists(ABC)
    assert media.put(b"abc") == media.put(b"abc") == ABC
    assert media.exists(ABC)
    assert media.path(ABC) == tmp_path / "media" / ABC[:2] / ABC
    assert media.read(ABC) == b"abc"
    assert contents(tmp_path) == {ABC: b"abc"}


def test_a_download_is_moved_in(media: MediaStore, tmp_path: Path) -> None:
    for _ in range(2):
        download = media.incoming()
        download.write_bytes(b"abc")
        assert media.adopt(download) == ABC
        assert not download.exists()
    assert media.read(ABC) == b"abc"
    outside = tmp_path / "elsewhere.jpg"
    outside.write_bytes(b"other")
    assert media.adopt(outside) == OTHER
    assert contents(tmp_path) == {ABC: b"abc", OTHER: b"other"}


def test_a_cut_off_file_is_healed_by_the_same_content(media: MediaStore) -> None:
    media.put(b"abc")
    media.path(ABC).write_bytes(b"a")
    media.put(b"abc")
    assert media.read(ABC) == b"abc"


def test_only_what_is_old_is_named_and_discarded(media: MediaStore) -> None:
    for content in (b"abc", b"other", b"kept"):
        make_old(media.path(media.put(content)))
    media.put(b"other")  # posted again: its row may not be committed yet
    unfinished = media.incoming()
    unfinished.write_bytes(b"half")
    make_old(unfinished)
    fresh = media.incoming()
    fresh.write_bytes(b"half")
    kept = hashlib.sha256(b"kept").hexdigest()
    before = NOON + timedelta(hours=1)
    holdings = media.look_through(before)
    assert sorted(holdings.old) == sorted([ABC, kept])
    assert holdings.size == len(b"abcotherkepthalfhalf")
    assert media.discard(ABC, before)
    assert not media.discard(ABC, before)
    assert not media.discard(OTHER, before)
    assert not media.exists(ABC)
    assert media.exists(OTHER)
    assert media.exists(kept)
    assert not unfinished.exists()
    assert fresh.exists()


@pytest.mark.parametrize("digest", ["", "abc", "../../etc/passwd", ABC.upper(), ABC + "0", ABC + "\n"])
def test_only_digests_are_names(media: MediaStore, digest: str) -> None:
    for use in (media.path, media.read, media.exists, lambda each: media.discard(each, NOON)):
        with pytest.raises(ValueError, match="is not a SHA-256"):
            use(digest)


def test_a_missing_content_is_named(media: MediaStore) -> None:
    with pytest.raises(MissingFile, match=ABC):
        media.read(ABC)
    with pytest.raises(StoreError):
        media.adopt(media.incoming())


def test_a_download_that_another_program_holds_keeps_nothing_else(
    media: MediaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows an open file cannot be deleted."""
    make_old(media.path(media.put(b"abc")))
    held = media.incoming()
    held.write_bytes(b"half")
    make_old(held)

    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "used by another process", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    assert media.look_through(NOON + timedelta(hours=1)).old == (ABC,)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_disk_that_refuses_leaves_no_trace(media: MediaStore, tmp_path: Path) -> None:
    from tests.support.disk import file_size_limit

    with file_size_limit(1000), pytest.raises(StoreError, match="writing failed"):
        media.put(b"x" * 2000)
    assert contents(tmp_path) == {}
    assert media.put(b"abc") == ABC


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_files_and_folders_are_private(media: MediaStore, tmp_path: Path) -> None:
    path = media.path(media.put(b"abc"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent)} == {0o700}

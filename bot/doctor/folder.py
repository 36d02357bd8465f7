"""What the doctor looks at in the data folder: can it be written, is it private, is it on a disk that keeps things."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.doctor.checkups import Finding, fault, fine, warning
from bot.machine import LEAST_FREE_DISK

#: SQLite's and our journals' locks cannot be trusted on these (https://www.sqlite.org/faq.html#q5).
NETWORK_SYSTEMS = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.rclone"})
#: What is on these is gone after a restart, or with the container.
PASSING_SYSTEMS = frozenset({"tmpfs", "ramfs", "overlay"})


def check_data_folder(folder: Path) -> Iterator[Finding]:
    """All findings about the folder, or about the place where it will be made."""
    place = _nearest_existing(folder)
    try:
        _write_through(place)
    except OSError as error:
        yield fault("folder.not_writable", folder=str(place), error=error.strerror or str(error))
        return
    yield fine("folder.fine" if folder.exists() else "folder.will_be_made", folder=str(folder.absolute()))
    yield _check_space(place)
    if folder.exists():
        yield from _check_privacy(folder)
    yield from _check_file_system(file_system(place))


def newest_record(folder: Path) -> datetime | None:
    """When the newest file of the data folder's first two levels was written; None when there is none."""
    moments = [path.stat().st_mtime for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.is_file()]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def file_system(place: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """The kind of file system that a place is on, e.g. `ext4`; None where that cannot be told (not on Linux)."""
    if not mounts.exists():
        return None
    found, longest = None, -1
    for line in mounts.read_text("utf-8", "replace").splitlines():
        _, point, kind, *_ = line.split()
        point = point.replace("\\040", " ")  # fstab(5): spaces are written so
        if place.resolve().is_relative_to(point) and len(point) >= longest:
            found, longest = kind, len(point)
    return found


def _nearest_existing(folder: Path) -> Path:
    path = folder.absolute()
    while not path.exists():
        path = path.parent
    return path


def _write_through(place: Path) -> None:
    """Write a file and have the disk confirm it, as the store does for each record."""
    with tempfile.NamedTemporaryFile(dir=place, prefix=".doctor-") as trial:
        trial.write(b"x" * 4096)
        trial.flush()
        os.fsync(trial.fileno())


def _check_space(place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    megabytes = str(free // 1024**2)
    return fine("space.fine", free=megabytes) if free >= LEAST_FREE_DISK else fault("space.short", free=megabytes)


def _check_privacy(folder: Path) -> Iterator[Finding]:
    if sys.platform == "win32":  # a user's folders are private there unless shared on purpose
        return
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        yield warning("folder.open", folder=str(folder.absolute()), mode=f"{mode:o}")
    else:
        yield fine("folder.private")


def _check_file_system(kind: str | None) -> Iterator[Finding]:
    if kind in NETWORK_SYSTEMS:
        yield fault("disk.network", kind=kind)
    elif kind in PASSING_SYSTEMS:
        yield warning("disk.passing", kind=kind)
    elif kind:
        yield fine("disk.fine", kind=kind)

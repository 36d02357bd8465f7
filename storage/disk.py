"""Files that survive a power cut: written aside, synced, and put in place whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

#: only the owner may look: these are other people's messages and pictures
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def sync_descriptor(descriptor: int) -> None:
    """Return once the file's content is on the disk itself.

    macOS' fsync leaves it in the drive's own cache, so F_FULLFSYNC is used there (see `man 2 fsync` on macOS).
    """
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_file(path: Path) -> None:
    """Sync a closed file's content; opened for writing because Windows refuses otherwise."""
    with path.open("r+b") as file:
        sync_descriptor(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable; Windows has no such call and does not need it (NTFS logs its names)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def written_aside(final: Path) -> Iterator[Path]:
    """Gives a name to write to; what is there gets the name `final` at the end, unless an error came between."""
    temporary = part_of(final)
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        put_in_place(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)


def part_of(final: Path) -> Path:
    """The name of an unfinished file."""
    return final.with_name(final.name + ".part")


def put_in_place(temporary: Path, final: Path) -> None:
    """Sync a finished file and give it its name, replacing what had it; both must be in one file system."""
    temporary.chmod(PRIVATE_FILE)
    sync_file(temporary)
    temporary.replace(final)
    sync_folder(final.parent)


def make_private_folder(folder: Path) -> None:
    """Create the folder for the owner's eyes only; one that exists is left as it is."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)

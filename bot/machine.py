"""What the machine has left: room on the disk, memory; asked now and then, cheap."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

MEBIBYTE = 1024 * 1024
#: Media is kept for days: with less free space than this, it soon has nowhere to go.
LEAST_FREE_DISK = 500 * MEBIBYTE
#: With less, the system begins to kill programs.
LEAST_FREE_MEMORY = 100 * MEBIBYTE


@dataclass(frozen=True)
class Machine:
    """Bytes; None for what cannot be told here."""

    free_disk: int | None = None
    free_memory: int | None = None


def measure(folder: Path) -> Machine:
    """The machine as the bot finds it: the disk of a folder, the memory that programs may still take."""
    return Machine(shutil.disk_usage(folder).free, free_memory())


def free_memory(system: Path = Path("/")) -> int | None:
    """What the system has left, or the container, whichever is less; None where neither tells (not on Linux).

    proc(5), MemAvailable; https://docs.kernel.org/admin-guide/cgroup-v2.html, memory.max and memory.stat.
    """
    found = [each for each in (_of_system(system), _of_container(system)) if each is not None]
    return min(found, default=None)


def _of_system(system: Path) -> int | None:
    lines = _words(system / "proc/meminfo")
    return int(lines["MemAvailable:"]) * 1024 if "MemAvailable:" in lines else None


def _of_container(system: Path) -> int | None:
    """Its limit, less what is used and cannot be given back."""
    group = system / "sys/fs/cgroup"
    try:
        limit, used = ((group / name).read_text("ascii").strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return None
    cached = int(_words(group / "memory.stat").get("inactive_file", 0))
    return max(int(limit) - int(used) + cached, 0) if limit.isdigit() else None


def _words(path: Path) -> dict[str, str]:
    """The first two words of each line."""
    try:
        lines = path.read_text("ascii", "replace").splitlines()
    except OSError:
        return {}
    return {words[0]: words[1] for line in lines if len(words := line.split()) > 1}

"""One process per folder: a lock held by the operating system, which lets go when the process dies, however it dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from storage.disk import make_private_folder
from storage.errors import StoreError, explaining

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Windows forbids others to read what is locked, so the byte locked there lies far behind the process id
_LOCKED_BYTE = 1 << 30


class AlreadyRunning(StoreError):
    """Another process holds the folder; `pid` is its process id, if it could be read."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        holder = f"process {pid}" if pid else "another process"
        super().__init__(f"{folder} is in use by {holder}. Stop it first, or choose another data folder.")
        self.pid = pid


class DataLock:
    """Holds a folder for this process from its making until `release`, or the process's end.

    Raises AlreadyRunning when another holder is alive. The file stays; only the lock on it counts.
    """

    def __init__(self, folder: Path, name: str = "lock") -> None:
        path = folder / name
        with explaining(path):
            make_private_folder(folder)
            # Python's descriptors are not inherited by started programs, so a child cannot keep the lock alive.
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(self._descriptor):
            pid = _written_pid(self._descriptor)
            os.close(self._descriptor)
            raise AlreadyRunning(folder, pid)
        self._is_held = True
        try:
            with explaining(path):
                _write_pid(self._descriptor)
        except StoreError:
            self.release()
            raise

    def release(self) -> None:
        """Let another process have the folder; may be called twice."""
        if self._is_held:
            self._is_held = False
            _unlock(self._descriptor)
            os.close(self._descriptor)

    def __enter__(self) -> DataLock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def _try_lock(descriptor: int) -> bool:
    """flock belongs to this opening of the file, so it also keeps out a second holder in one process."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _unlock(descriptor: int) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _write_pid(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, str(os.getpid()).encode())


def _written_pid(descriptor: int) -> int | None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, 20)
    return int(text) if text.isdigit() else None

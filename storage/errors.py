"""What can go wrong with the data on disk; every message says which file and what to do next."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: the codes of a full disk; a spent quota has its own where the system knows quotas
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class StoreError(Exception):
    """The data cannot be read or written; nothing of the step in progress was saved."""


class StoreClosed(StoreError):
    """The store was closed and cannot be used any more."""


class NewerLayout(StoreError):
    """The data was written by a newer version of the program."""


class MissingFile(LookupError):
    """A stored file is no longer there: deleted by hand, or not part of what was restored."""


class DuplicateKey(ValueError):
    """Another document of the table has this natural key."""


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Turn an OSError about `path` into a StoreError that a person can act on."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: {_explanation(error)}") from error


def _explanation(error: OSError) -> str:
    if error.errno in _FULL:
        return "the disk is full. Free some space; nothing of this step was saved."
    if error.errno in _REFUSED:
        return "access is refused. Check who owns the data folder and that it can be written."
    return f"reading or writing failed ({error.strerror or error}). Check the disk and the data folder."

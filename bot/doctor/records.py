"""What the doctor looks at in the records: does a bot that runs hold them, and are they whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.doctor.checkups import Finding, fault, fine, warning
from storage.backup import check_database
from storage.errors import StoreError
from storage.lock import AlreadyRunning, DataLock


def check_running(folder: Path) -> Finding | None:
    """A warning when a bot runs with this folder; then its records and its port are its own business."""
    if not (folder / "lock").exists():
        return None
    try:
        DataLock(folder).release()
    except AlreadyRunning as running:
        return warning("records.in_use", pid=str(running.pid or "?"))
    except StoreError:  # a folder that cannot be written is a finding of its own
        return None
    return None


def check_records(folder: Path) -> Iterator[Finding]:
    database = folder / "bot.db"
    if not database.exists():
        return
    faults = check_database(database)
    yield fault("records.damaged", error=faults[0]) if faults else fine("records.fine")

"""How well the bot is: the list of checked things for `!health` and the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.flows import watching
from bot.machine import LEAST_FREE_DISK, LEAST_FREE_MEMORY, MEBIBYTE, Machine
from bot.model.document import to_document
from bot.model.job import RunState
from bot.model.overview import HealthItem
from storage.query import where
from storage.tables import Tables

DAY = timedelta(days=1)
#: One missed daily backup is bad luck.
BACKUP_OLD = timedelta(hours=50)


def checked(
    tables: Tables, machine: Machine, media_bytes: int | None, last_backup: datetime | None, now: datetime
) -> Iterator[HealthItem]:
    """Each with whether it is well; details are plain figures with their unit."""
    yield _room("disk", machine.free_disk, LEAST_FREE_DISK)
    yield _room("memory", machine.free_memory, LEAST_FREE_MEMORY)
    if media_bytes is not None:
        yield HealthItem("media", True, f"{media_bytes // MEBIBYTE} MB")
    if last_backup is None:
        yield HealthItem("backup", None)
    else:
        age = now - last_backup
        yield HealthItem("backup", age < BACKUP_OLD, f"{age // timedelta(hours=1)} h")
    yield _jobs(tables, now)
    yield _captures(tables, now)
    yield _phone(tables, now)


def _room(name: str, free: int | None, least: int) -> HealthItem:
    return HealthItem(name, None) if free is None else HealthItem(name, free >= least, f"{free // MEBIBYTE} MB")


def _jobs(tables: Tables, now: datetime) -> HealthItem:
    since = where("at") > to_document(now - DAY)
    bad = tables.job_runs.count(since & where("state").one_of([RunState.MISSED.value, RunState.FAILED.value]))
    return HealthItem("jobs", bad == 0, str(bad))


def _captures(tables: Tables, now: datetime) -> HealthItem:
    missed, seen = watching.missed_lately(tables, now)
    is_well = seen < watching.LEAST_STATUSES or missed <= watching.MISSED_SHARE * seen
    return HealthItem("missed", is_well, f"{missed}/{seen}")


def _phone(tables: Tables, now: datetime) -> HealthItem:
    seen = watching.phone_last_seen(tables)
    if seen is None:
        return HealthItem("phone", None)
    days = max((now - seen).days, 0)
    return HealthItem("phone", days < min(watching.UNSEEN_DAYS), f"{days} d")

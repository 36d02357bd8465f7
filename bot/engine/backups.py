"""Backups in the engine's round: once a day, and when the owner asks; made in a lane, for pictures can be many."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from bot.engine.world import World
from bot.flows import alerts, backups, retention
from bot.lanes import Finished, Lane
from bot.machine import MEBIBYTE
from bot.model.alert import Severity
from storage.backup import Backup, list_backups
from storage.errors import StoreError
from storage.full_backup import Parts, back_up
from storage.sealed import Secret

log = logging.getLogger(__name__)

BACKUP_EVERY = timedelta(days=1)


class Backups:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        folder = world.backups
        self._parts = world.vault or Parts(folder, world.media, folder / "none", Secret(folder.parent / "backup.key"))
        self._lane = Lane[str]("backup", 1, world.wake)
        self._making = threading.Lock()
        self.newest_at: datetime | None = None  #: when the last one was made, as far as is known

    def look(self) -> None:
        """Begin with the backup of the day when it is due; the metronome's beat."""
        try:
            newest = next(iter(list_backups(self._parts.backups)), None)
        except StoreError as error:
            self._settle(error)
            return
        is_due = newest is None or self._world.now() - newest.made_at >= BACKUP_EVERY
        if not is_due:
            self._settle(None)
        elif self._lane.room:
            self._lane.submit("daily", self._make)

    def take(self) -> bool:
        """A backup that failed is an alert, and tried again at the next look."""
        finished = self._lane.finished()
        for ended in finished:
            self._settle(self._fault(ended))
        return bool(finished)

    def give(self) -> bool:
        """`look` gives."""
        return False

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        """Wait for the one under way: the records must not be closed while they are copied."""
        self._lane.close(wait=True)

    def make_now(self) -> float:
        """A backup outside of the daily ones; its size in megabytes. Any thread may; raises StoreError."""
        return self._make().size / MEBIBYTE

    def note(self) -> None:
        """What there is to fall back on, for those who look at the tables; within a transaction."""
        found = list_backups(self._parts.backups)
        self.newest_at = found[0].made_at if found else None
        backups.note(self._tables, [(each.made_at, each.size) for each in found])

    def _make(self) -> Backup:
        """Runs in a lane; reads the store, writes nothing there."""
        with self._making:
            return back_up(self._tables.store, self._parts, retention.of_backups(self._tables), self._world.now())

    def _settle(self, fault: BaseException | None) -> None:
        now = self._world.now()
        with self._tables.store.transaction():
            if fault is not None:
                alerts.raised(self._tables, now, "backup", Severity.CRITICAL, error=str(fault))
                return
            alerts.cleared(self._tables, now, "backup")
            self.note()

    def _fault(self, ended: Finished[str]) -> BaseException | None:
        if ended.error is not None and not isinstance(ended.error, StoreError):
            self._world.bury("backup", ended.error)
        return ended.error

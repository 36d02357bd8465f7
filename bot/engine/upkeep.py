"""What keeps a bot well that runs for months: heartbeat, watching, sweeping, backups."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.engine.world import World
from bot.flows import alerts, backups, expiry, linking, retention, watching, wellness
from bot.logs import fields
from bot.machine import MEBIBYTE, size_of
from bot.model.alert import Severity
from bot.model.overview import HealthItem
from bot.model.privacy import Keeping
from storage.backup import Backup, list_backups
from storage.errors import StoreError
from storage.full_backup import Parts, back_up
from storage.sealed import Secret

log = logging.getLogger(__name__)

BACKUP_EVERY = timedelta(days=1)


class Upkeep:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        folder = world.backups
        self._parts = world.vault or Parts(folder, world.media, folder / "none", Secret(folder.parent / "backup.key"))
        self._health: tuple[HealthItem, ...] = ()
        self._media_bytes: int | None = None
        self._last_backup: datetime | None = None

    def beat(self) -> None:
        """The heartbeat: until now the bot was alive."""
        with self._tables.store.transaction():
            linking.alive(self._tables, self._world.now())

    def watch(self) -> None:
        """Look at link, phone and machine; what is wrong becomes an alert."""
        world, now = self._world, self._world.now()
        machine = world.machine()
        with self._tables.store.transaction():
            watching.watch(self._tables, world.gateway.link(), machine, now)
        self._health = tuple(wellness.checked(self._tables, machine, self._media_bytes, self._last_backup, now))

    def health(self) -> tuple[HealthItem, ...]:
        """What the last look found."""
        return self._health

    def sweep(self) -> None:
        """Delete the records that have had their time, and the files that nothing needs any more."""
        now, media = self._world.now(), self._world.media
        while self._expire(now):
            pass
        gone = media.sweep(retention.needed(self._tables, self.keeping, now), older_than=now - retention.GRACE)
        with self._tables.store.transaction():
            retention.count(self._tables, "files", gone)
        self._media_bytes = size_of(media.folder)
        log.info("media swept", extra=fields(deleted=gone))

    @property
    def keeping(self) -> Keeping:
        return self._world.rules.keeping

    def _expire(self, now: datetime) -> bool:
        with self._tables.store.transaction():
            return expiry.expire(self._tables, self.keeping, now)

    def back_up(self) -> None:
        """A backup once a day; those of the newest week are kept. A failure is an alert, and tried again."""
        now = self._world.now()
        try:
            newest = next(iter(list_backups(self._parts.backups)), None)
            if newest is None or now - newest.made_at >= BACKUP_EVERY:
                newest = self._make(now)
        except StoreError as error:
            with self._tables.store.transaction():
                alerts.raised(self._tables, now, "backup", Severity.CRITICAL, error=str(error))
            return
        with self._tables.store.transaction():
            alerts.cleared(self._tables, now, "backup")
            self.note_backups()

    def back_up_now(self) -> float:
        """A backup outside of the daily ones; its size in megabytes. Any thread may; raises StoreError."""
        return self._make(self._world.now()).size / MEBIBYTE

    def note_backups(self) -> None:
        """What there is to fall back on, for those who look at the tables; within a transaction."""
        found = list_backups(self._parts.backups)
        self._last_backup = found[0].made_at if found else None
        backups.note(self._tables, [(each.made_at, each.size) for each in found])

    def _make(self, now: datetime) -> Backup:
        return back_up(self._tables.store, self._parts, frozenset(retention.of_backups(self._tables)), now)

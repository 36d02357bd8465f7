"""What keeps a bot well that runs for months: heartbeat, watching, sweeping, backups."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.engine.world import World
from bot.flows import alerts, linking, retention, watching, wellness
from bot.logs import fields
from bot.machine import size_of
from bot.model.alert import Severity
from bot.model.overview import HealthItem
from storage.backup import list_backups, make_backup, prune_backups
from storage.errors import StoreError

log = logging.getLogger(__name__)

BACKUP_EVERY = timedelta(days=1)
BACKUPS_KEPT = 7


class Upkeep:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
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
        """Delete the files that nothing needs any more."""
        now, media = self._world.now(), self._world.media
        gone = media.sweep(retention.needed(self._tables, now), older_than=now - retention.GRACE)
        self._media_bytes = size_of(media.folder)
        log.info("media swept", extra=fields(deleted=gone))

    def back_up(self) -> None:
        """A copy of the records once a day; the newest week is kept. A failure is an alert, and tried again."""
        now, folder = self._world.now(), self._world.backups
        try:
            newest = next(iter(list_backups(folder)), None)
            if newest is None or now - newest.made_at >= BACKUP_EVERY:
                newest = make_backup(self._tables.store, folder, now)
                prune_backups(folder, BACKUPS_KEPT)
        except StoreError as error:
            with self._tables.store.transaction():
                alerts.raised(self._tables, now, "backup", Severity.CRITICAL, error=str(error))
            return
        self._last_backup = newest.made_at
        with self._tables.store.transaction():
            alerts.cleared(self._tables, now, "backup")

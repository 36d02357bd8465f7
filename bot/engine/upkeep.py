"""What keeps a bot well that runs for months: heartbeat, watching, sweeping."""

from __future__ import annotations

import logging
from datetime import datetime

from bot.engine.backups import Backups
from bot.engine.world import World
from bot.flows import expiry, linking, retention, watching, wellness
from bot.logs import fields
from bot.machine import size_of
from bot.model.overview import HealthItem
from bot.model.privacy import Keeping

log = logging.getLogger(__name__)


class Upkeep:
    def __init__(self, world: World, backups: Backups) -> None:
        self._world = world
        self._tables = world.tables
        self._backups = backups
        self._health: tuple[HealthItem, ...] = ()
        self._media_bytes: int | None = None

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
        self._health = tuple(wellness.checked(self._tables, machine, self._media_bytes, self._backups.newest_at, now))

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

"""What keeps a bot well that runs for months: heartbeat, sweeping, backups."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.engine.world import World
from bot.flows import linking, retention
from bot.logs import fields
from storage.backup import list_backups, make_backup, prune_backups

log = logging.getLogger(__name__)

BACKUP_EVERY = timedelta(days=1)
BACKUPS_KEPT = 7


class Upkeep:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables

    def beat(self) -> None:
        """The heartbeat: until now the bot was alive."""
        with self._tables.store.transaction():
            linking.alive(self._tables, self._world.now())

    def sweep(self) -> None:
        """Delete the files that nothing needs any more."""
        now = self._world.now()
        gone = self._world.media.sweep(retention.needed(self._tables, now), older_than=now - retention.GRACE)
        log.info("media swept", extra=fields(deleted=gone))

    def back_up(self) -> None:
        """A copy of the records once a day; the newest week is kept."""
        now, folder = self._world.now(), self._world.backups
        newest = next(iter(list_backups(folder)), None)
        if newest is None or now - newest.made_at >= BACKUP_EVERY:
            make_backup(self._tables.store, folder, now)
            prune_backups(folder, BACKUPS_KEPT)

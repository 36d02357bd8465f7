"""What keeps a bot well that runs for months: heartbeat and watching."""

from __future__ import annotations

from bot.engine.backups import Backups
from bot.engine.sweeping import Sweeper
from bot.engine.world import World
from bot.flows import linking, watching, wellness
from bot.model.overview import HealthItem


class Upkeep:
    def __init__(self, world: World, backups: Backups, sweeper: Sweeper) -> None:
        self._world = world
        self._tables = world.tables
        self._backups = backups
        self._health: tuple[HealthItem, ...] = ()
        self._sweeper = sweeper

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
        media, backup = self._sweeper.media_bytes, self._backups.newest_at
        self._health = tuple(wellness.checked(self._tables, machine, media, backup, now))

    def health(self) -> tuple[HealthItem, ...]:
        """What the last look found."""
        return self._health

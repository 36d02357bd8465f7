"""Sequences of reminders: now and then, the steps that are due are queued, and those that are over ended."""

from __future__ import annotations

from bot.engine.world import World
from bot.flows import sequences


class Reminders:
    def __init__(self, world: World) -> None:
        self._world = world
        self._followed_to = self._swept_to = 0

    def tick(self) -> None:
        """One look at all sequences, in one transaction."""
        world = self._world
        with world.tables.store.transaction():
            self._followed_to = sequences.follow(world.tables, self._followed_to, world.now())
            sequences.tick(world.tables, world.catalogue, world.now())
            self._swept_to = sequences.sweep(world.tables, self._swept_to)

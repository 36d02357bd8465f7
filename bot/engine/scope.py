"""Tells the gateway whom to listen to, as soon as that changes."""

from __future__ import annotations

from bot.engine.world import World
from bot.flows import listening
from bot.model.watched import Watched


class ScopeKeeper:
    """Costs nothing in a round in which nothing was written that says whom to listen to."""

    def __init__(self, world: World) -> None:
        self._world = world
        tables = world.tables
        self._sources = (tables.contacts, tables.addresses, tables.campaigns, tables.memberships, tables.preferences)
        self._seen: tuple[int, ...] = ()
        self._told: Watched | None = None

    def give(self) -> bool:
        """Returns whether there was something to tell."""
        versions = tuple(rows.version for rows in self._sources)
        if versions == self._seen:
            return False
        watched = listening.watched(self._world.tables)
        self._seen = versions
        if watched == self._told:
            return False
        self._world.gateway.watch(watched)
        self._told = watched
        return True

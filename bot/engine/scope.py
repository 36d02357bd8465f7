"""Tells the gateway whom to listen to, as soon as that changes."""

from __future__ import annotations

from bot.engine.world import World
from bot.flows import listening, people
from bot.model.watched import Watched


class ScopeKeeper:
    """Costs little in a round in which nothing of it changed: most of what is written of a contact does not matter."""

    def __init__(self, world: World) -> None:
        self._world = world
        tables = world.tables
        self._sources = (tables.addresses, tables.campaigns, tables.memberships, tables.preferences, tables.contacts)
        self._versions: tuple[int, ...] = ()
        self._matters: tuple[object, ...] = ()
        self._told: Watched | None = None

    def give(self) -> bool:
        """Returns whether there was something to tell."""
        tables = self._world.tables
        versions = tuple(rows.version for rows in self._sources)
        if versions == self._versions:
            return False
        matters = (*versions[:-1], people.not_taking_part(tables), people.asks_remain(tables))
        is_news = matters != self._matters and self._tell()
        self._versions, self._matters = versions, matters
        return is_news

    def _tell(self) -> bool:
        watched = listening.watched(self._world.tables)
        if watched == self._told:
            return False
        self._world.gateway.watch(watched)
        self._told = watched
        return True

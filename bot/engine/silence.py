"""Makes the connection anew, once, when a silence is unusual for this account."""

from __future__ import annotations

import logging
from datetime import datetime

from bot.engine.world import World
from bot.flows import silence
from bot.logs import fields
from bot.model.link import LinkState

log = logging.getLogger(__name__)


class Silence:
    def __init__(self, world: World) -> None:
        self._world = world
        self._answered: datetime | None = None

    def look(self) -> None:
        """To be called every few minutes."""
        world, now = self._world, self._world.now()
        link = world.gateway.link()
        if link.state is not LinkState.CONNECTED or now - link.since < silence.SHORTEST:
            return
        since = silence.unusual_since(world.tables, now)
        with world.tables.store.transaction():
            silence.tell(world.tables, since, now)
        if since is not None and since != self._answered:
            self._answered = since
            log.warning("an unusual silence: the connection is made anew", extra=fields(since=since))
            world.gateway.reconnect()

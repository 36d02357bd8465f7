"""Evidence cards in the engine's round: drawn in a lane, one at a time, before their media is deleted."""

from __future__ import annotations

import logging
from functools import partial

from bot.engine.world import World
from bot.flows import cards
from bot.lanes import Lane

log = logging.getLogger(__name__)

#: Looked at in one go.
BATCH = 20


class Cards:
    def __init__(self, world: World) -> None:
        self._world = world
        self._lane = Lane[int]("card", 1, world.wake)
        self._waiting: list[cards.Wanted] = []
        self._look = True

    def look(self) -> None:
        """There may be cards to draw; the metronome's beat."""
        self._look = True

    def take(self) -> bool:
        finished = self._lane.finished()
        for ended in finished:
            if ended.error is not None:
                self._world.bury("card", ended.error)
            with self._world.tables.store.transaction():
                cards.drawn(self._world.tables, ended.key, ended.value or cards.NONE)
        return bool(finished)

    def give(self) -> bool:
        world, rules = self._world, self._world.rules
        if not self._waiting and self._look and self._lane.is_idle:
            self._waiting = cards.due(world.tables, world.catalogue, rules.language, rules.keeping, world.now(), BATCH)
            self._look = bool(self._waiting)
        if not self._waiting or not self._lane.room:
            return False
        wanted = self._waiting.pop(0)
        self._lane.submit(wanted.judgement, partial(cards.draw, wanted, world.media, world.matcher))
        return True

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

"""The examination for probable blocks in the engine's round: one small part of it each time."""

from __future__ import annotations

from functools import partial

from bot.engine.world import World
from bot.flows import block_rounds


class Blocks:
    """A part of the engine's round that needs no lane."""

    def __init__(self, world: World) -> None:
        self._world = world

    def take(self) -> bool:
        return False

    def give(self) -> bool:
        """Look at the next contacts, if an examination is under way; whether one is."""
        world = self._world
        under_way = block_rounds.under_way(world.tables)
        if under_way is None:
            return False
        world.step(
            "block check",
            lambda: block_rounds.go_on(world.tables, under_way, world.now()),
            partial(self._give_up, under_way),
        )
        return True

    @property
    def is_idle(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def _give_up(self, under_way: block_rounds.Round, reference: str) -> None:
        """A bug of ours: the next examination comes in a few hours."""
        block_rounds.end(self._world.tables, under_way, self._world.now())

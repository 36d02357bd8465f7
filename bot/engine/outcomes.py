"""Results that change because time passes: statuses that were up for long enough, campaigns that end."""

from __future__ import annotations

from datetime import datetime

from bot.engine.world import World
from bot.flows import outcomes, periods, rejudging

#: Statuses settled in one round.
BATCH = 50


class Outcomes:
    """A part of the engine's round that needs no lane."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        self._campaigns_seen = -1
        self._next_turn: datetime | None = None

    def take(self) -> bool:
        return False

    def give(self) -> bool:
        """Settle what is due; returns whether there was anything."""
        now = self._world.now()
        with self._tables.store.transaction():
            settled = outcomes.settle_due(self._tables, now, BATCH)
        if self._is_turn(now):
            with self._tables.store.transaction():
                self._next_turn = periods.turn(self._tables, now)
            self._campaigns_seen = self._tables.campaigns.version
        with self._tables.store.transaction():
            told = rejudging.tell(self._tables, self._world.catalogue, now)
        return bool(settled) or told

    @property
    def is_idle(self) -> bool:
        return True

    def close(self) -> None:
        pass

    def _is_turn(self, now: datetime) -> bool:
        has_come = self._next_turn is not None and now >= self._next_turn
        return has_come or self._campaigns_seen != self._tables.campaigns.version

"""The engine: the one thread that changes state.

`loop` does a round: events come in (`inbox`), what is due goes out to the lanes and their answers come back
(`captures`, `orders`, `outbox`), and a snapshot is published.
"""

from __future__ import annotations

from bot.engine.loop import Engine
from bot.engine.world import World

__all__ = ["Engine", "World"]

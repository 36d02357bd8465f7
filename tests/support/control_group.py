"""A stage whose control chat is a group, as the owner names one from inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.flows import members
from bot.model.identity import Jid
from tests.support.stage import Stage

GROUP = Jid("12036304", "g.us")


@contextmanager
def stage_with_group(folder: Path) -> Iterator[Stage]:
    """What was said on the way there is forgotten."""
    stage = Stage(folder)
    stage.settle()
    members.listen_to_group(stage.tables, GROUP, stage.clock.now())
    stage.settle()
    stage.said.clear()
    yield stage
    stage.close()

"""One double and one supervised WhatsApp process for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.world import World


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("whatsapp"))
    yield world
    world.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of the bot."""
    return tmp_path / "data"

"""One double and one supervised WhatsApp process for each test."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.running import RunningGateway
from tests.support.world import World

#: The double reads the library's tables out of its ELF file: see tests/whatsapp_double/README.md.
if sys.platform != "linux" or platform.machine() != "x86_64":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("whatsapp"))
    yield world
    world.close()


@pytest.fixture
def running(world: World, tmp_path: Path) -> Iterator[RunningGateway]:
    """A gateway that has just been started."""
    with RunningGateway(world, tmp_path) as running:
        yield running


@pytest.fixture
def linked(running: RunningGateway) -> RunningGateway:
    """A gateway that is linked to the owner's account and connected."""
    running.link_device()
    return running

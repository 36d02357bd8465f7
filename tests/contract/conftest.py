from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.store import Spec, Store, open_store

SCHEMA = [
    Spec("statuses", key="key", indexes=(("campaign",), ("at",), ("campaign", "outcome"))),
    Spec("plain"),
    Spec("indexed", indexes=(("a",), ("b",), ("to.user",))),
]

Opening = Callable[[], Store]


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Opening]:
    """Opens the same file at each call; closes what is still open at the end."""
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(tmp_path / "data" / "bot.db", SCHEMA))
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, opening: Opening) -> Iterator[Store]:
    if request.param == "file":
        yield opening()
        return
    with open_store(":memory:", SCHEMA) as in_memory:
        yield in_memory

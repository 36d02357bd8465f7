"""Where the engine pins the newest overview, and others read it: no lock, only whole values."""

from __future__ import annotations

from collections.abc import Callable

from bot.model.overview import Overview


class Board:
    """`latest` may be called from any thread; watchers are called in the engine's thread and must be quick."""

    def __init__(self) -> None:
        self._latest: Overview | None = None
        self._watchers: list[Callable[[Overview], None]] = []

    def watch(self, watcher: Callable[[Overview], None]) -> None:
        """Call `watcher` with each new overview."""
        self._watchers.append(watcher)

    def publish(self, overview: Overview) -> None:
        self._latest = overview
        for watcher in self._watchers:
            watcher(overview)

    def latest(self) -> Overview:
        """The newest overview; the engine publishes one before anybody can ask."""
        assert self._latest is not None, "nothing was published yet"
        return self._latest

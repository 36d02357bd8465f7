"""What the page is made of: the engine's snapshot, the catalogue's words, the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Request, request

from bot.clock import Clock
from bot.model.overview import Overview
from webstatus.reader import LANGUAGES, Reader, Say


@dataclass(frozen=True)
class Source:
    overview: Callable[[], Overview]
    say: Say
    clock: Clock

    def reader(self) -> Reader:
        """How the visitor of the current request reads."""
        shown = self.overview()
        return Reader(self.say, visitor_language(request, shown.language), shown.timezone, self.clock.now())

    def age(self) -> timedelta:
        """How long ago the engine published the snapshot."""
        return self.clock.now() - self.overview().at

    def plain_reader(self) -> Reader:
        """The same without the snapshot: for telling that something went wrong, whatever it was."""
        return Reader(self.say, visitor_language(request, LANGUAGES[0]), "UTC", self.clock.now())


def visitor_language(asked: Request, otherwise: str) -> str:
    """What `?lang=` says; else what the browser prefers; else the given one."""
    chosen = asked.args.get("lang", "")
    return chosen if chosen in LANGUAGES else asked.accept_languages.best_match(LANGUAGES, otherwise) or otherwise

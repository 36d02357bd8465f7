"""How one visitor reads: their language's words, in the bot's time zone."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

log = logging.getLogger(__name__)

LANGUAGES = ("es", "en")


class Say(Protocol):
    """The catalogue: the sentence of a key in a language; KeyError for an unknown key."""

    def __call__(self, key: str, language: str, /, **facts: object) -> str: ...


class Reader:
    def __init__(self, say: Say, language: str, zone: str, now: datetime) -> None:
        self._say = say
        self._zone = ZoneInfo(zone)
        self.language = language
        self.now = now

    def say(self, key: str, **facts: object) -> str:
        return self._say(key, self.language, **facts)

    def say_named(self, group: str, name: str, **facts: object) -> str:
        """The sentence of a name that another part of the bot chose; the bare name when there is none.

        A page without one sentence is better than no page.
        """
        try:
            return self.say(f"{group}.{name}", **facts)
        except KeyError:
            log.debug("no sentence for a name", extra={"fields": {"group": group, "name": name}})
            return name

    def percent(self, part: float, whole: float) -> str:
        return f"{100 * part / whole:.0f} %" if whole else "–"

    def time(self, at: datetime, *, seconds: bool = False) -> str:
        """The local time of day, with the date in front when it is another day."""
        local = at.astimezone(self._zone)
        clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
        if local.date() == self.now.astimezone(self._zone).date():
            return clock
        month = self.say("format.months").split()[local.month - 1]
        return self.say("page.other_day", day=local.day, month=month, time=clock)

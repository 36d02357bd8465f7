"""How one visitor reads: their language's words, in the bot's time zone."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.model.chat import Phrase
from bot.model.markup import without_bold
from bot.model.percent import whole_percent

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

        A page without one sentence is better than no page. Sentences of the chat come without its bold type.
        """
        try:
            return without_bold(self.say(f"{group}.{name}", **facts))
        except KeyError:
            log.debug("no sentence for a name", extra={"fields": {"group": group, "name": name}})
            return name

    def render(self, phrase: Phrase) -> str:
        """A sentence that another part of the bot chose."""
        head, _, name = phrase.key.rpartition(".")
        return self.say_named(head, name, **phrase.facts)

    def percent(self, part: float, whole: float) -> str:
        """Whole percents; 100 only for all of it."""
        if not whole:
            return "–"
        return f"{whole_percent(part / whole)} %"

    def clock(self, at: datetime) -> str:
        """The local time of day alone."""
        return at.astimezone(self._zone).strftime("%H:%M")

    def day(self, at: datetime) -> str:
        """The local date, without the year."""
        local = at.astimezone(self._zone)
        return f"{local.day} {self._month(local)}"

    def span(self, start: datetime, end: datetime) -> str:
        """From when to when, with each date named once."""
        is_one_day = start.astimezone(self._zone).date() == end.astimezone(self._zone).date()
        return f"{self.time(start)}–{self.clock(end) if is_one_day else self.time(end)}"

    def next_midnight(self, at: datetime) -> datetime:
        """The beginning of the local day after `at`, in UTC."""
        date = at.astimezone(self._zone).date() + timedelta(days=1)
        return datetime(date.year, date.month, date.day, tzinfo=self._zone).astimezone(UTC)

    def time(self, at: datetime, *, seconds: bool = False) -> str:
        """The local time of day, with the date in front when it is another day."""
        local = at.astimezone(self._zone)
        clock = local.strftime("%H:%M:%S" if seconds else "%H:%M")
        if local.date() == self.now.astimezone(self._zone).date():
            return clock
        return self.say("page.other_day", day=local.day, month=self._month(local), time=clock)

    def _month(self, local: datetime) -> str:
        return self.say("format.months").split()[local.month - 1]

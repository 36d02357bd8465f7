"""Time zones as people say them: `America/Bogota`, `Bogota`, `ciudad de méxico`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from commands.declaration import Ask, WrongUse, nearly
from commands.words import Words, echo, folded, joined, nearest

#: Cities whose name in the list is the English one.
_OTHER_NAMES = {
    "ciudad de mexico": "America/Mexico_City",
    "mexico": "America/Mexico_City",
    "cdmx": "America/Mexico_City",
    "nueva york": "America/New_York",
    "la habana": "America/Havana",
    "londres": "Europe/London",
    "lisboa": "Europe/Lisbon",
    "medellin": "America/Bogota",
    "cali": "America/Bogota",
    "barcelona": "Europe/Madrid",
    "quito": "America/Guayaquil",
    "buenos aires": "America/Argentina/Buenos_Aires",
}


@dataclass(frozen=True)
class TimeZone:
    """A zone of the IANA list, by its name or its city; the value is its name."""

    def take(self, words: Words, ask: Ask) -> tuple[str | None, Words]:
        if not words:
            return None, ()
        written = joined(words)
        known = _zones()
        found = known.get(_plain(written))
        if found is not None:
            return found, ()
        meant = nearest(written, [name for name in known if "/" not in name])
        if meant is None:
            raise WrongUse("zone.unknown", text=echo(written))
        raise nearly("zone.did_you_mean", words, known[meant])


@cache
def _zones() -> dict[str, str]:
    """Every way to say a zone; where two have a city of the same name, the shorter name is meant."""
    named = {_plain(zone): zone for zone in available_timezones() if "/" in zone or zone == "UTC"}
    cities = {_plain(zone.rpartition("/")[2]): zone for zone in sorted(named.values(), key=len, reverse=True)}
    return {**cities, **named, **_OTHER_NAMES}


def _plain(text: str) -> str:
    return folded(text.replace("_", " "))

"""Dates and times of day as people write them: `7/6`, `7 jun 18:00`, `2026-06-07`, `friday`, `8-20`, `6 h`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from bot.model.errors import UserError
from bot.model.rules import Hours
from commands.words import echo, folded

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero", "feb february febrero", "mar march marzo", "apr april abr abril",
            "may mayo", "jun june junio", "jul july julio", "aug august ago agosto",
            "sep sept september septiembre setiembre", "oct october octubre", "nov november noviembre",
            "dec december dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
#: Names of the days of the week, Monday is 0.
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "monday mondays mon lunes lun", "tuesday tuesdays tue martes mar", "wednesday wednesdays wed miercoles mie",
            "thursday thursdays thu jueves jue", "friday fridays fri viernes vie",
            "saturday saturdays sat sabado sabados sab", "sunday sundays sun domingo domingos dom",
        )
    )
    for name in names.split()
}  # fmt: skip
_DAYS_FROM_TODAY = {"today": 0, "hoy": 0, "tomorrow": 1, "manana": 1}
_ARTICLE = re.compile(r"^(?:el|the|on) ")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?: de)? ([a-z]+)\.?(?:(?: de)? (\d{4}))?")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:,? (\d{4}))?")
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|h)?")
_TIME_AT_END = re.compile(r"(?:^|(?:,? (?:at|a las?))?[ t])((?:\d{1,2}[:.]\d{2}|\d{1,2} ?(?=am|pm))\s*(?:am|pm)?)$")
_RANGE = re.compile(r"(.+?)\s*(?:-|–|—|\bto\b|\ba\b|\buntil\b|\bhasta\b)\s*(.+)")
_SPAN = re.compile(r"(\d{1,4}(?:[.,]\d)?)\s*(h|hour|hours|hora|horas|m|min|mins|minute|minutes|minuto|minutos)")
#: A day without a year that lies further back than this is meant for the next year.
_LONG_AGO = timedelta(days=60)


def moment(text: str, zone: tzinfo, now: datetime, *, end_of_day: bool = False) -> datetime:
    """A day, with or without a time; without one its beginning, or its end. Raises UserError."""
    words = folded(text)
    found = _TIME_AT_END.search(words)
    day = _day(words[: found.start()] if found else words, now.astimezone(zone).date())
    at = time_of_day(found[1]) if found else time()
    if day is None or at is None:
        raise UserError("moment.bad", text=echo(text))
    if end_of_day and not found:
        day += timedelta(days=1)
    return datetime.combine(day, at, zone)


def hours(text: str) -> Hours:
    """Two times of day; raises UserError."""
    found = _RANGE.fullmatch(folded(text).removeprefix("from ").removeprefix("de "))
    start, end = (time_of_day(found[1]), time_of_day(found[2])) if found else (None, None)
    if start is None or end is None:
        raise UserError("moment.bad_hours", text=echo(text))
    return Hours(start, end)


def span(text: str) -> timedelta:
    """A length of time in hours or minutes; raises UserError."""
    found = _SPAN.fullmatch(folded(text))
    if found is None:
        raise UserError("moment.bad_span", text=echo(text))
    number = float(found[1].replace(",", "."))
    return timedelta(hours=number) if found[2].startswith("h") else timedelta(minutes=number)


def time_of_day(text: str) -> time | None:
    """`8`, `8:30`, `8pm`, `20h`, `24:00`; None for all else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(words: str, today: date) -> date | None:
    words = _ARTICLE.sub("", words.strip(" ,"))
    if words in _DAYS_FROM_TODAY:
        return today + timedelta(days=_DAYS_FROM_TODAY[words])
    if words in WEEKDAYS:
        return today + timedelta(days=(WEEKDAYS[words] - today.weekday()) % 7)
    if found := _ISO.fullmatch(words):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMBERS.fullmatch(words):
        return _in_year(int(found[1]), int(found[2]), found[3], today)
    if (found := _DAY_FIRST.fullmatch(words)) and found[2] in _MONTHS:
        return _in_year(int(found[1]), _MONTHS[found[2]], found[3], today)
    if (found := _MONTH_FIRST.fullmatch(words)) and found[1] in _MONTHS:
        return _in_year(int(found[2]), _MONTHS[found[1]], found[3], today)
    return None


def _in_year(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this_year = _date(today.year, month, day)
    if this_year is None or this_year < today - _LONG_AGO:
        return _date(today.year + 1, month, day)
    return this_year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None

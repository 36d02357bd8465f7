"""When something is to recur, as people write it: `daily 20:00`, `every Monday 9:00`, `cada 6 horas`, `hoy 18:00`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, time, tzinfo

from bot.model.errors import UserError
from bot.model.plan import Plan, daily, every_hours, monthly, once, weekly
from commands.declaration import Ask
from commands.moments import WEEKDAYS, moment, time_of_day
from commands.words import Words, echo, folded, joined

#: No plan is written in more words: `every month on the 31 at 9 pm`.
MOST_WORDS = 9
#: When no time is said.
MORNING = time(9)
_AT = r"(?:,? ?(?:at |a las? )?(?P<time>\d\S*(?: ?(?:am|pm|h))?))?"
_DAILY = re.compile(rf"(?:daily|every day|each day|diario|diaria|diariamente|cada dia|todos los dias){_AT}")
_WEEKLY = re.compile(rf"(?:every |each |on |cada |todos los |los |el )?(?P<day>{'|'.join(WEEKDAYS)}){_AT}")
_MONTHLY = re.compile(
    rf"(?:monthly|every month|each month|mensual|cada mes|todos los meses)"
    rf"(?: (?:on )?(?:the |day |el |el dia |dia )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?)?{_AT}"
)
_HOURS = re.compile(r"(?:every|each|cada) (?P<hours>\d{1,2}) ?(?:h|hours?|horas?)")
_HOURLY = re.compile(r"hourly|every hour|each hour|cada hora")


@dataclass(frozen=True)
class PlanKind:
    """A plan at the beginning of the words."""

    def take(self, words: Words, ask: Ask) -> tuple[Plan | None, Words]:
        """The longest beginning that is a plan. Raises UserError when there are words and none is."""
        for end in range(min(len(words), MOST_WORDS), 0, -1):
            plan = _plan(folded(joined(words[:end])), ask)
            if plan is not None and not _goes_on(words, end):
                return plan, words[end:]
        if words:
            raise UserError("plan.bad", text=echo(joined(words)))
        return None, ()


def _goes_on(words: Words, end: int) -> bool:
    """Whether a plan without a time is followed by figures, which are a time, or a day, that cannot be."""
    return words[end - 1].text.isalpha() and end < len(words) and words[end].text[:1].isdigit()


def _plan(text: str, ask: Ask) -> Plan | None:
    if _HOURLY.fullmatch(text):
        return every_hours(1)
    if found := _HOURS.fullmatch(text):
        hours = int(found["hours"])
        return every_hours(hours) if 1 <= hours <= 24 else None
    if found := _DAILY.fullmatch(text):
        return _with_time(found, daily)
    if found := _WEEKLY.fullmatch(text):
        day = WEEKDAYS[found["day"]]
        return _with_time(found, lambda hour, minute: weekly(day, hour, minute))
    if found := _MONTHLY.fullmatch(text):
        return _monthly(found)
    return _once(text, ask.zone, ask)


def _monthly(found: re.Match[str]) -> Plan | None:
    day = int(found["day"] or 1)
    return _with_time(found, lambda hour, minute: monthly(day, hour, minute)) if 1 <= day <= 31 else None


def _with_time(found: re.Match[str], make: Callable[[int, int], Plan]) -> Plan | None:
    at = time_of_day(found["time"]) if found["time"] else MORNING
    return make(at.hour, at.minute) if at is not None else None


def _once(text: str, zone: tzinfo, ask: Ask) -> Plan | None:
    """A day with a time; of the past there is nothing to plan."""
    if not re.search(r"\d[:.]\d\d|\d ?(?:am|pm)", text):
        return None
    try:
        at = moment(re.sub(r" (?:at|a las?) ", " ", text), zone, ask.now).astimezone(UTC)
    except UserError:
        return None
    if at <= ask.now:
        raise UserError("plan.past", at=at)
    return once(at)

"""The steps of a sequence as they are written: `0 Hello {name} | 2d Did you post {campaign}?`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.model.chat import Phrase, say
from bot.model.errors import UserError
from bot.model.sequence import PLACEHOLDERS, ReminderStep, unknown_placeholders
from commands.declaration import Ask, WrongUse
from commands.words import Words, echo, joined

#: `0`, `30m`, `2h`, `3d`, and the text behind it.
_UNIT = "min|m|h|d|días|dias|days|horas|hours"
_STEP = re.compile(rf"(?P<count>\d{{1,3}})\s?(?P<unit>{_UNIT})?\.?\s+(?P<text>\S.*)", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
LONGEST_DELAY = timedelta(days=90)
LONGEST_TEXT = 700
MOST_STEPS = 10
SEPARATOR = "|"


def listed(steps: Iterable[ReminderStep]) -> list[Phrase]:
    """Each step with its delay, a line each."""
    return [
        say("sequence.step", n=n, after=step.after, text=step.text)
        if step.after
        else say("sequence.step_at_once", n=n, text=step.text)
        for n, step in enumerate(steps, 1)
    ]


@dataclass(frozen=True)
class Steps:
    """All that is left: steps with a bar between them; None when nothing is left."""

    def take(self, words: Words, ask: Ask) -> tuple[tuple[ReminderStep, ...] | None, Words]:
        text = joined(words)
        return (read_steps(text) if text else None), ()


def read_steps(text: str) -> tuple[ReminderStep, ...]:
    """Raises WrongUse, or UserError for a placeholder that stands for nothing."""
    steps = tuple(read_step(part.strip()) for part in text.split(SEPARATOR) if part.strip())
    if len(steps) > MOST_STEPS:
        raise UserError("sequence.too_many_steps", most=MOST_STEPS)
    return steps


def read_step(text: str) -> ReminderStep:
    found = _STEP.fullmatch(text)
    if found is None:
        raise WrongUse("sequence.bad_step", text=echo(text))
    unit = (found["unit"] or "d").lower()
    after = int(found["count"]) * _UNITS[unit[0]]
    if after > LONGEST_DELAY:
        raise UserError("sequence.too_late", days=LONGEST_DELAY.days)
    words = found["text"]
    if len(words) > LONGEST_TEXT:
        raise UserError("text.too_long", most=LONGEST_TEXT)
    _check_placeholders(words)
    return ReminderStep(after, words)


def begins_step(text: str) -> bool:
    """Whether a word can be a step's delay."""
    return re.fullmatch(r"\d{1,3}(min|m|h|d)?", text, re.IGNORECASE) is not None


def _check_placeholders(text: str) -> None:
    try:
        unknown = unknown_placeholders(text)
    except ValueError:
        raise UserError("sequence.bad_braces") from None
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise UserError("sequence.unknown_placeholder", name=f"{{{echo(unknown[0])}}}", names=names)

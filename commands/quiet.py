"""`!quiet`: the hours in which contacts get nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from bot.flows import preferences
from bot.model.chat import Reply, Role, say
from bot.model.errors import UserError
from bot.settings.readers import hours
from commands import moments
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.words import Words, echo, folded, joined

_OFF = {"off", "no", "none", "nunca", "never", "ninguna"}


@dataclass(frozen=True)
class DailyHours:
    """`23:00-08:00`, `from 11 pm to 8 am`, or `off`: a pair of local times, or of None."""

    def take(self, words: Words, ask: Ask) -> tuple[tuple[time, time] | tuple[None, None] | None, Words]:
        text = joined(words)
        if not text:
            return None, ()
        if folded(text) in _OFF:
            return (None, None), ()
        try:
            spoken = moments.hours(text)
            return hours(f"{spoken.start:%H:%M}-{spoken.end:%H:%M}"), ()
        except (UserError, ValueError):
            raise WrongUse("quiet.bad", text=echo(text)) from None


@command(
    en=("quiet", "quiet hours"),
    es=("silencio", "horas", "horas de silencio"),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(Argument("span", DailyHours(), en="23:00-08:00 | off", es="23:00-08:00 | no", required=False),),
    more=True,
    examples=both(
        (Example("!quiet 23:00-08:00", "from 23:00 to 08:00"), Example("!quiet off", "at any hour")),
        (Example("!silencio 23:00-08:00", "de 23:00 a 08:00"), Example("!silencio no", "a cualquier hora")),
    ),
)
def quiet(ask: Ask, span: tuple[time | None, time | None] | None) -> Reply:
    if span is not None:
        start, end = span
        text = f"{start:%H:%M}-{end:%H:%M}" if start and end else ""
        preferences.choose(ask.tables, ask.policy.base, "quiet_hours", text, ask.now)
    else:
        now = ask.overview.allowances.quiet
        start, end = (now.start, now.end) if now else (None, None)
    if start is None or end is None:
        return Reply((say("quiet.off"),))
    return Reply((say("quiet.on", start=f"{start:%H:%M}", end=f"{end:%H:%M}", zone=ask.overview.timezone),))

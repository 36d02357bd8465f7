"""`!retention`: how long things are kept."""

from __future__ import annotations

from datetime import timedelta

from bot.flows import preferences
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Choice, Number

_WHAT = Choice(
    {
        "keep_other_hours": ("others", "otros"),
        "keep_matching_days": ("matching", "coincidentes"),
        "keep_results_days": ("results", "resultados"),
    }
)
#: Days; the longest that the settings take.
LONGEST = 365


@command(
    en=("retention", "retention show"),
    es=("retención", "retención ver"),
    group=Group.DATA,
    role=Role.VIEWER,
    examples=both(Example("!retention", "7 days"), Example("!retención", "7 días")),
)
def retention_show(ask: Ask) -> Reply:
    return Reply((say("retention.title"), *_rows(ask), say("retention.cards")))


@command(
    en=("retention set",),
    es=("retención poner", "retención fijar"),
    group=Group.DATA,
    role=Role.OWNER,
    arguments=(
        Argument("what", _WHAT, en="others|matching|results", es="otros|coincidentes|resultados"),
        Argument("days", Number(), en="days", es="días"),
    ),
    examples=both(
        Example("!retention set matching 14", "14 days"), Example("!retención poner coincidentes 14", "14 días"),
    ),
)  # fmt: skip
def retention_set(ask: Ask, what: str, days: int) -> Reply:
    if days > LONGEST:
        raise UserError("retention.too_long", most=LONGEST)
    text = str(days * 24 if what == "keep_other_hours" else days)
    preferences.choose(ask.tables, ask.policy.base, what, text, ask.now)
    return Reply((say("retention.set"), *_rows(ask)))


def _rows(ask: Ask) -> list[Phrase]:
    spans = ask.policy().keeping
    return [
        say(f"retention.{name}", span=_span(getattr(spans, name))) for name in ("non_matching", "matching", "results")
    ]


def _span(span: timedelta) -> Phrase:
    hours = span // timedelta(hours=1)
    return say("retention.days", count=hours // 24) if hours % 24 == 0 else say("retention.hours", count=hours)

"""`!risk`: how near the account is to trouble, why, what the bot does about it, and what the owner should do."""

from __future__ import annotations

from bot.flows import risks
from bot.model.chat import Reply, Role, say
from bot.model.risk import Level
from commands.declaration import Ask, Example, Group, both, command

_ICONS = {Level.GREEN: "🟢", Level.AMBER: "🟠", Level.RED: "🔴"}


@command(
    en=("risk",),
    es=("riesgo",),
    group=Group.SENDING,
    role=Role.VIEWER,
    more=True,
    examples=both(Example("!risk", "Risk: *green*"), Example("!riesgo", "Riesgo: *verde*")),
)
def risk(ask: Ask) -> Reply:
    found = risks.assess(ask.tables, ask.now)
    word = found.level.word
    lines = [say("risk.title", icon=_ICONS[found.level], level=say(f"risk.level.{word}")), say(f"risk.now.{word}")]
    lines += [
        say("risk.row", icon=_ICONS[reason.level], reason=say(f"risk.reason.{reason.key}", **reason.facts))
        for reason in found.reasons
    ]
    if found.level is not Level.GREEN:
        lines.append(say(f"risk.runbook.{word}"))
    return Reply(tuple(lines))

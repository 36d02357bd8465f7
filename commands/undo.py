"""`!undo`: what the last command changed is put back."""

from __future__ import annotations

from bot.flows import undoing
from bot.model.chat import Reply, Role, say
from commands.attention import talk_of
from commands.declaration import Ask, Example, Group, both, command


@command(
    en=("undo",),
    es=("deshacer",),
    group=Group.GENERAL,
    role=Role.OPERATOR,
    examples=both(Example("!undo", "nothing to undo"), Example("!deshacer", "nada que deshacer")),
    more=True,
)
def undo(ask: Ask) -> Reply:
    doing = undoing.newest(ask.tables, talk_of(ask.order), ask.now)
    if doing is None:
        return Reply((say("undo.nothing", minutes=int(undoing.KEPT.total_seconds() // 60)),))
    undoing.undo(ask.tables, doing)
    return Reply((say("undo.done", what=doing.what),))

"""`!backup`: copies of the records, the pictures and the link's keys."""

from __future__ import annotations

from bot.flows import backups, wishes
from bot.machine import MEBIBYTE
from bot.model.chat import Reply, Role, say
from bot.model.wish import WishKind
from commands.declaration import Ask, Example, Group, both, command


@command(
    en=("backup now",),
    es=("copia ahora", "respaldo ahora"),
    group=Group.DATA,
    role=Role.OWNER,
    undoable=False,
    examples=both(Example("!backup now", "being made"), Example("!copia ahora", "se está haciendo")),
)
def backup_now(ask: Ask) -> Reply:
    wishes.make(ask.tables, WishKind.BACKUP, ask.order, ask.language, ask.now)
    return Reply((say("backup.begins"),))


@command(
    en=("backup list", "backups"),
    es=("copia lista", "copias", "respaldos"),
    group=Group.DATA,
    role=Role.OWNER,
    examples=both(Example("!backup list", "no backup yet"), Example("!copia lista", "Todavía no hay")),
)
def backup_list(ask: Ask) -> Reply:
    found = backups.known(ask.tables)
    if not found:
        return Reply((say("backup.none"),))
    rows = [say("backup.row", at=made_at, size=size / MEBIBYTE) for made_at, size in found]
    return Reply((say("backup.title", count=len(found)), *rows, say("backup.how")))

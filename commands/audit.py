"""`!audit`: who did what, the newest first."""

from __future__ import annotations

from bot.flows import auditing
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.identity import Jid
from bot.model.ledger import AuditLine
from commands.declaration import Ask, Example, Group, both, command
from commands.options import PAGE, SEARCH, matches
from commands.text import footer, page_of


@command(
    en=("audit",),
    es=("auditoría",),
    group=Group.GENERAL,
    role=Role.OWNER,
    options=(SEARCH, PAGE),
    examples=both(
        (Example("!audit", "Nothing was changed yet"), Example("!audit search:delete", "Nothing was changed yet")),
        (Example("!auditoría", "Todavía no se cambió nada"), Example("!auditoria buscar:borrar", "no se cambió nada")),
    ),
)
def audit(ask: Ask, search: str | None, page: int | None) -> Reply:
    lines = auditing.newest_first(ask.tables)
    found = [line for line in lines if matches(f"{line.text} {line.did} {line.person}", search)]
    if not found:
        return Reply((say("audit.not_found" if lines else "audit.none"),))
    rows = [_row(line) for line in page_of(found, page)]
    return Reply((say("audit.title", count=len(found)), *rows, *footer(found, page)))


def _row(line: AuditLine) -> Phrase:
    who = say("audit.who", role=say(f"role.{line.role.name.lower()}"), person=Jid.parse(line.person).masked)
    return say("audit.row", at=line.at, who=who, text=line.text, did=line.did)

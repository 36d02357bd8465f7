"""What was done is noted: for the audit, and as it was before, for `!undo`."""

from __future__ import annotations

from bot.flows import auditing, undoing
from bot.flows.control import Answer
from bot.logs import masked
from bot.model.ledger import AuditLine
from bot.model.outgoing import MARKER
from commands.attention import talk_of
from commands.declaration import Ask
from commands.spoken import Spoken
from commands.undo import undo
from commands.words import echo
from storage.changes import Change


def note(ask: Ask, spoken: Spoken, answer: Answer, changes: list[Change]) -> None:
    """Who did what; call it within the transaction that did it."""
    command, text = spoken.command, spoken.text or ask.order.text
    did = answer.text.removeprefix(MARKER).strip().split("\n")[0]
    line = AuditLine(
        0, ask.now, str(ask.order.chat), str(ask.order.person), ask.role, command.key if command else "", text, did, {}
    )
    auditing.write(ask.tables, line, changes)
    if changes and command is not undo:
        kept = changes if command is None or command.undoable else ()
        what = masked(echo(text))
        undoing.keep(ask.tables, ask.order.key, talk_of(ask.order), what, spoken.language, kept, ask.now)

"""What the bot says without being asked: in the configured language, to the control chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.flows import sending
from bot.flows.linking import ACCOUNT
from bot.i18n import Catalogue
from bot.model.chat import Language, Phrase
from bot.model.identity import Jid
from bot.model.outbox import To
from storage.tables import Tables

MARKER = "🤖"


@dataclass(frozen=True)
class Voice:
    catalogue: Catalogue
    language: Language
    zone: ZoneInfo

    def words(self, lines: Iterable[Phrase]) -> str:
        """Sentences, a line each."""
        return "\n".join(self.catalogue.render(line, self.language) for line in lines)


def control_chat(tables: Tables) -> Jid | None:
    """Where the owner is told things; None until an account was linked."""
    account = tables.facts.get(ACCOUNT)
    return Jid.parse(account) if isinstance(account, str) and account else None


def announce(tables: Tables, key: str, words: str, now: datetime) -> bool:
    """Queue a message for the control chat, once for each key; False while there is no such chat."""
    chat = control_chat(tables)
    if chat is None:
        return False
    sending.queue(tables, sending.text(key, chat, To.CONTROL, f"{MARKER} {words}", now))
    return True

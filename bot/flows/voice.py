"""What the bot says without being asked: in the configured language, to the control chat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.flows import sending
from bot.flows.linking import ACCOUNT
from bot.i18n import Catalogue
from bot.model.chat import ABOUT_NOTHING, About, Language, Order, OrderState, Paper, Phrase
from bot.model.identity import Jid
from bot.model.outbox import To
from bot.model.outgoing import MARKER
from storage.tables import Tables


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


def announce(tables: Tables, key: str, words: str, now: datetime, about: About = ABOUT_NOTHING) -> bool:
    """Queue a message for the control chat, once for each key; False while there is no such chat."""
    chat = control_chat(tables)
    if chat is None:
        return False
    sending.queue(tables, replace(sending.text(key, chat, To.CONTROL, f"{MARKER} {words}", now), about=about))
    return True


def promise(tables: Tables, key: str, papers: tuple[Paper, ...], language: Language, now: datetime) -> bool:
    """Have papers made for the control chat that no message there asked for, once for each key."""
    chat = control_chat(tables)
    if chat is None:
        return False
    order = Order(0, key, chat, chat, "", "", now, OrderState.MAKING, now, language=language, papers=papers)
    tables.orders.add_once(order)
    return True

"""A loop is broken: a chat in which commands come faster than anybody writes is left alone for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.flows import alerts, sending
from bot.i18n import Catalogue
from bot.model.alert import Severity
from bot.model.chat import Language, Order
from bot.model.document import to_document
from bot.model.identity import Jid
from bot.model.outbox import To
from bot.model.outgoing import MARKER
from storage.query import where
from storage.tables import Tables

#: Nobody writes so many commands in a minute; pictures alone, such as those of a wizard, do not count.
MOST, WITHIN = 20, timedelta(minutes=1)
PAUSE = timedelta(minutes=5)


def is_paused(tables: Tables, chat: Jid, now: datetime) -> bool:
    """Whether a chat is being left alone."""
    return tables.facts.number(_fact(chat)) > int(to_document(now))


def breaks(tables: Tables, order: Order, catalogue: Catalogue, language: Language, now: datetime) -> bool:
    """Whether this order is one too many: then the chat is told once, and left alone for a while."""
    recent = tables.orders.find(where("received_at") > to_document(now - WITHIN))
    count = sum(each.chat == order.chat and bool(each.text or each.cards) for each in recent)
    if count <= MOST:
        return False
    tables.facts.set(_fact(order.chat), to_document(now + PAUSE))
    words = catalogue.say("burst.paused", language, count=count, pause=PAUSE)
    key = f"burst:{order.key}"
    sending.queue(tables, sending.text(key, order.chat, To.CONTROL, f"{MARKER} {words}", now))
    alerts.happened(tables, now, key, Severity.WARNING, count=count)
    return True


def _fact(chat: Jid) -> str:
    return f"paused_until:{chat}"

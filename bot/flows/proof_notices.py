"""The owner is told that contacts sent pictures as proof: soon, several together, and not too often."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import sending, voice
from bot.i18n import Catalogue
from bot.model.capture import Capture
from bot.model.chat import Language, say
from bot.model.document import to_document
from bot.model.event import Flag
from bot.model.outbox import OutboxItem, SendState, To
from bot.model.outgoing import MARKER
from storage.query import where
from storage.tables import Tables

#: Who sends one picture often sends a second; and many send theirs at the same hour.
GATHER, APART = timedelta(minutes=2), timedelta(minutes=30)
#: A message with more names would not be read.
MOST_NAMES = 10
#: Name of the fact that holds the key of the newest notice.
NEWEST = "proof_notice"


def tell(tables: Tables, catalogue: Catalogue, language: Language, proof: Capture, now: datetime) -> None:
    """Name the sender of a new proof in the notice that waits to be sent, or in a new one."""
    newest = _newest(tables)
    if newest is not None and newest.state is SendState.QUEUED and newest.not_before > now:
        words = _words(tables, catalogue, language, newest.created_at)
        tables.outbox.save(replace(newest, text=words))
        return
    chat = voice.control_chat(tables)
    if chat is None:
        return
    key = f"proofs:{proof.key}"
    notice = sending.text(key, chat, To.CONTROL, _words(tables, catalogue, language, now), now)
    earliest = now + GATHER if newest is None else max(now + GATHER, newest.not_before + APART)
    sending.queue(tables, replace(notice, not_before=earliest))
    tables.facts.set(NEWEST, key)


def _newest(tables: Tables) -> OutboxItem | None:
    key = tables.facts.get(NEWEST)
    return tables.outbox.one(where("key") == key) if key else None


def _words(tables: Tables, catalogue: Catalogue, language: Language, since: datetime) -> str:
    """Who sent proofs since then, by name."""
    recent = tables.captures.find(where("received_at") >= to_document(since), order_by="received_at")
    senders = dict.fromkeys(capture.contact_id for capture in recent if Flag.PROOF in capture.flags)
    names = tuple(contact.name for who in senders if (contact := tables.contacts.get(who)))
    lines = [catalogue.render(say("proof.came", names=names[:MOST_NAMES], count=len(names)), language)]
    if len(names) > MOST_NAMES:
        lines.append(catalogue.render(say("proof.came_more", count=len(names) - MOST_NAMES), language))
    return f"{MARKER} " + "\n".join([*lines, catalogue.say("proof.look", language)])

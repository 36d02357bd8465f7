"""Which messages are copies of which post: what comes under the id of a copy is about the post."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import outcomes
from bot.model import copies
from bot.model.campaign import pair_key
from bot.model.capture import Copy
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.event import ContentKind, MessageSeen
from storage.query import where
from storage.tables import Tables

#: How long it is remembered: what WhatsApp may still deliver again is younger.
REMEMBERED = timedelta(days=3)


def of_its_post(tables: Tables, contact: Contact, message: MessageSeen, now: datetime) -> MessageSeen:
    """The message as one about the post that it is a copy of.

    Of a copy, too, the sender key or a failure may come first, or again, and those do not say whose copy it is: what
    was opened for the copy by itself is taken back once that is known.
    """
    if message.twin_of:
        _learn(tables, pair_key(contact.id, message.id), message.twin_of, now)
        return message
    if message.content.kind is ContentKind.REVOKE:
        target = _post_of(tables, contact, message.content.target)
        return replace(message, content=replace(message.content, target=target)) if target else message
    return replace(message, twin_of=_post_of(tables, contact, message.id))


def join(tables: Tables, kept: Contact, gone: Contact, now: datetime) -> None:
    """Two contacts are one person, whose statuses are together already: what was a copy of what holds for both."""
    for copy in tables.copies.all():
        owner, _, message_id = copy.key.partition(":")
        if owner not in (str(kept.id), str(gone.id)):
            continue
        key = pair_key(kept.id, message_id)
        if copy.key != key:
            tables.copies.remove(copy)
            tables.copies.add_once(replace(copy, id=0, key=key))
        _take_back(tables, key, now)


def forget(tables: Tables, now: datetime) -> None:
    for copy in tables.copies.find(where("seen_at") < to_document(now - REMEMBERED)):
        tables.copies.remove(copy)


def _learn(tables: Tables, key: str, post_id: str, now: datetime) -> None:
    _, is_new = tables.copies.add_once(Copy(0, key, post_id, now))
    if is_new:
        _take_back(tables, key, now)


def _take_back(tables: Tables, key: str, now: datetime) -> None:
    lone = tables.captures.one(where("key") == key)
    if lone is not None and copies.is_awaited(lone):
        outcomes.withdraw(tables, lone, now)
        tables.captures.remove(lone)


def _post_of(tables: Tables, contact: Contact, message_id: str) -> str:
    copy = tables.copies.one(where("key") == pair_key(contact.id, message_id))
    return copy.post_id if copy else ""

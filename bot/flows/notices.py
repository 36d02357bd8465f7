"""Alerts on their way to channels outside WhatsApp: each waits as a row until its channel took it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.logs import fields
from bot.model.alert import Severity
from bot.model.document import to_document
from bot.model.markup import without_bold
from bot.model.notice import GIVE_UP_AFTER, RETRY_AFTER, NoticeState, OutsideNotice
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: How long delivered and given-up notices are remembered.
REMEMBERED = timedelta(days=30)


def queue(tables: Tables, key: str, channel: str, title: str, body: str, severity: Severity, now: datetime) -> None:
    """Keep it until its channel takes it; an e-mail has no use for the chat's bold type."""
    tables.notices.add_once(OutsideNotice(0, key, channel, without_bold(title), without_bold(body), severity, now, now))


def due(tables: Tables, now: datetime, limit: int) -> list[OutsideNotice]:
    waiting = (where("state") == NoticeState.WAITING.value) & (where("due_at") <= to_document(now))
    return tables.notices.find(waiting, order_by="due_at", limit=limit)


def delivered(tables: Tables, number: int) -> None:
    notice = tables.notices.get(number)
    if notice is not None:
        tables.notices.save(replace(notice, state=NoticeState.DELIVERED, tries=notice.tries + 1))


def not_delivered(tables: Tables, number: int, now: datetime) -> None:
    """Again later; never an alert of its own, which would only follow the same way into nowhere."""
    notice = tables.notices.get(number)
    if notice is None:
        return
    tries = notice.tries + 1
    log.warning("an alert channel did not take a message", extra=fields(channel=notice.channel, tries=tries))
    if now - notice.created_at >= GIVE_UP_AFTER:
        tables.notices.save(replace(notice, state=NoticeState.GIVEN_UP, tries=tries))
    else:
        wait = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
        tables.notices.save(replace(notice, due_at=now + wait, tries=tries))


def forget(tables: Tables, now: datetime) -> None:
    old = (where("state") != NoticeState.WAITING.value) & (where("created_at") < to_document(now - REMEMBERED))
    for notice in tables.notices.find(old):
        tables.notices.remove(notice)

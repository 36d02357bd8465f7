"""Records that have had their time are deleted, a bounded number at once: a bot that runs for years stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.flows import retention
from bot.flows.privacy import FAREWELL
from bot.model.campaign import CampaignState
from bot.model.chat import OrderState
from bot.model.document import to_document
from bot.model.outbox import SendState
from bot.model.privacy import Keeping
from storage.query import Query, QueryInstance, where
from storage.rows import Rows
from storage.tables import Tables

DAY = timedelta(days=1)
#: Where the keys of farewells end: ";" follows ":".
AFTER_FAREWELL = FAREWELL.removesuffix(":") + ";"
_ALL = Query().noop()
#: Rows deleted in one go, which is one transaction.
BATCH = 1000
#: Statuses looked at in one go.
STATUSES = 300
#: How long the bot's own papers stay: what was said, what was asked, what went wrong, how the link fared.
ORDERS, MESSAGES, FAULTS, AUDIT, LINK = 30 * DAY, 90 * DAY, 90 * DAY, 365 * DAY, 400 * DAY
RUNS, SETTLED_ISSUES = 400 * DAY, 365 * DAY


def expire(tables: Tables, keeping: Keeping, now: datetime) -> bool:
    """Delete one batch of each kind; whether there may be more."""
    more = False
    for rows, age, query, counted_as in _over(tables, keeping, now):
        numbers = rows.numbers(query, order_by=age, limit=BATCH)
        for number in numbers:
            rows.discard(number)
        if counted_as:
            retention.count(tables, counted_as, len(numbers))
        more |= len(numbers) == BATCH
    return more


def forget_statuses(tables: Tables, keeping: Keeping, now: datetime, since: datetime) -> datetime | None:
    """Delete the old statuses that no judgement is left of, a batch of those posted since then.

    An open campaign keeps its judgements, and with them what its results rest on. Returns where to go on.
    """
    span = (where("posted_at") < to_document(now - keeping.results)) & (where("posted_at") >= to_document(since))
    old = tables.captures.find(span, order_by="posted_at", limit=STATUSES)
    of_them = where("capture_id").one_of([capture.id for capture in old])
    judged = {number for (number,) in tables.judgements.pluck(of_them, "capture_id")}
    gone = [capture for capture in old if capture.id not in judged]
    for capture in gone:
        tables.captures.remove(capture)
    retention.count(tables, "captures", len(gone))
    if len(old) < STATUSES:
        return None
    return max(old[-1].posted_at, since + timedelta(milliseconds=1))


def _over(tables: Tables, keeping: Keeping, now: datetime) -> Iterator[tuple[Rows[Any], str, QueryInstance, str]]:
    """What is over: in which table, by which field, which rows, and as what they are counted.

    By its age first, so that no young row is read.
    """

    def old(
        rows: Rows[Any], field: str, age: timedelta, only: QueryInstance = _ALL, counted_as: str = ""
    ) -> tuple[Rows[Any], str, QueryInstance, str]:
        return rows, field, (where(field) < to_document(now - age)) & only, counted_as

    closed = [each.id for each in tables.campaigns.find(where("state") == CampaignState.CLOSED.value)]
    of_closed = where("campaign_id").one_of(closed)
    yield old(tables.results, "decided_at", keeping.results, of_closed, "results")
    yield old(tables.judgements, "posted_at", keeping.results, of_closed)
    is_settled = ~where("state").one_of([SendState.QUEUED.value, SendState.SENDING.value])
    is_farewell = (where("key") >= FAREWELL) & (where("key") < AFTER_FAREWELL)
    yield old(tables.outbox, "created_at", MESSAGES, is_settled, "messages")
    yield old(tables.outbox, "created_at", DAY, is_settled & is_farewell)
    is_answered = ~where("state").one_of([state.value for state in OrderState if state is not OrderState.DONE])
    yield old(tables.orders, "received_at", ORDERS, is_answered)
    yield old(tables.dead_letters, "at", FAULTS)
    yield old(tables.audit, "at", AUDIT)
    yield old(tables.link_log, "at", LINK)
    yield old(tables.job_runs, "at", RUNS)
    yield old(tables.block_issues, "closed_at", SETTLED_ISSUES)

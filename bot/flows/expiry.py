"""Records that have had their time are deleted, a bounded number at once: a bot that runs for years stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, cast

from bot.flows import retention
from bot.flows.privacy import FAREWELL
from bot.model.campaign import CampaignState
from bot.model.chat import OrderState
from bot.model.document import to_document
from bot.model.outbox import SendState
from bot.model.privacy import Keeping
from storage.query import QueryInstance, where
from storage.rows import Rows
from storage.tables import Tables

DAY = timedelta(days=1)
#: Rows deleted in one go, which is one transaction.
BATCH = 1000
#: How long the bot's own papers stay: what was said, what was asked, what went wrong, how the link fared.
ORDERS, MESSAGES, FAULTS, AUDIT, LINK = 30 * DAY, 90 * DAY, 90 * DAY, 365 * DAY, 400 * DAY


def expire(tables: Tables, keeping: Keeping, now: datetime) -> bool:
    """Delete one batch of each kind; whether there may be more."""
    more = False
    for rows, query, counted_as in _over(tables, keeping, now):
        numbers = rows.numbers(query)[:BATCH]
        for number in numbers:
            rows.discard(number)
        if counted_as:
            retention.count(tables, counted_as, len(numbers))
        more |= len(numbers) == BATCH
    return more


def _over(tables: Tables, keeping: Keeping, now: datetime) -> Iterator[tuple[Rows[Any], QueryInstance, str]]:
    def before(field: str, age: timedelta) -> QueryInstance:
        return cast(QueryInstance, where(field) < to_document(now - age))

    closed = [each.id for each in tables.campaigns.find(where("state") == CampaignState.CLOSED.value)]
    of_closed = where("campaign_id").one_of(closed)
    yield tables.results, of_closed & before("decided_at", keeping.results), "results"
    yield tables.judgements, of_closed & before("posted_at", keeping.results), ""
    if not _looks_back(tables, now - keeping.results):
        yield tables.captures, before("posted_at", keeping.results), "captures"
    settled = [state.value for state in SendState if state not in (SendState.QUEUED, SendState.SENDING)]
    yield tables.outbox, where("state").one_of(settled) & before("created_at", MESSAGES), "messages"
    farewells = where("key").search(f"^{FAREWELL}")
    yield tables.outbox, where("state").one_of(settled) & farewells & before("created_at", DAY), ""
    yield tables.orders, (where("state") == OrderState.DONE.value) & before("received_at", ORDERS), ""
    yield tables.dead_letters, before("at", FAULTS), ""
    yield tables.audit, before("at", AUDIT), ""
    yield tables.link_log, before("at", LINK), ""


def _looks_back(tables: Tables, to: datetime) -> bool:
    """Whether a campaign that is not closed began before then: its statuses still count."""
    open_states = [state.value for state in CampaignState if state is not CampaignState.CLOSED]
    return any(each.created_at < to for each in tables.campaigns.find(where("state").one_of(open_states)))

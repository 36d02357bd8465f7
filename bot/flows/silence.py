"""An unusual silence: nothing is posted although at this time of day there always was something.

The link may look well and yet bring nothing; only the account's own history tells such a silence from a quiet hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import mean

from bot.flows import alerts, people
from bot.model.alert import Severity
from bot.model.campaign import CampaignState
from bot.model.document import to_document
from bot.model.identity import ContactId
from storage.query import where
from storage.tables import Tables

#: A shorter silence is not looked at; of a longer one only its newest part is compared.
SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=12)
#: The days that are looked back at, and how many of them must have brought statuses at all.
DAYS_BACK, LEAST_DAYS = 14, 5
#: Statuses in the same hours of an average day. Of so many, none at all comes by chance once in 1,000 (Poisson, e^-7).
LEAST_EXPECTED = 7.0
CAUSE = "silence"
DAY = timedelta(days=1)


def unusual_since(tables: Tables, now: datetime) -> datetime | None:
    """Since when nothing was posted, if each of the days before brought statuses in these hours, and many."""
    newest = tables.captures.find(where("posted_at") <= to_document(now), order_by="posted_at", reverse=True, limit=1)
    if not newest or now - newest[0].posted_at < SHORTEST:
        return None
    silence = min(now - newest[0].posted_at, LONGEST)
    posting = _posting(tables)
    ends = [now - day * DAY for day in range(1, DAYS_BACK + 1)]
    usual = {end: _posts(tables, posting, end - silence, end) for end in ends}
    busy = [count for count in usual.values() if count]
    if len(busy) < LEAST_DAYS or mean(busy) < LEAST_EXPECTED:
        return None
    was_quiet_before = any(_anything(tables, end - DAY, end) for end, count in usual.items() if not count)
    return None if was_quiet_before else newest[0].posted_at


def tell(tables: Tables, since: datetime | None, now: datetime) -> None:
    if since is None:
        alerts.cleared(tables, now, CAUSE)
    else:
        alerts.raised(tables, now, CAUSE, Severity.WARNING, span=now - since)


def _posting(tables: Tables) -> frozenset[ContactId]:
    """Those whose statuses are looked at now: a campaign that is over explains a silence."""
    active = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    willing = people.taking_part(tables)
    return frozenset().union(*(people.among(tables, campaign, willing) for campaign in active))


def _anything(tables: Tables, start: datetime, end: datetime) -> bool:
    """Whether the bot saw any status in this time: days on which it was off tell nothing."""
    within = (where("posted_at") > to_document(start)) & (where("posted_at") <= to_document(end))
    return bool(tables.captures.find(within, limit=1))


def _posts(tables: Tables, posting: frozenset[ContactId], start: datetime, end: datetime) -> int:
    within = (where("posted_at") > to_document(start)) & (where("posted_at") <= to_document(end))
    return sum(who in posting for (who,) in tables.captures.pluck(within, "contact_id"))

"""Whom the bot listens to, as the records say it now."""

from __future__ import annotations

from bot.flows import members, people
from bot.model.campaign import CampaignState
from bot.model.watched import Watched
from storage.query import where
from storage.tables import Tables


def watched(tables: Tables) -> Watched:
    """The addresses of all contacts, and which of them post for an active campaign.

    Without an active campaign nobody's statuses are looked at. The periods of campaigns do not matter here: what is
    posted outside of them is dropped when it is read.
    """
    group = members.control_group(tables)
    willing = people.taking_part(tables)
    active = tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    posting = frozenset().union(*(people.among(tables, campaign, willing) for campaign in active))
    addresses = tables.addresses.pluck(where("jid") != "", "jid", "contact_id")
    return Watched(
        posters=frozenset(jid for jid, contact_id in addresses if contact_id in posting),
        writers=frozenset(jid for jid, _ in addresses),
        groups=frozenset({str(group)} if group else ()),
        asks_remain=people.asks_remain(tables),
    )

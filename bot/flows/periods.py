"""Campaigns whose time passes: they close by themselves, and their days end."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import chronicle, outcomes
from bot.logs import fields
from bot.model.campaign import Campaign, CampaignState
from bot.model.rules import LATE
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)


def turn(tables: Tables, now: datetime) -> datetime | None:
    """Close the campaigns that are over and settle those whose days can lack something.

    Returns when this is to be done again; None when no campaign waits for a moment.
    """
    for campaign in _open(tables):
        if _is_over(campaign, now):
            _close(tables, campaign, now)
        elif campaign.rules.daily and campaign.rules.ask_for_more:
            outcomes.settle_all(tables, campaign, now)
    return min((moment for each in _open(tables) if (moment := _next_moment(each, now))), default=None)


def _close(tables: Tables, campaign: Campaign, now: datetime) -> None:
    closed = tables.campaigns.save(replace(campaign, state=CampaignState.CLOSED))
    outcomes.settle_all(tables, closed, now)
    chronicle.note(tables, now, "campaign_over", campaign=campaign.name)
    log.info("campaign closed at its end", extra=fields(campaign=campaign.id))


def _open(tables: Tables) -> list[Campaign]:
    states = [CampaignState.ACTIVE.value, CampaignState.PAUSED.value]
    return tables.campaigns.find(where("state").one_of(states))


def _is_over(campaign: Campaign, now: datetime) -> bool:
    """A day after the end: until then a status posted in time may still arrive."""
    return campaign.rules.ends_at is not None and campaign.rules.ends_at + LATE <= now


def _next_moment(campaign: Campaign, now: datetime) -> datetime | None:
    rules = campaign.rules
    moments = [rules.ends_at + LATE] if rules.ends_at else []
    if rules.daily and rules.ask_for_more:
        moments.append(rules.midnight(rules.day_of(now) + timedelta(days=1)))
    return min(moments, default=None)

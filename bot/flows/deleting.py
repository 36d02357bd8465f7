"""What goes for good when a campaign is deleted; counted before, so that nobody deletes more than they know."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.campaign import Campaign
from storage.query import where
from storage.tables import Tables


@dataclass(frozen=True)
class Loss:
    """How much goes with a campaign."""

    frames: int
    results: int


def loss(tables: Tables, campaign: Campaign) -> Loss:
    of_campaign = where("campaign_id") == campaign.id
    return Loss(
        frames=tables.frames.count(of_campaign),
        results=tables.results.count(of_campaign),
    )


def delete_campaign(tables: Tables, campaign: Campaign) -> None:
    """Forget a campaign with its frames and outcomes; files that nothing else needs are swept within two hours."""
    of_campaign = where("campaign_id") == campaign.id
    for rows in (tables.results, tables.judgements, tables.memberships, tables.frames):
        for number in rows.numbers(of_campaign):
            rows.discard(number)
    tables.campaigns.remove(campaign)

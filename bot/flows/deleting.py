"""What goes for good when a campaign is deleted; counted before, so that nobody deletes more than they know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.flows import sequences
from bot.model.campaign import Campaign
from storage.query import where
from storage.rows import Rows
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
    """Forget a campaign with its frames, outcomes and reminders; what nothing else needs is swept within two hours."""
    of_campaign = where("campaign_id") == campaign.id
    for sequence in tables.sequences.find(of_campaign):
        sequences.delete(tables, sequence)
    belongings: tuple[Rows[Any], ...] = (
        tables.results, tables.judgements, tables.memberships, tables.frames, tables.reruns,
    )  # fmt: skip
    for rows in belongings:
        for number in rows.numbers(of_campaign):
            rows.discard(number)
    tables.campaigns.remove(campaign)

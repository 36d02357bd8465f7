"""How many of a campaign's participants stand where."""

from __future__ import annotations

from collections.abc import Iterable

from bot.flows import people
from bot.model.campaign import Campaign
from bot.model.capture import Verdict
from bot.model.identity import ContactId
from bot.model.overview import OutcomeCounts
from bot.model.result import Outcome
from storage.query import where
from storage.tables import Tables


def outcomes(tables: Tables, campaign: Campaign) -> OutcomeCounts:
    """How many of a campaign's participants stand where."""
    return outcomes_among(tables, campaign, people.taking_part(tables))


def outcomes_among(tables: Tables, campaign: Campaign, willing: frozenset[ContactId]) -> OutcomeCounts:
    """The same, of those who take part in anything; from the stored fields alone, for it is asked every second."""
    among = people.among(tables, campaign, willing)
    of_campaign = where("campaign_id") == campaign.id
    found = [outcome for who, outcome in tables.results.pluck(of_campaign, "contact_id", "outcome") if who in among]
    in_review = of_campaign & (where("verdict") == Verdict.REVIEW.value)
    return OutcomeCounts(
        cumple=found.count(Outcome.CUMPLE),
        incumple=found.count(Outcome.INCUMPLE),
        no_capturado=found.count(Outcome.NO_CAPTURADO),
        pendiente=len(among) - len(found),
        review=sum(who in willing for (who,) in tables.judgements.pluck(in_review, "contact_id")),
    )


def together(several: Iterable[OutcomeCounts]) -> OutcomeCounts:
    """The counts of several campaigns, added up."""
    counts = list(several)
    return OutcomeCounts(
        cumple=sum(c.cumple for c in counts),
        incumple=sum(c.incumple for c in counts),
        no_capturado=sum(c.no_capturado for c in counts),
        pendiente=sum(c.pendiente for c in counts),
        review=sum(c.review for c in counts),
    )

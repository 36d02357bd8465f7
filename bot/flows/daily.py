"""Campaigns that judge each day by itself: how the days went, for one contact and for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from bot.flows import outcomes, people
from bot.model.campaign import Campaign
from bot.model.contact import Contact
from bot.model.outcome import Day
from bot.model.overview import OutcomeCounts
from bot.model.result import Outcome
from storage.query import where
from storage.tables import Tables


def by_contact(
    tables: Tables, campaign: Campaign, contacts: Sequence[Contact], now: datetime
) -> list[tuple[Contact, tuple[Day, ...]]]:
    """The days of some participants."""
    return [(contact, outcomes.days_of(tables, campaign, contact, now)) for contact in contacts]


def today(tables: Tables, campaign: Campaign, now: datetime) -> OutcomeCounts:
    """How the participants stand today."""
    return of_day(tables, campaign, campaign.rules.day_of(now), now)


def of_day(tables: Tables, campaign: Campaign, day: date, now: datetime) -> OutcomeCounts:
    """How the participants stood on a day; who has no status then is pending."""
    members = {contact.id: contact for contact in people.participants(tables, campaign)}
    seen = {who for (who,) in tables.judgements.pluck(where("campaign_id") == campaign.id, "contact_id")}
    found: Counter[Outcome | None] = Counter()
    for contact_id in seen & members.keys():
        days = outcomes.days_of(tables, campaign, members[contact_id], now)
        found[next((each.decision.outcome for each in days if each.day == day), None)] += 1
    decided = {outcome: found[outcome] for outcome in Outcome}
    return OutcomeCounts(
        cumple=decided[Outcome.CUMPLE],
        incumple=decided[Outcome.INCUMPLE],
        no_capturado=decided[Outcome.NO_CAPTURADO],
        pendiente=len(members) - sum(decided.values()),
    )

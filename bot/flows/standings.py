"""How everybody stands in a campaign: the rows of lists, rankings, spreadsheets and documents."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows import people
from bot.model.campaign import Campaign
from bot.model.capture import Verdict
from bot.model.contact import Contact
from bot.model.result import PENDIENTE, Outcome, Result
from storage.query import where
from storage.tables import Tables

#: What a standing may be asked for besides an outcome.
REVIEW = "review"


@dataclass(frozen=True)
class Standing:
    """One participant in one campaign."""

    contact: Contact
    result: Result | None  #: None: nothing was seen that decides
    in_review: bool  #: a status of theirs waits for the owner's decision
    was_seen: bool  #: at least one status of theirs was compared, whether or not it decides

    @property
    def code(self) -> str:
        return self.result.outcome.value if self.result else PENDIENTE

    def is_among(self, wanted: str | None) -> bool:
        return wanted is None or self.code == wanted or (wanted == REVIEW and self.in_review)


def standings(tables: Tables, campaign: Campaign) -> list[Standing]:
    """Every participant: those who comply first, the pending last, each part by name."""
    results = {result.contact_id: result for result in tables.results.find(where("campaign_id") == campaign.id)}
    to_review = (where("campaign_id") == campaign.id) & (where("verdict") == Verdict.REVIEW.value)
    reviewed = {judgement.contact_id for judgement in tables.judgements.find(to_review)}
    seen = {who for (who,) in tables.judgements.pluck(where("campaign_id") == campaign.id, "contact_id")}
    found = [
        Standing(contact, results.get(contact.id), contact.id in reviewed, contact.id in seen)
        for contact in people.participants(tables, campaign)
    ]
    order = [*(outcome.value for outcome in Outcome), PENDIENTE]
    return sorted(found, key=lambda standing: order.index(standing.code))

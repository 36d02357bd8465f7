"""How the participants of a campaign stand, and how that is shown."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows import people
from bot.model.campaign import Campaign
from bot.model.capture import Verdict
from bot.model.chat import Phrase, say
from bot.model.contact import Contact
from bot.model.overview import OutcomeCounts
from bot.model.result import PENDIENTE, Outcome, Result
from commands.kinds import Choice
from storage.query import where
from storage.tables import Tables

#: What `status:` may ask for besides an outcome.
REVIEW = "review"
#: Standings with the words for them in either language; the Spanish codes are those of files and exports.
STANDING = Choice(
    {
        Outcome.CUMPLE.value: ("cumple", "cumplen", "complied", "yes"),
        Outcome.INCUMPLE.value: ("incumple", "incumplen", "failed", "no"),
        Outcome.NO_CAPTURADO.value: ("no_capturado", "no-capturado", "not_captured", "not-captured"),
        PENDIENTE: ("pendiente", "pendientes", "pending"),
        REVIEW: ("revisar", "revisión", "review"),
    }
)


@dataclass(frozen=True)
class Standing:
    """One participant in one campaign."""

    contact: Contact
    result: Result | None  #: None: nothing was seen that decides
    in_review: bool  #: a status of theirs waits for the owner's decision

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
    found = [
        Standing(contact, results.get(contact.id), contact.id in reviewed)
        for contact in people.participants(tables, campaign)
    ]
    order = [*(outcome.value for outcome in Outcome), PENDIENTE]
    return sorted(found, key=lambda standing: order.index(standing.code))


def in_one_line(counts: OutcomeCounts) -> Phrase:
    """For example `✅ 41 ❌ 7 📵 4 ⏳ 8`."""
    return say(
        "outcomes.line",
        cumple=counts.cumple,
        incumple=counts.incumple,
        no_capturado=counts.no_capturado,
        pendiente=counts.pendiente,
    )


def in_rows(counts: OutcomeCounts) -> tuple[Phrase, ...]:
    """A line for each outcome, with the share of those who comply."""
    total = counts.cumple + counts.incumple + counts.no_capturado + counts.pendiente
    share = 100 * counts.cumple / total if total else 0.0
    lines = [
        say("outcomes.cumple", n=counts.cumple, share=share),
        say("outcomes.incumple", n=counts.incumple),
        say("outcomes.no_capturado", n=counts.no_capturado),
        say("outcomes.pendiente", n=counts.pendiente),
    ]
    if counts.review:
        lines.append(say("outcomes.review", n=counts.review))
    return tuple(lines)

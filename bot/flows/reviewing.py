"""The statuses that wait for a person: which are next, and which one a message of ours shows."""

from __future__ import annotations

from datetime import datetime

from bot.flows import outcomes, people
from bot.model.campaign import Campaign
from bot.model.capture import Judgement, Verdict
from storage.query import where
from storage.tables import Tables


def waiting(tables: Tables, campaign: Campaign | None = None) -> list[Judgement]:
    """The doubtful statuses of those who take part, the earliest post first."""
    in_doubt = where("verdict") == Verdict.REVIEW.value
    wanted = (where("campaign_id") == campaign.id) & in_doubt if campaign else (where("campaign_id") > 0) & in_doubt
    willing = people.taking_part(tables)
    found = [judgement for judgement in tables.judgements.find(wanted) if judgement.contact_id in willing]
    return sorted(found, key=lambda judgement: (judgement.posted_at, judgement.id))


def shown_in(tables: Tables, message_id: str) -> Judgement | None:
    """The status that a message of ours shows, if a person may decide about it (again)."""
    message = tables.outbox.one(where("message_id") == message_id) if message_id else None
    if message is None or message.evidence is None or not message.evidence.judgement_id:
        return None
    judgement = tables.judgements.get(message.evidence.judgement_id)
    is_open = judgement is not None and (judgement.verdict is Verdict.REVIEW or bool(judgement.decided_by))
    return judgement if is_open else None


def decide(tables: Tables, judgement: Judgement, *, is_match: bool, by: str, now: datetime) -> Judgement:
    """Settle a doubtful status; raises nothing when it was settled before: the last word counts."""
    return outcomes.decided(tables, judgement, Verdict.MATCH if is_match else Verdict.NO_MATCH, by, now)

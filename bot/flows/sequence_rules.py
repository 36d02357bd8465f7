"""Who gets no more reminders, or none for now; asked when a step is due, and again when its message may go."""

from __future__ import annotations

from datetime import datetime

from bot.flows import blacklist, outcomes, people
from bot.model.campaign import Campaign, CampaignState, pair_key
from bot.model.contact import Contact
from bot.model.failures import Failure
from bot.model.outbox import OutboxItem, Refusal
from bot.model.result import Outcome
from bot.model.sequence import KEY, Going, Progress, Sequence, SequenceState, Stop
from storage.query import where
from storage.tables import Tables


def refusal(tables: Tables, item: OutboxItem, contact: Contact, now: datetime) -> Refusal | None:
    """Why a reminder in the outbox may not go, or not now; None for all other messages."""
    if not item.key.startswith(KEY):
        return None
    sequence_id = int(item.key.split(":")[1])
    sequence = tables.sequences.get(sequence_id)
    progress = tables.progress.one(where("key") == pair_key(sequence_id, contact.id))
    if sequence is None or progress is None or progress.state in (Going.DONE, Going.STOPPED):
        return Refusal(Failure.SEQUENCE_OVER)
    if stop_reason(tables, sequence, progress) is not None:
        return Refusal(Failure.SEQUENCE_OVER)
    if progress.state is Going.PAUSED or is_held(tables, sequence):
        return Refusal(Failure.SEQUENCE_PAUSED, for_good=False)
    if outcomes.complied_today(tables, tables.campaigns.need(sequence.campaign_id), contact, now):
        return Refusal(Failure.DONE_TODAY)
    return None


def is_held(tables: Tables, sequence: Sequence) -> bool:
    """Whether a sequence, or its campaign, is paused."""
    campaign = tables.campaigns.get(sequence.campaign_id)
    is_paused = campaign is not None and campaign.state is CampaignState.PAUSED
    return is_paused or sequence.state is SequenceState.PAUSED


def stop_reason(tables: Tables, sequence: Sequence, progress: Progress) -> Stop | None:
    """Why this contact's reminders end here; None when they go on."""
    contact = tables.contacts.get(progress.contact_id)
    campaign = tables.campaigns.get(sequence.campaign_id)
    if campaign is None or campaign.state is CampaignState.CLOSED:
        return Stop.CLOSED
    if contact is None or not contact.takes_part or not people.takes_part(tables, campaign, contact.id):
        return Stop.LEFT
    if blacklist.holds(tables, contact.phone.jid):
        return Stop.BLACKLISTED
    if has_complied(tables, campaign, contact):
        return Stop.COMPLIED
    if contact.last_wrote_at is not None and contact.last_wrote_at >= progress.started_at:
        return Stop.ANSWERED
    return None


def has_complied(tables: Tables, campaign: Campaign, contact: Contact) -> bool:
    result = tables.results.one(where("key") == pair_key(campaign.id, contact.id))
    return result is not None and result.outcome is Outcome.CUMPLE

"""Reminders on their way: each contact's next step is queued when it is due, until they comply, answer or leave.

A step and its message are one transaction, and the message has a natural key: whatever is killed when, no step is
lost and none goes twice. The delay of a step counts from the sending of the one before.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from bot.flows import outcomes, people, sending
from bot.flows.sequence_rules import has_complied, is_held, stop_reason
from bot.i18n import Catalogue
from bot.logs import fields
from bot.model.campaign import Campaign, pair_key
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.failures import Failure, reason
from bot.model.identity import ContactId
from bot.model.outbox import SendState, To
from bot.model.outgoing import MARKER
from bot.model.sequence import Going, Progress, Sequence, SequenceState, Stop, filled, step_key
from storage.query import QueryInstance, where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Rows looked at in one round: what is left comes next time.
BATCH = 200
#: Why a reminder failed for good, and what that means for the sequence; all else skips the step.
_ENDS = {
    Failure.SEQUENCE_OVER: None,  # the rule itself says why
    Failure.NO_CONSENT: Stop.LEFT,
    Failure.BLACKLISTED: Stop.BLACKLISTED,
    Failure.NOT_ON_WHATSAPP: Stop.UNREACHABLE,
    Failure.BAD_ADDRESS: Stop.UNREACHABLE,
}


@dataclass(frozen=True)
class Tally:
    """How many contacts of a sequence stand where, and why some were stopped."""

    by_state: dict[Going, int]
    by_stop: dict[Stop, int]

    @property
    def under_way(self) -> int:
        """Those who may still get a reminder."""
        return sum(self.by_state[state] for state in (Going.WAITING, Going.QUEUED, Going.PAUSED))


def start(tables: Tables, sequence: Sequence, now: datetime) -> int:
    """Begin with everybody whom the sequence is for and who is not in it yet; how many those are."""
    campaign = tables.campaigns.need(sequence.campaign_id)
    begun = 0
    for contact in audience(tables, sequence, campaign, now):
        key = pair_key(sequence.id, contact.id)
        due_at = now + sequence.steps[0].after
        _, is_new = tables.progress.add_once(Progress(0, key, sequence.id, contact.id, Going.WAITING, 0, due_at, now))
        begun += is_new
    return begun


def audience(tables: Tables, sequence: Sequence, campaign: Campaign, now: datetime) -> list[Contact]:
    """Whom a sequence is for now: those who did not comply; or only those of whom nothing was seen."""
    if sequence.only_pending:
        return pending(tables, campaign, now)
    return [each for each in people.participants(tables, campaign) if not has_complied(tables, campaign, each)]


def pending(tables: Tables, campaign: Campaign, now: datetime) -> list[Contact]:
    """The campaign's contacts of whom nothing was seen; where each day counts by itself, who did not comply today."""
    judged = {ContactId(who) for (who,) in tables.results.pluck(where("campaign_id") == campaign.id, "contact_id")}
    return [
        contact
        for contact in people.participants(tables, campaign)
        if contact.id not in judged and not outcomes.complied_today(tables, campaign, contact, now)
    ]


def tick(tables: Tables, catalogue: Catalogue, now: datetime) -> None:
    """Queue what is due. Call it within a transaction, now and then."""
    due = (where("state") == Going.WAITING.value) & (where("due_at") <= to_document(now))
    for progress in tables.progress.find(due, order_by="due_at", limit=BATCH):
        _queue(tables, catalogue, progress, now)


def follow(tables: Tables, after: int, now: datetime) -> int:
    """Go on with those whose step was sent, a part at a time; where to go on next time."""
    rows = _part(tables, Going.QUEUED, after)
    for progress in rows:
        _follow(tables, progress, now)
    return _end(rows)


def sweep(tables: Tables, after: int) -> int:
    """End the reminders of those who complied, answered or left, a part at a time; where to go on next time."""
    rows = _part(tables, Going.WAITING, after)
    for progress in rows:
        sequence = tables.sequences.get(progress.sequence_id)
        stop = stop_reason(tables, sequence, progress) if sequence else Stop.CLOSED
        if stop is not None:
            _stop(tables, progress, stop)
    return _end(rows)


def pause(tables: Tables, sequence: Sequence) -> Sequence:
    """Nobody gets anything until it is resumed; what is queued waits too."""
    return tables.sequences.save(replace(sequence, state=SequenceState.PAUSED))


def resume(tables: Tables, sequence: Sequence, now: datetime) -> Sequence:
    for progress in tables.progress.find(_of(sequence) & (where("state") == Going.QUEUED.value)):
        item = tables.outbox.one(where("key") == step_key(progress))
        if item is not None and reason(item.failure) == Failure.SEQUENCE_PAUSED:
            tables.outbox.save(replace(item, not_before=now, failure=""))
    return tables.sequences.save(replace(sequence, state=SequenceState.ACTIVE))


def delete(tables: Tables, sequence: Sequence) -> None:
    """Forget a sequence; what it had queued is not sent."""
    for progress in tables.progress.find(_of(sequence)):
        item = tables.outbox.one(where("key") == step_key(progress))
        if item is not None and item.state is SendState.QUEUED:
            tables.outbox.save(replace(item, state=SendState.CANCELLED, failure=Failure.SEQUENCE_OVER))
        tables.progress.remove(progress)
    tables.sequences.remove(sequence)


def hold(tables: Tables, contact_id: ContactId) -> int:
    """Pause a contact's reminders in every sequence: they have probably blocked us. How many."""
    is_going = where("state").one_of([Going.WAITING.value, Going.QUEUED.value])
    going = tables.progress.find((where("contact_id") == contact_id) & is_going)
    for progress in going:
        tables.progress.save(replace(progress, state=Going.PAUSED))
    return len(going)


def release(tables: Tables, contact_id: ContactId, now: datetime) -> int:
    """Go on with a contact's paused reminders; how many."""
    held = tables.progress.find((where("contact_id") == contact_id) & (where("state") == Going.PAUSED.value))
    for progress in held:
        item = tables.outbox.one(where("key") == step_key(progress))
        state = Going.WAITING if item is None else Going.QUEUED
        tables.progress.save(replace(progress, state=state, due_at=max(progress.due_at, now)))
    return len(held)


def tally(tables: Tables, sequence: Sequence) -> Tally:
    rows = tables.progress.pluck(_of(sequence), "state", "why")
    states = {state: sum(row[0] == state for row in rows) for state in Going}
    return Tally(states, {stop: n for stop in Stop if (n := sum(row == (Going.STOPPED, stop) for row in rows))})


def _part(tables: Tables, state: Going, after: int) -> list[Progress]:
    """The next rows of a state behind a number; reading them all would take long when there are thousands."""
    numbers = sorted(number for number in tables.progress.numbers(where("state") == state.value) if number > after)
    return [tables.progress.need(number) for number in numbers[:BATCH]]


def _end(rows: list[Progress]) -> int:
    return rows[-1].id if len(rows) == BATCH else 0


def _queue(tables: Tables, catalogue: Catalogue, progress: Progress, now: datetime) -> None:
    sequence = tables.sequences.get(progress.sequence_id)
    stop = stop_reason(tables, sequence, progress) if sequence else Stop.CLOSED
    if sequence is None or stop is not None:
        _stop(tables, progress, stop or Stop.CLOSED)
    elif is_held(tables, sequence):
        tables.progress.save(replace(progress, due_at=now + sending.HOLD))
    elif _has_complied_today(tables, sequence, progress, now):
        _go_on(tables, sequence, progress, now)
    else:
        contact = tables.contacts.need(progress.contact_id)
        words = wording(tables, catalogue, sequence, progress.step, contact, now)
        sending.queue(tables, sending.text(step_key(progress), contact.phone.jid, To.CONTACT, words, now))
        tables.progress.save(replace(progress, state=Going.QUEUED))


def wording(
    tables: Tables, catalogue: Catalogue, sequence: Sequence, step: int, contact: Contact, now: datetime
) -> str:
    """A step as the contact reads it; the first one says how to get no more of them."""
    campaign = tables.campaigns.need(sequence.campaign_id)
    today = catalogue.written(now, "date", sequence.language)
    words = filled(sequence.steps[step].text, name=contact.name, campaign=campaign.name, date=today)
    leave = "\n" + catalogue.say("sequence.leave", sequence.language) if step == 0 else ""
    return f"{MARKER} {words}{leave}"


def _follow(tables: Tables, progress: Progress, now: datetime) -> None:
    """What became of the step in the outbox."""
    item = tables.outbox.one(where("key") == step_key(progress))
    sequence = tables.sequences.get(progress.sequence_id)
    if sequence is None:
        _stop(tables, progress, Stop.CLOSED)
    elif item is None or item.state in (SendState.QUEUED, SendState.SENDING):
        return
    elif item.state is SendState.FAILED and reason(item.failure) in _ENDS:
        stop = _ENDS[Failure(reason(item.failure))] or stop_reason(tables, sequence, progress)
        _stop(tables, progress, stop or Stop.LEFT)
    else:
        _go_on(tables, sequence, progress, item.sending_at or now)


def _has_complied_today(tables: Tables, sequence: Sequence, progress: Progress, now: datetime) -> bool:
    campaign, contact = tables.campaigns.need(sequence.campaign_id), tables.contacts.need(progress.contact_id)
    return outcomes.complied_today(tables, campaign, contact, now)


def _go_on(tables: Tables, sequence: Sequence, progress: Progress, since: datetime) -> None:
    """To the next step; this one was sent, or not called for."""
    step = progress.step + 1
    if step >= len(sequence.steps):
        tables.progress.save(replace(progress, state=Going.DONE, step=step))
        return
    due_at = since + sequence.steps[step].after
    tables.progress.save(replace(progress, state=Going.WAITING, step=step, due_at=due_at))


def _stop(tables: Tables, progress: Progress, why: Stop) -> None:
    tables.progress.save(replace(progress, state=Going.STOPPED, why=why))
    log.info("reminders ended", extra=fields(sequence=progress.sequence_id, contact=progress.contact_id, why=why))


def _of(sequence: Sequence) -> QueryInstance:
    return cast(QueryInstance, where("sequence_id") == sequence.id)

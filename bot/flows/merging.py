"""Two contacts turn out to be one person: everything of the one goes to the other, and outcomes are settled anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flows import outcomes, twins
from bot.model.campaign import pair_key
from bot.model.capture import Capture, CaptureState
from bot.model.contact import Consent, Contact
from bot.model.event import ContentKind
from bot.model.identity import CampaignId, ContactId
from bot.model.result import Result
from storage.query import where
from storage.tables import Tables

#: Of two records of one status, the one that is further on is kept.
_PROGRESS = (
    CaptureState.TICKET, CaptureState.NOT_CAPTURED, CaptureState.OTHER, CaptureState.TO_FETCH, CaptureState.TO_JUDGE,
    CaptureState.JUDGED,
)  # fmt: skip


def merge(tables: Tables, kept: Contact, gone: Contact, now: datetime) -> Contact:
    """Make `gone` a part of `kept`: addresses, statuses, outcomes, reminders; name and number are those of `kept`.

    Who withdrew under either stays withdrawn, unless they agreed again afterwards. An outcome set by hand stays; of
    two, the later one.
    """
    person = tables.contacts.save(_joined(kept, gone))
    for address in tables.addresses.find(where("contact_id") == gone.id):
        tables.addresses.save(replace(address, contact_id=kept.id))
    campaigns = _campaigns(tables, kept.id) | _campaigns(tables, gone.id)
    for capture in tables.captures.find(where("contact_id") == gone.id):
        _move_capture(tables, capture, kept)
    twins.join(tables, kept, gone, now)
    _move_memberships(tables, kept, gone)
    _move_reminders(tables, kept, gone)
    for issue in tables.block_issues.find(where("contact_id") == gone.id):
        tables.block_issues.save(replace(issue, contact_id=kept.id))
    for campaign_id in campaigns:
        _join_results(tables, campaign_id, kept, gone)
    tables.contacts.remove(gone)
    for campaign_id in campaigns:
        campaign = tables.campaigns.get(campaign_id)
        if campaign is not None:
            outcomes.settle(tables, campaign, person, now)
    return person


def _joined(kept: Contact, gone: Contact) -> Contact:
    said = [each for each in (kept, gone) if each.consent is not Consent.DECLARED]
    last_word = max(said, key=lambda each: each.consent_at, default=kept)
    return replace(
        kept,
        consent=last_word.consent,
        consent_at=last_word.consent_at,
        created_at=min(kept.created_at, gone.created_at),
        tags=tuple(dict.fromkeys((*kept.tags, *gone.tags))),
        notes=tuple(sorted((*kept.notes, *gone.notes), key=lambda note: note.at)),
        last_seen_at=_later(kept.last_seen_at, gone.last_seen_at),
        last_wrote_at=_later(kept.last_wrote_at, gone.last_wrote_at),
    )


def _campaigns(tables: Tables, contact_id: ContactId) -> set[CampaignId]:
    """In which campaigns something is known of a contact."""
    theirs = where("contact_id") == contact_id
    found = [*tables.judgements.pluck(theirs, "campaign_id"), *tables.results.pluck(theirs, "campaign_id")]
    return {CampaignId(number) for (number,) in found}


def _move_capture(tables: Tables, capture: Capture, kept: Contact) -> None:
    """A status that both had is one status: the record that is further on stays, and a deletion counts for it."""
    key = pair_key(kept.id, capture.message_id)
    twin = tables.captures.one(where("key") == key)
    moved = replace(capture, key=key, contact_id=kept.id)
    if twin is not None:
        removed_at = min((each.removed_at for each in (twin, capture) if each.removed_at), default=None)
        if _rank(capture) <= _rank(twin):
            tables.captures.save(replace(twin, removed_at=removed_at))
            _forget(tables, capture)
            return
        _forget(tables, twin)
        moved = replace(moved, removed_at=removed_at)
    tables.captures.save(moved)
    for judgement in tables.judgements.find(where("capture_id") == capture.id):
        tables.judgements.save(replace(judgement, contact_id=kept.id))


def _rank(capture: Capture) -> tuple[bool, int]:
    return capture.kind is not ContentKind.REVOKE, _PROGRESS.index(capture.state)


def _forget(tables: Tables, capture: Capture) -> None:
    for number in tables.judgements.numbers(where("capture_id") == capture.id):
        tables.judgements.discard(number)
    tables.captures.remove(capture)


def _move_memberships(tables: Tables, kept: Contact, gone: Contact) -> None:
    """An exception that `kept` has already stands."""
    for member in tables.memberships.find(where("contact_id") == gone.id):
        tables.memberships.remove(member)
        key = pair_key(member.campaign_id, kept.id)
        tables.memberships.add_once(replace(member, id=0, key=key, contact_id=kept.id))


def _move_reminders(tables: Tables, kept: Contact, gone: Contact) -> None:
    """Nobody gets the same reminders twice: those that `kept` is in already go on alone."""
    for progress in tables.progress.find(where("contact_id") == gone.id):
        tables.progress.remove(progress)
        key = pair_key(progress.sequence_id, kept.id)
        tables.progress.add_once(replace(progress, id=0, key=key, contact_id=kept.id))


def _join_results(tables: Tables, campaign_id: CampaignId, kept: Contact, gone: Contact) -> None:
    """Leave at most one result, that of `kept`; it is settled anew unless it was set by hand."""
    key = pair_key(campaign_id, kept.id)
    own, other = (tables.results.one(where("key") == pair_key(campaign_id, who.id)) for who in (kept, gone))
    if other is None:
        return
    tables.results.remove(other)
    if own is None:
        tables.results.add(replace(other, id=0, key=key, contact_id=kept.id))
    elif _was_set_later(other, own):
        tables.results.save(replace(other, id=own.id, key=key, contact_id=kept.id))


def _was_set_later(other: Result, own: Result) -> bool:
    return bool(other.marked_by) and (not own.marked_by or other.decided_at > own.decided_at)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)

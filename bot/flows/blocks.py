"""Probable blocks: every six hours the messages that did not arrive are weighed, for each contact.

Nothing is sent to find out. What is found is kept as an issue with its evidence; from a high probability on the
contact's reminders are paused until the owner, or a sign of life, says otherwise.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from bot.flows import alerts, chronicle, people, sequences
from bot.flows.jobs import Work
from bot.logs import fields
from bot.model.alert import Severity
from bot.model.blocks import Band, BlockIssue, BlockRules, Delivery, Estimate, IssueState, Note, estimate
from bot.model.contact import Contact
from bot.model.document import to_document
from bot.model.failures import REFUSED_BY_SERVER, reason
from bot.model.identity import ContactId
from bot.model.outbox import OutboxItem, SendState, To
from storage.query import QueryInstance, where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Older messages say nothing about today.
LOOK_BACK = timedelta(days=90)
#: Names of facts: what the owner changed from the chat.
SUSPICIOUS_FROM, BLOCKED_FROM, EVERY_HOURS = "block_suspicious_from", "block_from", "block_every_hours"
#: Hours between two examinations, unless the owner says otherwise: at 00, 06, 12 and 18 (product.md §7).
HOURS = 6
_ARRIVED = (SendState.DELIVERED, SendState.READ)
_OPEN = cast(QueryInstance, where("state") == IssueState.OPEN.value)


@dataclass(frozen=True)
class Statistics:
    contacts: int  #: that were ever written to in the time looked at
    suspicious: int
    blocked: int
    mean: float  #: probability over all of those contacts, 0-100

    @property
    def active(self) -> int:
        return self.contacts - self.suspicious - self.blocked


def duty(work: Work) -> bool:
    """The job: examine; the owner is told how many are newly probably blocked. Whether anybody was written to."""
    before = sum(issue.paused for issue in open_issues(work.tables))
    found = examine(work.tables, rules(work.tables), work.now)
    newly = sum(issue.paused for issue in open_issues(work.tables)) - before
    if newly > 0:
        alerts.happened(work.tables, work.now, f"blocks:{work.key}", Severity.WARNING, count=newly)
    return found.contacts > 0


def examine(tables: Tables, rules: BlockRules, now: datetime) -> Statistics:
    """Weigh every contact's messages anew: open issues, bring them up to date, close them, pause and release."""
    estimates: list[tuple[int, Band]] = []
    for contact, items in _by_contact(tables, now):
        delivery, first = _delivery(tables, contact, items, now - rules.after)
        found = estimate(delivery, now)
        band = rules.band(found.probability)
        estimates.append((found.probability, band))
        _record(tables, contact, delivery, first, found, band, now)
    return _statistics(estimates)


def rules(tables: Tables) -> BlockRules:
    """The thresholds in force."""
    own = BlockRules()
    return replace(
        own,
        suspicious_from=tables.facts.number(SUSPICIOUS_FROM) or own.suspicious_from,
        blocked_from=tables.facts.number(BLOCKED_FROM) or own.blocked_from,
    )


def choose_thresholds(tables: Tables, suspicious_from: int, blocked_from: int) -> None:
    tables.facts.choose(SUSPICIOUS_FROM, suspicious_from)
    tables.facts.choose(BLOCKED_FROM, blocked_from)


def hours(tables: Tables) -> int:
    """How often the messages are examined."""
    return tables.facts.number(EVERY_HOURS) or HOURS


def choose_hours(tables: Tables, every: int) -> None:
    tables.facts.choose(EVERY_HOURS, every)


def statistics(tables: Tables, rules: BlockRules, now: datetime) -> Statistics:
    """How probable blocks are over all contacts that were written to, without changing anything."""
    estimates = []
    for contact, items in _by_contact(tables, now):
        delivery, _ = _delivery(tables, contact, items, now - rules.after)
        probability = estimate(delivery, now).probability
        estimates.append((probability, rules.band(probability)))
    return _statistics(estimates)


def open_issues(tables: Tables) -> list[BlockIssue]:
    """The issues that nobody settled yet, the most probable first."""
    return sorted(tables.block_issues.find(_OPEN), key=lambda issue: (-issue.probability, issue.id))


def issue_of(tables: Tables, contact: Contact) -> BlockIssue | None:
    """The contact's open issue, or else their newest one."""
    own = tables.block_issues.find(where("contact_id") == contact.id)
    return max(own, key=lambda issue: (issue.state is IssueState.OPEN, issue.id), default=None)


def reactivate(tables: Tables, issue: BlockIssue, now: datetime) -> int:
    """The owner says that the contact is well: reminders go on; what was undelivered until now counts no more."""
    tables.block_issues.save(replace(issue, state=IssueState.REACTIVATED, closed_at=now, paused=False))
    return sequences.release(tables, issue.contact_id, now)


def annotate(tables: Tables, issue: BlockIssue, by: str, text: str, now: datetime) -> BlockIssue:
    return tables.block_issues.save(replace(issue, notes=(*issue.notes, Note(now, by, text))))


def delete(tables: Tables, issue: BlockIssue, now: datetime) -> None:
    """Forget an issue with its notes; reminders that it paused go on."""
    if issue.paused:
        sequences.release(tables, issue.contact_id, now)
    tables.block_issues.remove(issue)


def _by_contact(tables: Tables, now: datetime) -> list[tuple[Contact, list[OutboxItem]]]:
    """The messages to each contact, the newest first."""
    sent = (where("sending_at") > to_document(now - LOOK_BACK)) & (where("audience") == To.CONTACT.value)
    rows: dict[ContactId, list[OutboxItem]] = defaultdict(list)
    contacts: dict[str, Contact | None] = {}
    for item in tables.outbox.find(sent, order_by="sending_at", reverse=True):
        address = str(item.to)
        if address not in contacts:
            contacts[address] = people.contact_of(tables, (item.to,))
        contact = contacts[address]
        if contact is not None:
            rows[contact.id].append(item)
    known = {contact.id: contact for contact in contacts.values() if contact is not None}
    return [(known[number], items) for number, items in rows.items()]


def _delivery(
    tables: Tables, contact: Contact, items: list[OutboxItem], until: datetime
) -> tuple[Delivery, OutboxItem | None]:
    """What is known of the messages sent until then, and the first of those that did not arrive."""
    forgiven = _forgiven_until(tables, contact)
    run: list[OutboxItem] = []
    for item in items:
        if item.state in _ARRIVED or (item.sending_at is not None and item.sending_at <= forgiven):
            break
        if item.state is SendState.SENT and item.sending_at is not None and item.sending_at <= until:
            run.append(item)
    first = run[-1] if run else None
    oldest_at = first.sending_at if first else None
    return Delivery(len(run), oldest_at, _refused(contact, items), _last_sign(contact, items)), first


def _forgiven_until(tables: Tables, contact: Contact) -> datetime:
    """Until when the owner says that all is well."""
    settled = tables.block_issues.find(
        (where("contact_id") == contact.id) & (where("state") == IssueState.REACTIVATED.value)
    )
    return max((issue.closed_at for issue in settled if issue.closed_at), default=contact.created_at - LOOK_BACK)


def _refused(contact: Contact, items: list[OutboxItem]) -> bool:
    """The server's own word: about the newest message, or when it was asked for the contact's address."""
    return contact.on_whatsapp is False or reason(items[0].failure) in REFUSED_BY_SERVER


def _last_sign(contact: Contact, items: list[OutboxItem]) -> datetime | None:
    receipts = [at for item in items for at in (item.delivered_at, item.read_at)]
    return max((at for at in (contact.last_seen_at, contact.last_wrote_at, *receipts) if at is not None), default=None)


def _record(
    tables: Tables, contact: Contact, delivery: Delivery, first: OutboxItem | None, found: Estimate, band: Band,
    now: datetime,
) -> None:  # fmt: skip
    open_issue = tables.block_issues.one(_OPEN & (where("contact_id") == contact.id))
    if band is Band.ACTIVE or first is None or delivery.oldest_at is None:
        if open_issue is not None:
            _clear(tables, open_issue, found, now)
        return
    issue = open_issue or BlockIssue(
        0, f"{contact.id}:{first.id}", contact.id, now, now, 0, Band.ACTIVE, 0, delivery.oldest_at, None, ()
    )
    was_paused = issue.paused
    issue = replace(
        issue, checked_at=now, probability=found.probability, band=band, undelivered=delivery.undelivered,
        oldest_at=delivery.oldest_at, last_sign_at=delivery.last_sign_at, weights=found.weights,
        paused=was_paused or band is Band.BLOCKED, state=IssueState.OPEN, closed_at=None,
    )  # fmt: skip
    _keep(tables, issue)
    if issue.paused and not was_paused:
        sequences.hold(tables, contact.id)
        chronicle.note(tables, now, "probably_blocked", contact=contact.name, probability=found.probability)
        log.info("contact probably blocked", extra=fields(contact=contact.id, probability=found.probability))


def _keep(tables: Tables, issue: BlockIssue) -> None:
    """A new issue may have the key of one that was cleared: then that one is open again, with its notes."""
    if issue.id:
        tables.block_issues.save(issue)
        return
    stored, is_new = tables.block_issues.add_once(issue)
    if not is_new:
        tables.block_issues.save(replace(issue, id=stored.id, opened_at=stored.opened_at, notes=stored.notes))


def _clear(tables: Tables, issue: BlockIssue, found: Estimate, now: datetime) -> None:
    """A receipt or a sign of life came: it was no block."""
    tables.block_issues.save(
        replace(
            issue,
            state=IssueState.CLEARED,
            band=Band.ACTIVE,
            probability=found.probability,
            weights=found.weights,
            checked_at=now,
            closed_at=now,
            paused=False,
        )
    )
    if issue.paused:
        sequences.release(tables, issue.contact_id, now)


def _statistics(estimates: list[tuple[int, Band]]) -> Statistics:
    bands = [band for _, band in estimates]
    mean = sum(probability for probability, _ in estimates) / len(estimates) if estimates else 0.0
    return Statistics(len(estimates), bands.count(Band.SUSPICIOUS), bands.count(Band.BLOCKED), mean)

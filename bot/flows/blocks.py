"""Probable blocks: every six hours the messages that did not arrive are weighed, for each contact.

Nothing is sent to find out. What is found is kept as an issue with its evidence; from a high probability on the
contact's reminders are paused until the owner, or a sign of life, says otherwise.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from bot.flows import chronicle, deliveries, sequences
from bot.logs import fields
from bot.model.blocks import Band, BlockIssue, BlockRules, Estimate, IssueState, Note, estimate
from bot.model.contact import Contact
from bot.model.identity import ContactId
from storage.query import QueryInstance, where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Names of facts: what the owner changed from the chat.
SUSPICIOUS_FROM, BLOCKED_FROM, EVERY_HOURS = "block_suspicious_from", "block_from", "block_every_hours"
#: Hours between two examinations, unless the owner says otherwise: at 00, 06, 12 and 18 (product.md §7).
HOURS = 6
_OPEN = cast(QueryInstance, where("state") == IssueState.OPEN.value)


@dataclass(frozen=True)
class Weighed:
    """What the messages to one contact show, and how probable that makes a block."""

    evidence: deliveries.Evidence
    estimate: Estimate
    is_newly_blocked: bool = False  #: the contact's reminders were paused just now

    @property
    def probability(self) -> int:
        return self.estimate.probability


@dataclass(frozen=True)
class Statistics:
    contacts: int  #: that were ever written to in the time looked at
    suspicious: int
    blocked: int
    mean: float  #: probability over all of those contacts, 0-100

    @property
    def active(self) -> int:
        return self.contacts - self.suspicious - self.blocked


def examine(tables: Tables, rules: BlockRules, now: datetime) -> Statistics:
    """Weigh every contact's messages anew: open issues, bring them up to date, close them, pause and release."""
    issues = open_by_contact(tables)
    found = (examine_one(tables, contact, issues.get(contact.id), rules, now) for contact in _concerned(tables, now))
    return _statistics([each for each in found if each is not None], rules)


def examine_one(
    tables: Tables, contact: Contact, issue: BlockIssue | None, rules: BlockRules, now: datetime
) -> Weighed | None:
    """Weigh the messages to one contact, whose open issue this is; None for somebody to whom nothing was sent."""
    weighed = weigh(tables, contact, issue, rules, now)
    if weighed is None:
        return None
    is_new = _record(tables, contact, issue, weighed, rules.band(weighed.probability), now)
    return replace(weighed, is_newly_blocked=is_new)


def weigh(
    tables: Tables, contact: Contact, issue: BlockIssue | None, rules: BlockRules, now: datetime
) -> Weighed | None:
    evidence = deliveries.evidence(tables, contact, rules, issue, now)
    return None if evidence is None else Weighed(evidence, estimate(evidence.delivery, now))


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
    issues = open_by_contact(tables)
    found = (weigh(tables, contact, issues.get(contact.id), rules, now) for contact in _concerned(tables, now))
    return _statistics([each for each in found if each is not None], rules)


def open_by_contact(tables: Tables) -> dict[ContactId, BlockIssue]:
    return {issue.contact_id: issue for issue in tables.block_issues.find(_OPEN)}


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


def _concerned(tables: Tables, now: datetime) -> list[Contact]:
    """Who was written to, and who has an open issue about older messages."""
    contacts = {contact.id: contact for contact in deliveries.written_to(tables, now)}
    for number in open_by_contact(tables).keys() - contacts.keys():
        contact = tables.contacts.get(number)
        if contact is not None:
            contacts[number] = contact
    return list(contacts.values())


def _record(
    tables: Tables, contact: Contact, issue: BlockIssue | None, weighed: Weighed, band: Band, now: datetime
) -> bool:
    """Bring the contact's issue up to date; whether their reminders were paused now."""
    delivery, first, found = weighed.evidence.delivery, weighed.evidence.first, weighed.estimate
    if band is Band.ACTIVE or delivery.oldest_at is None:
        if issue is not None:
            _clear(tables, issue, found, now)
        return False
    if first is None:
        return False  # the issue outlived its messages: it stays as it is
    issue = issue or BlockIssue(
        0, f"{contact.id}:{first.id}", contact.id, now, now, 0, Band.ACTIVE, 0, delivery.oldest_at, None, ()
    )
    was_paused = issue.paused
    issue = replace(
        issue, checked_at=now, probability=found.probability, band=band, undelivered=delivery.undelivered,
        oldest_at=delivery.oldest_at, last_sign_at=delivery.last_sign_at, weights=found.weights,
        paused=was_paused or band is Band.BLOCKED, state=IssueState.OPEN, closed_at=None,
    )  # fmt: skip
    _keep(tables, issue)
    is_new = issue.paused and not was_paused
    if is_new:
        sequences.hold(tables, contact.id)
        chronicle.note(tables, now, "probably_blocked", contact=contact.name, probability=found.probability)
        log.info("contact probably blocked", extra=fields(contact=contact.id, probability=found.probability))
    return is_new


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


def _statistics(found: list[Weighed], rules: BlockRules) -> Statistics:
    bands = [rules.band(each.probability) for each in found]
    mean = sum(each.probability for each in found) / len(found) if found else 0.0
    return Statistics(len(found), bands.count(Band.SUSPICIOUS), bands.count(Band.BLOCKED), mean)

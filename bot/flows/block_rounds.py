"""The six-hourly examination for probable blocks, a few contacts at a time: nothing else waits for it.

How far it has come is a fact, committed with what was found, so that it goes on where a crash cut it off.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.flows import alerts, blocks, deliveries
from bot.flows.jobs import Work
from bot.model.alert import Severity
from bot.model.identity import ContactId
from storage.tables import Tables

#: One step looks at so many contacts at most, and ends early when it has read so many messages.
CONTACTS, MESSAGES = 20, 100
#: Name of the fact: `the job's run|number of the last contact looked at|newly marked`; empty when nothing is under way.
ROUND = "block_round"


@dataclass(frozen=True)
class Round:
    key: str
    after: ContactId
    newly: int


def duty(work: Work) -> bool:
    """The job: begin to examine. Whether anybody was written to."""
    if not deliveries.any_sent(work.tables, work.now):
        return False
    earlier = under_way(work.tables)
    if earlier is not None:
        end(work.tables, earlier, work.now)
    begin(work.tables, work.key)
    return True


def begin(tables: Tables, key: str) -> None:
    _keep(tables, Round(key, ContactId(0), 0))


def under_way(tables: Tables) -> Round | None:
    key, _, rest = str(tables.facts.get(ROUND) or "").partition("|")
    after, _, newly = rest.partition("|")
    return Round(key, ContactId(int(after)), int(newly)) if key else None


def go_on(tables: Tables, now_on: Round, now: datetime) -> None:
    """Examine the next contacts; after the last one the owner is told how many are newly probably blocked."""
    contacts = tables.contacts.after(now_on.after, CONTACTS)
    rules, issues, read = blocks.rules(tables), blocks.open_by_contact(tables), 0
    for contact in contacts:
        found = blocks.examine_one(tables, contact, issues.get(contact.id), rules, now)
        newly = now_on.newly + (found is not None and found.is_newly_blocked)
        now_on = replace(now_on, after=contact.id, newly=newly)
        read += found.evidence.messages if found else 0
        if read >= MESSAGES:
            break
    if contacts:
        _keep(tables, now_on)
    else:
        end(tables, now_on, now)


def end(tables: Tables, last: Round, now: datetime) -> None:
    tables.facts.set(ROUND, "")
    if last.newly:
        alerts.happened(tables, now, f"blocks:{last.key}", Severity.WARNING, count=last.newly)


def _keep(tables: Tables, now_on: Round) -> None:
    tables.facts.set(ROUND, f"{now_on.key}|{now_on.after}|{now_on.newly}")

"""What one decision about sending costs, however long the history and the queue are: on a real database file."""

from __future__ import annotations

import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

from bot.flows import permission, sending
from bot.model.contact import Address, Consent, Contact
from bot.model.document import to_document
from bot.model.identity import ContactId, Phone
from bot.model.limits import HOUR, Limits
from bot.model.outbox import SendState, To
from bot.model.pacing import SendWindow
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import START

CONTACTS = 1000
#: The newest sends lie so far apart.
APART = timedelta(seconds=70)


@dataclass(frozen=True)
class Cost:
    """Milliseconds, without the disk's own time for a commit; `waits`: the limits hold everything back."""

    past: int
    queued: int
    rule_us: float  #: the pure rule alone, microseconds
    waits: float
    sends: float
    sends_p95: float


def measure(past: int, queued: int, rounds: int = 200) -> Cost:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(Path(folder) / "bot.db", SCHEMA)) as store:
        tables = Tables(store)
        numbers = fill(tables, past, queued)
        limits = replace(Limits(), human_pace=0.0, warmup=(), contacts_per_hour=10**6)
        window = sending.window(tables, limits, START)
        rule = _rule(window, numbers[0], rounds * 50)
        full = replace(limits, contacts_per_hour=1)
        waits = _timed(tables, sending.window(tables, full, START), rounds)
        open_window = SendWindow(replace(limits, in_total=tuple((a, b, 10**6) for a, b, _ in limits.in_total)))
        sends = _timed(tables, open_window, rounds)
        return Cost(past, queued, rule, median(waits), median(sends), quantiles(sends, n=20)[-1])


def _rule(window: SendWindow, number: str, rounds: int) -> float:
    begun = time.perf_counter()
    for _ in range(rounds):
        window.earliest(number, To.CONTACT, START)
    return (time.perf_counter() - begun) / rounds * 1e6


def _timed(tables: Tables, window: SendWindow, rounds: int) -> list[float]:
    """One decision each, all in one transaction; two seconds pass in between."""
    random, now, spent = Random(1), START, []
    with tables.store.transaction():
        for _ in range(rounds):
            now += timedelta(seconds=2)
            begun = time.perf_counter()
            sending.next_step(tables, window, permission.refusal, random, now)
            spent.append((time.perf_counter() - begun) * 1000)
    return spent


def fill(tables: Tables, past: int, queued: int, silent: int = 0) -> list[str]:
    """Messages to a thousand contacts; nothing arrives at one in `silent` of them."""
    jids = []
    with tables.store.transaction():
        for number in range(CONTACTS):
            phone = Phone(f"+57300{1000000 + number}")
            contact = tables.contacts.add(Contact(ContactId(0), str(number), phone, Consent.DECLARED, START, START))
            tables.addresses.add(Address(0, str(phone.jid), contact.id, START))
            jids.append(phone.jid)
        for number in range(past):
            at = START - HOUR - number * APART
            item = sending.text(f"past:{number}", jids[number % CONTACTS], To.CONTACT, "hello", at)
            arrived = not silent or number % CONTACTS % silent
            state = SendState.DELIVERED if arrived else SendState.SENT
            done = replace(item, state=state, message_id=f"3EB0{number:08d}", sending_at=at, sent_at=at)
            tables.outbox.add(done)
        for number in range(queued):
            item = sending.text(f"new:{number}", jids[number % CONTACTS], To.CONTACT, "hello", START)
            tables.outbox.add(replace(item, paced=True))
        tables.facts.set(sending.LINKED_AT, to_document(START - timedelta(days=400)))
    return [str(jid) for jid in jids]

"""A month of reminders, simulated: the real flows over a real store, people who receive, sleep, answer or never get it.

Nothing waits: the clock jumps to the next thing that happens. `simulate` takes a minute for 1,000 contacts.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from bot.flows import block_rounds, blocks, people, permission, receipts, sending, sequences
from bot.i18n import Catalogue
from bot.model.blocks import BlockIssue
from bot.model.campaign import Campaign, pair_key
from bot.model.chat import Language
from bot.model.contact import Address, Consent, Contact
from bot.model.document import to_document
from bot.model.event import ReceiptKind, ReceiptSeen
from bot.model.identity import CampaignId, ContactId, Phone
from bot.model.limits import DAY, Limits, QuietHours
from bot.model.outbox import SendState, To
from bot.model.outgoing import Sent
from bot.model.pacing import ANYBODY
from bot.model.result import Outcome, Result
from bot.model.sequence import Going, ReminderStep, Sequence
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables

ZONE = ZoneInfo("America/Bogota")
START = datetime(2026, 5, 4, 13, 0, tzinfo=UTC)  # a Monday, 08:00 in Bogota
QUIET = QuietHours(time(23), time(8), ZONE)
STEPS = tuple(ReminderStep(timedelta(days=days), "{name}, please post {campaign}") for days in (0, 3, 7, 7))
EXAMINE_EVERY = timedelta(hours=6)
LOOK_EVERY = timedelta(seconds=30)
OFFLINE_FOR = timedelta(days=3)


class Kind(StrEnum):
    """What becomes of the messages to somebody."""

    REACHABLE = "reachable"  #: delivered within minutes, or overnight
    NEVER = "never"  #: no message ever arrives: blocked, or the phone is gone
    OFFLINE = "offline"  #: the phone is off for three days, then everything arrives


@dataclass
class Person:
    contact: Contact
    kind: Kind
    offline_from: datetime
    complies: bool  #: posts after one of the reminders
    answers: bool
    signs: list[datetime] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """What happened."""

    people: list[Person]
    sends: list[datetime]  #: to contacts
    marked: dict[ContactId, list[BlockIssue]]  #: probably blocked, as it was found
    marked_at: dict[ContactId, datetime]
    ended: dict[Going, int]

    def false_marks(self) -> list[Person]:
        """Marked, although they had given a sign of life since the first message that counted against them."""
        return [
            person for person in self.people
            for issue in self.marked.get(person.contact.id, [])
            if any(issue.oldest_at < sign <= issue.checked_at for sign in person.signs)
        ]  # fmt: skip


class Simulation:
    def __init__(self, contacts: int, seed: int, limits: Limits) -> None:
        self.random, self.now = Random(seed), START
        self.tables = Tables(open_store(":memory:", SCHEMA))
        self.catalogue = Catalogue.load(zone=ZONE)
        self.events: list[tuple[datetime, int, Callable[[], None]]] = []
        self.order = itertools.count()
        self.sends: list[datetime] = []
        self.looked_at, self.followed = START - LOOK_EVERY, 0
        self.marked: dict[ContactId, list[BlockIssue]] = {}
        self.marked_at: dict[ContactId, datetime] = {}
        self.tables.facts.set(sending.LINKED_AT, to_document(START))
        self.window = sending.window(self.tables, limits, START)
        self.campaign = self.tables.campaigns.add(Campaign(CampaignId(0), "Corner Café", START))
        self.people = {person.contact.id: person for person in self._people(contacts)}

    def run(self, days: int) -> Month:
        end = START + days * DAY
        steps = Sequence(0, "s", "Reminders", self.campaign.id, STEPS, False, Language.EN, START)
        sequences.start(self.tables, self.tables.sequences.add(steps), self.now)
        self._at(START + EXAMINE_EVERY, self._examine)
        while self.now < end:
            with self.tables.store.transaction():
                self._work()
            self.now = min(self._next(), end)
        rows = self.tables.progress.all()
        ended = {state: sum(row.state is state for row in rows) for state in Going}
        return Month(list(self.people.values()), self.sends, self.marked, self.marked_at, ended)

    def _work(self) -> None:
        """All that is due now."""
        while self.events and self.events[0][0] <= self.now:
            heapq.heappop(self.events)[2]()
        if self.now >= self.looked_at + LOOK_EVERY:
            self.looked_at = self.now
            self.followed = sequences.follow(self.tables, self.followed, self.now)
            sequences.tick(self.tables, self.catalogue, self.now)
        while step := sending.next_step(self.tables, self.window, permission.refusal, self.random, self.now):
            if not step.typing:
                self._sent(step.item.id)

    def _sent(self, item_id: int) -> None:
        sending.sent(self.tables, item_id, Sent(f"3EB0{item_id}", self.now), self.now)
        self.sends.append(self.now)
        contact = people.contact_of(self.tables, (self.tables.outbox.need(item_id).to,))
        assert contact is not None
        person = self.people[contact.id]
        arrives = self._arrival(person)
        if arrives is None:
            return
        self._at(arrives, lambda: self._receipt(person, item_id, ReceiptKind.DELIVERED))
        if self.random.random() < 0.7:
            self._at(arrives + self._within(hours=12), lambda: self._receipt(person, item_id, ReceiptKind.READ))
        if person.complies and self.random.random() < 0.5:
            self._at(arrives + self._within(hours=30), lambda: self._comply(person))
        if person.answers and self.random.random() < 0.5:
            self._at(arrives + self._within(hours=6), lambda: self._answer(person))

    def _arrival(self, person: Person) -> datetime | None:
        if person.kind is Kind.NEVER:
            return None
        soon = self.now + (self._within(hours=10) if self.random.random() < 0.2 else self._within(hours=0.2))
        is_off = person.kind is Kind.OFFLINE and person.offline_from <= soon < person.offline_from + OFFLINE_FOR
        return person.offline_from + OFFLINE_FOR if is_off else soon

    def _receipt(self, person: Person, item_id: int, kind: ReceiptKind) -> None:
        person.signs.append(self.now)
        phone = person.contact.phone.jid
        receipts.seen(self.tables, ReceiptSeen((f"3EB0{item_id}",), kind, phone, phone, self.now))

    def _comply(self, person: Person) -> None:
        person.signs.append(self.now)
        contact = self.tables.contacts.need(person.contact.id)
        self.tables.contacts.save(replace(contact, last_seen_at=self.now))
        key = pair_key(self.campaign.id, contact.id)
        self.tables.results.add_once(
            Result(0, key, self.campaign.id, contact.id, Outcome.CUMPLE, self.now, self.now, None)
        )

    def _answer(self, person: Person) -> None:
        person.signs.append(self.now)
        people.wrote(self.tables, (person.contact.phone.jid,), self.now)

    def _examine(self) -> None:
        block_rounds.begin(self.tables, "check")
        while (under_way := block_rounds.under_way(self.tables)) is not None:
            block_rounds.go_on(self.tables, under_way, self.now)
        for issue in blocks.open_issues(self.tables):
            if issue.paused and issue.contact_id not in self.marked_at:
                self.marked_at[issue.contact_id] = self.now
                self.marked.setdefault(issue.contact_id, []).append(issue)
        self._at(self.now + EXAMINE_EVERY, self._examine)

    def _next(self) -> datetime:
        """When something happens next; a moment later than now."""
        times = [self.events[0][0]]
        due = self.tables.progress.find(where("state") == Going.WAITING.value, order_by="due_at", limit=1)
        times += [max(row.due_at, self.looked_at + LOOK_EVERY) for row in due]
        queued = (where("state") == SendState.QUEUED.value) & (where("audience") == To.CONTACT.value)
        waiting = self.tables.outbox.find(queued, order_by="not_before", limit=1)
        if waiting:
            free = self.window.earliest(ANYBODY, To.CONTACT, self.now).at
            typed = self.window.typing[1] if self.window.typing else self.now
            times.append(max(waiting[0].not_before, free, typed))
        if self.tables.progress.count(where("state") == Going.QUEUED.value) and not waiting:
            times.append(self.looked_at + LOOK_EVERY)  # the next look at what was sent
        return max(min(times), self.now + timedelta(milliseconds=1))

    def _at(self, when: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self.events, (when, next(self.order), act))

    def _within(self, hours: float) -> timedelta:
        return timedelta(hours=self.random.uniform(0, hours))

    def _people(self, count: int) -> list[Person]:
        """5 % never receive, 5 % are offline for three days; a third complies, a tenth answers."""
        kinds = [Kind.NEVER] * (count // 20) + [Kind.OFFLINE] * (count // 20)
        kinds += [Kind.REACHABLE] * (count - len(kinds))
        self.random.shuffle(kinds)
        return [self._person(number, kind) for number, kind in enumerate(kinds)]

    def _person(self, number: int, kind: Kind) -> Person:
        phone = Phone(f"+57300{1000000 + number}")
        contact = self.tables.contacts.add(
            Contact(ContactId(0), f"Person {number}", phone, Consent.DECLARED, START, START)
        )
        self.tables.addresses.add(Address(0, str(phone.jid), contact.id, START))
        offline_from = START + self._within(hours=24 * 20)
        draws = self.random.random(), self.random.random()
        return Person(contact, kind, offline_from, draws[0] < 1 / 3, draws[1] < 0.1)


def simulate(contacts: int = 1000, days: int = 30, seed: int = 1) -> Month:
    """A month of four reminders to a campaign's contacts, over a link that is new at its beginning."""
    return Simulation(contacts, seed, Limits(quiet=QUIET)).run(days)

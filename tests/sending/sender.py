"""The outbox without threads: the real flows over a real store, a clock by hand, and a WhatsApp that does as told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bot.flows import clock_steps, permission, queueing, sending
from bot.model.contact import Address, Consent, Contact
from bot.model.document import to_document
from bot.model.errors import GatewayError
from bot.model.identity import ContactId, Jid, Phone
from bot.model.limits import Limits
from bot.model.outbox import OutboxItem, SendState, To
from bot.model.outgoing import Sent
from storage.query import where
from storage.store import Store, open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import FakeClock

OWNER = Phone("+573001112233").jid


@dataclass(frozen=True)
class Transmission:
    """A message that WhatsApp got, whether the bot learned of it or not."""

    key: str
    to: Jid
    audience: To
    wall: datetime
    elapsed: float  #: seconds that really passed since the beginning
    message_id: str


@dataclass
class Sender:
    """`turn` is one round of the engine's outbox. `crash` forgets all but the store."""

    limits: Limits
    clock: FakeClock = field(default_factory=FakeClock)
    store: Store = field(default_factory=lambda: open_store(":memory:", SCHEMA))
    arrived: list[Transmission] = field(default_factory=list)
    passed: float = 0.0  #: seconds since the beginning, whatever is done to the clocks

    def __post_init__(self) -> None:
        self.tables = Tables(self.store)
        self.random = Random(3)
        self._ids = itertools.count(1)
        self.linked_at = self.clock.now()
        self.tables.facts.set(sending.LINKED_AT, to_document(self.linked_at))
        self.start()

    def start(self) -> None:
        """What the engine does at its start."""
        with self.store.transaction():
            self.anchor = clock_steps.begin(self.tables, self.clock)
            sending.settle_interrupted(self.tables, self.clock.now())
        self.window = sending.window(self.tables, self.limits, self.clock.now())

    def add_contact(self, number: str) -> Contact:
        phone, now = Phone(number), self.clock.now()
        contact = self.tables.contacts.add(Contact(ContactId(0), number, phone, Consent.DECLARED, now, now))
        self.tables.addresses.add(Address(0, str(phone.jid), contact.id, now))
        return contact

    def say(self, key: str, to: Jid, audience: To = To.CONTACT) -> OutboxItem:
        with self.store.transaction():
            return sending.queue(self.tables, sending.text(key, to, audience, key, self.clock.now()))

    def pass_time(self, span: timedelta) -> None:
        self.clock.advance(span)
        self.passed += span.total_seconds()

    def turn(self, fate: Callable[[OutboxItem], GatewayError | None] = lambda _: None) -> OutboxItem | None:
        """Send one message if one may go; `fate` says how WhatsApp fails. The item that was sent, or tried."""
        item = self.begin()
        if item is not None:
            self.end(item, fate(item))
        return item

    def begin(self) -> OutboxItem | None:
        """Commit the next message as `sending`; typing is shown to nobody here."""
        anchor = clock_steps.watch(self.tables, self.anchor, self.clock)
        if anchor is not self.anchor:
            self.anchor = anchor
            self.window = sending.window(self.tables, self.limits, self.clock.now())
        with self.store.transaction():
            step = sending.next_step(
                self.tables, self.window, permission.refusal, self.random, self.clock.now(),
                only_control=queueing.is_paused(self.tables),
            )  # fmt: skip
        return step.item if step is not None and not step.typing else None

    def transmit(self, item: OutboxItem) -> str:
        """WhatsApp gets the message."""
        message_id = f"3EB0{next(self._ids):06d}"
        self.arrived.append(Transmission(item.key, item.to, item.audience, self.clock.now(), self.passed, message_id))
        return message_id

    def end(self, item: OutboxItem, error: GatewayError | None) -> None:
        """WhatsApp's answer; a message in doubt did arrive, for the worse."""
        message_id = self.transmit(item) if error is None or error.in_doubt else ""
        if error is None:
            self.answer(item, message_id)
            return
        with self.store.transaction():
            sending.send_failed(self.tables, item.id, error, self.clock.now())

    def answer(self, item: OutboxItem, message_id: str) -> None:
        """WhatsApp says that it has the message, and its id."""
        with self.store.transaction():
            sending.sent(self.tables, item.id, Sent(message_id, self.clock.now()), self.clock.now())

    def crash(self) -> None:
        """kill -9 and a start over the same store."""
        self.start()

    def drain(self, at_most: timedelta, tick: timedelta = timedelta(minutes=7)) -> None:
        """Let time pass until nothing waits."""
        end = self.passed + at_most.total_seconds()
        while self.passed < end and self.tables.outbox.count(where("state") == SendState.QUEUED.value):
            while self.turn() is not None:
                pass
            self.pass_time(tick)

"""What WhatsApp brought: each event's effects and the journal's cursor are one transaction, hence exactly once."""

from __future__ import annotations

from functools import partial
from typing import Any

from bot.engine.world import World
from bot.flows import capture, hearing, people, receipts, strangers, watching, words
from bot.model.event import AddressLearned, DirectSeen, Event, MessageSeen, PhoneSeen, ReceiptSeen, Scope
from bot.model.inbox import read_event
from storage.journal import JournalDamage

#: Events taken in one round; the rest wait for the next, so that nothing else starves.
BATCH = 100
CURSOR = "journal_cursor"


class Inbox:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables

    def take(self) -> bool:
        """Handle the next events; returns whether there were any."""
        taken = self._world.journal.read(self._tables.facts.number(CURSOR), BATCH)
        for number, document in taken:
            self._world.step(
                f"event {number}", partial(self._take, number, document), partial(self._skip, number), document
            )
        return bool(taken)

    def forget(self) -> None:
        """Drop the journal's finished pages: what was handled does not linger."""
        self._world.journal.discard(self._tables.facts.number(CURSOR))

    def _take(self, number: int, document: Any) -> None:
        if isinstance(document, JournalDamage):
            raise ValueError(f"journal record {number} is damaged: {document}")
        self._handle(read_event(document))
        self._tables.facts.set(CURSOR, number)

    def _skip(self, number: int, _reference: str) -> None:
        self._tables.facts.set(CURSOR, number)

    def _handle(self, event: Event) -> None:
        match event:
            case MessageSeen():
                self.hear(event)
            case ReceiptSeen():
                receipts.seen(self._tables, event)
            case AddressLearned():
                self._learn(event)
            case PhoneSeen():
                watching.phone_seen(self._tables, event.at)
            case DirectSeen(from_me=True):
                receipts.own_writing(self._tables, event.id, event.at)
            case DirectSeen():
                people.wrote(self._tables, (event.author, event.author_alt), event.at)

    def hear(self, message: MessageSeen) -> None:
        """What is said or posted goes to the flow that it concerns."""
        world, now = self._world, self._world.now()
        match message.scope:
            case Scope.STATUS:
                capture.status_seen(self._tables, message, world.rules.patience, now)
            case Scope.SELF | Scope.GROUP:
                hearing.heard(self._tables, message, world.catalogue, world.rules.language, now)
            case Scope.DIRECT:
                people.wrote(self._tables, message.authors, message.sent_at)
                words.heard(self._tables, world.catalogue, world.rules.language, message, now)

    def bring_back(self) -> None:
        """What was held back until its author is known is heard now; within a step."""
        for message in strangers.unparked(self._tables, self._world.now()):
            self.hear(message)

    def forget_strangers(self) -> None:
        """What was held back for too long is forgotten, also while nobody can be asked."""
        with self._tables.store.transaction():
            self.bring_back()

    def _learn(self, event: AddressLearned) -> None:
        both = (event.phone, event.lid)
        contact = people.contact_of(self._tables, both)
        if contact is not None:
            people.learn_addresses(self._tables, contact, both, self._world.now())
            self.bring_back()

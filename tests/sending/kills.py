"""kill -9 again and again while a burst of messages goes to contacts: the real product and library, real phones.

The pauses of a person and the limits are set aside by settings, which anybody can do: they are what makes a burst
impossible in life, and are proved elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bot.flows import sending
from bot.model.identity import Phone
from bot.model.outbox import OutboxItem, SendState, To
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.product import Product
from tests.support.world import Person, World

#: As fast as the machine can.
UNLIMITED = {
    "SPAM_HUMAN_PACE": "0",
    "SPAM_WARMUP": "off",
    "SPAM_CONTACTS_PER_HOUR": "10000",
    "SPAM_MESSAGES_PER_MINUTE_PER_PHONE": "1000",
    "SPAM_MESSAGES_PER_HOUR_PER_PHONE": "10000",
    "SPAM_MESSAGES_PER_DAY_PER_PHONE": "100000",
    "SPAM_GLOBAL_MESSAGES_PER_MINUTE": "1000",
    "SPAM_GLOBAL_MESSAGES_PER_HOUR": "10000",
    "SPAM_GLOBAL_MESSAGES_PER_DAY": "100000",
}


@dataclass(frozen=True)
class Burst:
    """What became of the messages."""

    kills: int
    items: list[OutboxItem]
    arrivals: Counter[str]  #: how often each text reached a phone
    cut_off: int  #: sends that a kill cut off, over all restarts

    @property
    def by_state(self) -> Counter[SendState]:
        return Counter(item.state for item in self.items)


def burst(world: World, folder: Path, *, messages: int, kills: int, people: int = 10, seed: int = 1) -> Burst:
    """Queue the messages, and kill the bot so often while they go out."""
    contacts = [world.add_person(f"P{number}") for number in range(people)]
    with Product(world, folder, **UNLIMITED) as product:
        product.link()
        world.phone.wait_for_text("Testigo is linked")
        for number, contact in enumerate(contacts):
            world.phone.say(f"!contact add P{number} {contact.number}")
            world.phone.wait_for_text(f"P{number}")
        product.kill()
        _queue(product.data, contacts, messages)
        random = Random(seed)
        for left in range(kills, 0, -1):
            even_share = (messages - _arrived(contacts)) // (left + 1)
            target = _arrived(contacts) + random.randint(1, max(1, 2 * even_share))
            product.start()
            _wait_for(product, contacts, target)
            product.kill()
        product.start()
        product.wait_until(lambda: _waiting(product) == 0, "an empty queue")
        product.wait_until(lambda: _settled(product.data), "every message to be settled")
        product.terminate()
        cut_off = product.count_in_log("send was interrupted")
    arrivals = Counter(text for contact in contacts for text in contact.texts)
    return Burst(kills, _items(product.data), arrivals, cut_off)


def _queue(data: Path, contacts: Sequence[Person], messages: int) -> None:
    now = datetime.now(UTC)
    with closing(open_store(data / "bot.db", SCHEMA)) as store, store.transaction():
        for number in range(messages):
            to = Phone(contacts[number % len(contacts)].number).jid
            sending.queue(Tables(store), sending.text(f"burst:{number}", to, To.CONTACT, f"burst {number}", now))


def _arrived(contacts: Sequence[Person]) -> int:
    return sum(len(contact.texts) for contact in contacts)


def _wait_for(product: Product, contacts: Sequence[Person], target: int) -> None:
    """Until so many have arrived; a message in doubt may be missing, so that an empty queue will do too."""
    product.wait_until(lambda: _arrived(contacts) >= target or _waiting(product) == 0, f"{target} arrivals")


def _waiting(product: Product) -> int:
    return int(product.status()["queue"]["waiting"])


def _items(data: Path) -> list[OutboxItem]:
    with closing(open_store(data / "bot.db", SCHEMA)) as store:
        return [item for item in Tables(store).outbox.all() if item.key.startswith("burst:")]


def _settled(data: Path) -> bool:
    return not any(item.state in (SendState.QUEUED, SendState.SENDING) for item in _items(data))

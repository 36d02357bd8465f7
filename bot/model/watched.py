"""Whom the bot listens to: everybody else's statuses and messages are not even written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.model.identity import Jid


@dataclass(frozen=True)
class Watched:
    """The addresses that matter now."""

    posters: frozenset[str] = frozenset()  #: whose statuses are looked at: contacts in active campaigns
    writers: frozenset[str] = frozenset()  #: who may write to the account: all contacts, also those who left
    groups: frozenset[str] = frozenset()  #: control groups
    asks_remain: bool = False  #: WhatsApp is still being asked for contacts' LIDs: an unknown one may be a contact's

    def looks_at(self, authors: Iterable[Jid]) -> bool:
        return self._knows(self.posters, authors)

    def listens_to(self, people: Iterable[Jid]) -> bool:
        return self._knows(self.writers, people)

    def _knows(self, known: frozenset[str], addresses: Iterable[Jid]) -> bool:
        addresses = tuple(addresses)
        if any(str(address) in known for address in addresses):
            return True
        return self.asks_remain and all(address.is_lid for address in addresses)

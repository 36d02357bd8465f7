"""Learns under which LID each contact is known, so that a status without a phone number finds its author."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.engine.world import World
from bot.flows import people
from bot.lanes import Finished, Lane
from bot.model.errors import GatewayError
from bot.model.identity import ContactId
from bot.model.link import LinkState


class Directory:
    """Asks for one contact at a time: it is a question to WhatsApp, not a race."""

    def __init__(self, world: World, bring_back: Callable[[], None]) -> None:
        self._world = world
        self._bring_back = bring_back
        self._tables = world.tables
        self._lane = Lane[ContactId]("directory", 1, world.wake)
        self._addresses_seen = -1

    def take(self) -> bool:
        """Record what WhatsApp answered."""
        finished = self._lane.finished()
        for ended in finished:
            give_up = partial(self._give_up, ended.key)
            self._world.step(f"look-up of contact {ended.key}", partial(self._answered, ended), give_up)
        return bool(finished)

    def give(self) -> bool:
        """Ask for the next contact, while there is a link."""
        return self._hear_whom_is_known_now() | self._ask()

    def _hear_whom_is_known_now(self) -> bool:
        """Somebody's address was learned, from whatever source: what was held back may be theirs."""
        if self._tables.addresses.version == self._addresses_seen:
            return False
        self._addresses_seen = self._tables.addresses.version
        if not len(self._tables.parked):
            return False
        self._world.step("hearing what was held back", self._bring_back, lambda _reference: None)
        return True

    def _ask(self) -> bool:
        if self._world.gateway.link().state is not LinkState.CONNECTED:
            return False
        for contact in people.due_look_ups(self._tables, self._world.now(), self._lane.look_ahead):
            if self._lane.takes(contact.id):
                self._lane.submit(contact.id, partial(self._world.gateway.find, contact.phone.jid))
                return True
        return False

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

    def _answered(self, ended: Finished[ContactId]) -> None:
        match ended.error:
            case None:
                people.looked_up(self._tables, ended.key, ended.value, self._world.now())
                self._bring_back()
            case GatewayError():
                people.look_up_failed(self._tables, ended.key, self._world.now())
            case bug:
                raise bug

    def _give_up(self, contact_id: ContactId, _reference: str) -> None:
        people.look_up_failed(self._tables, contact_id, self._world.now())

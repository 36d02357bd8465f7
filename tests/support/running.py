"""A gateway with the real WhatsApp process, and what it has put into the inbox journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from bot.clock import Clock, SystemClock
from bot.model.event import Event, MessageSeen
from bot.model.inbox import read_event
from bot.model.link import Link, LinkState
from bot.whatsapp.gateway import WorkerGateway
from bot.whatsapp.happenings import Patience
from storage.journal import JournalReader
from tests.support.world import PATIENCE, World
from tests.whatsapp_double.accounts import Device

T = TypeVar("T")

SYSTEM_CLOCK = SystemClock()
#: The product's waits, shortened where a test would have to sit them out.
QUICK = Patience(backoff_scale=0.02, jitter=0.0)


class RunningGateway:
    """The gateway under test. Every wait is woken by the gateway's own `on_wake`."""

    def __init__(
        self,
        world: World,
        data: Path,
        patience: Patience = QUICK,
        command: Sequence[str] = (),
        clock: Clock = SYSTEM_CLOCK,
        above: int = 0,
    ) -> None:
        self._world = world
        self._wakes = threading.Condition()
        self.data = data
        self.journal = data / "inbox"
        self.reader = JournalReader(self.journal)
        self.links: list[Link] = []
        self.gateway = WorkerGateway(
            data / "session" / "session.db",
            self.journal,
            clock,
            self._wake,
            command=command or world.worker_command(),
            patience=patience,
            above=above,
        )

    def __enter__(self) -> RunningGateway:
        self.gateway.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gateway.stop()

    # ------------------------------------------------------------------------------------------------- the link

    def link_device(self) -> Device:
        """Show the QR code, scan it, and wait until the account is connected and takes messages."""
        self.wait(lambda: self.gateway.link().code, "a QR code")
        device = self._world.scan(self.gateway.link().code)
        self.wait_for(LinkState.CONNECTED)
        self._world.wait_until_online()
        return device

    def wait_for(self, *states: LinkState) -> Link:
        """Wait until the link is, or since the last call was, in one of these states; the first such link."""
        return self.wait(lambda: self._passed(states), f"the link to be {states}")

    @property
    def pid(self) -> int:
        """The WhatsApp process; waits for one that is just being started."""
        return self.wait(lambda: self.gateway.process_id, "a WhatsApp process")

    def _passed(self, states: tuple[LinkState, ...]) -> Link | None:
        self.links += self.gateway.transitions()
        for place, link in enumerate(self.links):
            if link.state in states:
                del self.links[: place + 1]
                return link
        return None

    # ------------------------------------------------------------------------------------------------ the journal

    def events(self) -> list[Event]:
        return [read_event(document) for _, document in self.reader.read(0, 10_000)]

    def messages(self, message_id: str = "") -> list[MessageSeen]:
        """The messages in the journal, oldest first; of one id only when it is given."""
        seen = [event for event in self.events() if isinstance(event, MessageSeen)]
        return [event for event in seen if event.id == (message_id or event.id)]

    def wait_for_message(
        self, message_id: str, condition: Callable[[MessageSeen], bool] = lambda _: True
    ) -> MessageSeen:
        def found() -> MessageSeen | None:
            return next((seen for seen in self.messages(message_id) if condition(seen)), None)

        return self.wait(found, f"message {message_id} in the journal")

    # ----------------------------------------------------------------------------------------------------- waiting

    def wait(self, condition: Callable[[], T | None], what: str, timeout: float = PATIENCE) -> T:
        end = time.monotonic() + timeout
        with self._wakes:
            while not (found := condition()):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"in vain: {what}; the link is {self.gateway.link().state}")
                self._wakes.wait(left)
        return found

    def _wake(self) -> None:
        with self._wakes:
            self._wakes.notify_all()

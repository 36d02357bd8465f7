"""The bot over the real library and the double, in this process: its steps by hand, and hours that pass at will."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock, SystemClock
from bot.model.chat import Language
from bot.model.link import Link, LinkState
from bot.settings import Settings
from bot.whatsapp.gateway import WorkerGateway
from bot.whatsapp.happenings import Patience
from bot.wiring import build
from tests.support.rushing_clock import RushingClock
from tests.support.webhook import Webhook
from tests.support.world import PATIENCE, World

MINUTE = timedelta(minutes=1)
#: The waits before the WhatsApp process is started again, of seconds and minutes, take milliseconds here.
QUICK = Patience(backoff_scale=0.002, jitter=0.0)
#: Seconds between two looks when nothing happens.
GLANCE = 0.05


class MovedClock(SystemClock):
    """The machine's clock, with time added by hand; waits go by the real one."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def now(self) -> datetime:
        return super().now() + self.moved

    def elapsed(self) -> float:
        return super().elapsed() + self.moved.total_seconds()


class MovedGateway(WorkerGateway):
    """Lives by the machine's clock, as the WhatsApp process does; what it tells is moved to the bot's, and kept."""

    def __init__(self, moved: MovedClock, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._moved, self._last = moved, (super().link(), super().link())
        self.told: tuple[Link, ...] = ()

    def link(self) -> Link:
        link, moved = self._last
        return moved if super().link() == link else self._move(super().link())

    def transitions(self) -> list[Link]:
        links = [self._move(link) for link in super().transitions()]
        self.told = (*self.told, *links)
        return links

    def _move(self, link: Link) -> Link:
        at = ("since", "code_until", "retry_at", "until")
        times = {name: getattr(link, name) + self._moved.moved for name in at if getattr(link, name) is not None}
        self._last = (link, replace(link, **times))
        return self._last[1]


class WatchedBot:
    """All parts are those of `bot run`: engine, page, channels for alerts, WhatsApp process."""

    gateway: MovedGateway

    def __init__(self, world: World, folder: Path, patience: Patience = QUICK) -> None:
        self.world, self.clock, self.webhook = world, MovedClock(), Webhook()
        self.waits = RushingClock()  #: of the gateway
        self._patience, self._news, self._looked_at = patience, threading.Event(), 0
        self._bot = build(
            replace(
                Settings(), data=folder / "data", language=Language.EN, port=0, alert_urls=(self.webhook.url,),
                worker_command=world.worker_command(), gap=timedelta(), gap_per_phone=timedelta(),
            ),
            self._whatsapp,
            self.clock,
        )  # fmt: skip
        self.engine = self._bot.engine
        self.gateway.start()

    def close(self) -> None:
        self._bot.stop()
        self._bot.run()  # closes everything
        self.webhook.close()

    # ------------------------------------------------------------------------------------------------------- the link

    def link_device(self) -> None:
        """Scan the QR code, as the owner does, and wait until the bot takes messages."""
        self.until(lambda: bool(self.gateway.link().code), "a QR code")
        self.world.scan(self.gateway.link().code)
        self.comes_to(LinkState.CONNECTED)
        self.world.wait_until_online()

    def comes_to(self, *states: LinkState) -> Link:
        """Wait until the link was in each of these states, in this order, after those of the last call."""
        for state in states:
            self.until(lambda state=state: self._passes(state), f"the link to be {state}")  # type: ignore[misc]
        return self.gateway.told[self._looked_at - 1]

    def _passes(self, state: LinkState) -> bool:
        for place, link in enumerate(self.gateway.told[self._looked_at :], self._looked_at):
            if link.state is state:
                self._looked_at = place + 1
                return True
        return False

    # --------------------------------------------------------------------------------------------- what it says outside

    def status(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._get("api/status"))
        return document

    def page(self) -> str:
        return self._get("")

    def open_alerts(self) -> set[str]:
        return {alert["kind"] for alert in self.status()["alerts"]}

    def told_outside(self) -> list[str]:
        """Title and text of each message that the webhook got, the oldest first."""
        return [f"{each['title']}\n{each['message']}" for each in self.webhook.got]

    def sentence(self, key: str) -> str:
        return self._bot.catalogue.say(key, Language.EN)

    def _get(self, path: str) -> str:
        with urllib.request.urlopen(self._bot.page.address + path, timeout=10) as answer:
            return str(answer.read().decode())

    # --------------------------------------------------------------------------------------------------------- its time

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Let the engine work until something is so."""
        end = time.monotonic() + PATIENCE
        while not is_so():
            if time.monotonic() > end:
                link, told = self.gateway.link(), self.told_outside()[-3:]
                raise TimeoutError(f"in vain: {what}; the link is {link}; last told: {told}")
            if not self.engine.step():
                self._news.wait(GLANCE)
                self._news.clear()

    def minutes_pass(self, count: int) -> None:
        """With all that the metronome does in them."""
        for _ in range(count):
            self.clock.moved += MINUTE
            self.engine.upkeep.beat()
            self.engine.upkeep.watch()
            self.engine.alerts.tell()
            self.engine.step()

    def _whatsapp(self, settings: Settings, clock: Clock, wake: Callable[[], None], above: int) -> WorkerGateway:
        def woken() -> None:
            wake()
            self._news.set()

        self.gateway = MovedGateway(
            self.clock, settings.data / "session.db", settings.data / "inbox", self.waits, woken,
            command=settings.worker_command or (), patience=self._patience, above=above,
        )  # fmt: skip
        return self.gateway

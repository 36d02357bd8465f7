"""A stage for whole tasks: the real bot with real pictures, a simulated WhatsApp, and a clock that is moved on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import time_machine

from bot.clock import Clock
from bot.model.chat import Language
from bot.model.identity import Phone
from bot.model.outgoing import SendDocument, SendImage, SendReaction, SendText
from bot.settings import Settings
from bot.whatsapp.simulated import Said, SimulatedGateway, SimulatedPerson
from bot.wiring import Bot, build, inbox_folder
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.docs.chats import BOT
from tests.support.clock import FakeClock

OWNER = Phone("+573001112233")
ZONE = ZoneInfo("America/Bogota")
BEGIN = datetime(2026, 5, 6, 16, 0, tzinfo=ZONE)
#: Shorter than the silence after which the bot believes that the machine slept.
TICK = timedelta(minutes=2)
#: Seconds that the lanes are waited for.
PATIENCE = 30.0


@dataclass(frozen=True)
class Line:
    """Somebody says or does something at a time; a picture or file may go with it."""

    at: datetime
    who: str
    words: str
    picture: bytes = b""
    suffix: str = ""  #: of the picture's file


@dataclass
class Scene:
    """What happens is written down in `lines`."""

    bot: Bot
    tables: Tables
    clock: FakeClock
    traveller: time_machine.Coordinates  #: carries the clock of the metronome's library along
    gateway: SimulatedGateway
    language: Language
    lines: list[Line] = field(default_factory=list)

    def say(self, words: str, shown: str = "", act: Callable[[], object] | None = None) -> None:
        """The owner writes, or does `act` and is shown writing; the bot answers."""
        self._write("Tú" if self.language is Language.ES else "You", shown or words)
        (act or (lambda: self.owner.note(words)))()
        self.settle()

    def does(self, words: str, act: Callable[[], object] = lambda: None) -> None:
        """Somebody does something."""
        self._write("·", words)
        act()
        self.settle()

    def until(self, hour: int, minute: int = 0) -> None:
        """Time passes, minute by minute, and what is scheduled happens."""
        end = BEGIN.replace(hour=hour, minute=minute)
        while self.clock.now() < end:
            self._pass(min(TICK, end - self.clock.now()))
            self.settle()

    @property
    def owner(self) -> SimulatedPerson:
        return self.person("", OWNER.number)

    def person(self, name: str, number: str) -> SimulatedPerson:
        return SimulatedPerson(self.gateway, self.clock, name, Phone(number))

    def settle(self) -> None:
        """Work until all is done that is not scheduled for later."""
        waiting, waited = threading.Event(), 0.0
        while waited < PATIENCE:
            if self.bot.engine.step():
                continue
            if not self.bot.engine.is_idle:
                waiting.wait(0.02)
                waited += 0.02
            elif self._is_at_rest():
                return
            else:
                self._pass(timedelta(seconds=1))
        raise TimeoutError("the bot did not come to rest")

    def heard(self, said: Said) -> None:
        """Write down what the bot says."""
        match said.what:
            case SendText(text=text):
                self._write(BOT, text)
            case SendReaction(emoji=emoji):
                self._write(BOT, emoji)
            case SendImage(path=path, mimetype=mimetype, caption=caption):
                suffix = "png" if mimetype == "image/png" else "jpg"
                self.lines.append(Line(self.clock.now(), BOT, caption, path.read_bytes(), suffix))
            case SendDocument(filename=filename, caption=caption):
                self._write(BOT, f"📄 {filename}\n{caption}")

    def _write(self, who: str, words: str) -> None:
        self.lines.append(Line(self.clock.now(), who, words))

    def _pass(self, step: timedelta) -> None:
        self.clock.advance(step)
        self.traveller.shift(step)

    def _is_at_rest(self) -> bool:
        soon = int((self.clock.now() + timedelta(minutes=5)).timestamp() * 1000)
        going_out = (where("state") == "queued") & (where("not_before") <= soon)
        open_states = ("gathering", "fetching", "making")
        to_do = [self.tables.captures.count(where("state") == state) for state in ("to_fetch", "to_judge")]
        to_do += [self.tables.orders.count(where("state") == state) for state in open_states]
        return not (sum(to_do) or self.tables.outbox.count(going_out))


@contextmanager
def a_scene(language: Language) -> Iterator[Scene]:
    """A bot that was just started over an empty folder, at four in the afternoon."""
    clock = FakeClock(BEGIN)
    heard: list[Scene] = []
    gateways: list[SimulatedGateway] = []

    def make(settings: Settings, clock_: Clock, wake: Callable[[], None], above: int) -> SimulatedGateway:
        hear: Callable[[Said], None] = lambda said: heard[0].heard(said)  # noqa: E731
        gateways.append(SimulatedGateway(inbox_folder(settings), OWNER, clock_, wake, hear, above))
        return gateways[0]

    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, time_machine.travel(BEGIN, tick=False) as traveller:
        settings = replace(
            Settings.load({}, None), data=Path(folder), port=0, token=None, host="127.0.0.1", language=language,
            timezone=ZONE,
        )  # fmt: skip
        bot = build(settings, make, clock)
        store = open_store(settings.data / "bot.db", SCHEMA)
        scene = Scene(bot, Tables(store), clock, traveller, gateways[0], language)
        heard.append(scene)
        bot.gateway.start()
        try:
            scene.settle()
            yield scene
        finally:
            store.close()
            bot.stop()
            bot.run()

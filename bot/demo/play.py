"""The play: an owner, five contacts, one campaign; everything but the phone is the real bot."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.clock import Clock, SystemClock
from bot.demo import pictures
from bot.demo.transcript import Transcript
from bot.i18n import Catalogue
from bot.model.event import Card
from bot.model.identity import Phone
from bot.model.overview import Overview
from bot.settings import Settings
from bot.whatsapp.simulated import SimulatedGateway, SimulatedPerson
from bot.wiring import Bot, build, inbox_folder

log = logging.getLogger(__name__)

OWNER = Phone("+573001112233")
#: The contacts that are added by cards; the first one is added by a command.
NUMBERS = {
    "Ana": "+573004445501",
    "Luis": "+573004445502",
    "Marta": "+573004445503",
    "Pedro": "+573004445504",
    "Sofía": "+573004445505",
}
#: An act that brings no answer in this time (seconds) means that the demo is broken.
PATIENCE = 60.0

Watch = Callable[[Bot], None]
Deed = Callable[[SimulatedPerson], str]


def play(settings: Settings, on_start: Watch, *, once: bool) -> int:
    """Play the demo and print it; then serve the page until the bot is stopped, or end at once.

    Returns 0 when it went well or was stopped in the middle, else 1.
    """
    with tempfile.TemporaryDirectory(prefix="testigo-demo-", ignore_cleanup_errors=True) as folder:
        stage = DemoStage(replace(settings, data=Path(folder), port=0, token=None, host="127.0.0.1"))
        on_start(stage.bot)
        actors = threading.Thread(target=stage.act, args=(once,), name="actors")
        actors.start()
        try:
            stage.bot.run()
        finally:
            stage.end()
            actors.join()
        return stage.exit_status


class DemoStage:
    """A bot over an empty folder, a simulated WhatsApp, and the people in it."""

    def __init__(self, settings: Settings) -> None:
        self.clock = SystemClock()
        self._catalogue = Catalogue.load(zone=settings.timezone)
        self.transcript = Transcript(self._catalogue, settings.language, settings.timezone)
        self.bot = build(settings, self._gateway)
        self._changed = threading.Condition()
        self._overview = self.bot.board.latest()
        self.bot.board.watch(self._see)
        self.owner = self._person("", OWNER)
        self.exit_status = 1

    def act(self, once: bool) -> None:
        """All acts, one after the other; runs beside the bot."""
        try:
            self.transcript.line("demo.opening", address=self.bot.page.address)
            self._set_up_the_campaign()
            self._people_post()
            self._the_owner_asks()
            self.exit_status = 0
            self.transcript.line("demo.closing" if not once else "demo.end", address=self.bot.page.address)
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody acts any more, and nobody must wait
            self._break_off(error)
        if once:
            self.bot.stop()

    def end(self) -> None:
        """The bot has ended: nobody need wait for it any more."""
        self.bot.stop()
        with self._changed:
            self._changed.notify_all()

    def _break_off(self, error: Exception) -> None:
        """Quietly if the demo was stopped in the middle: what is under way fails then, as it must."""
        if self.bot.is_stopping:
            self.exit_status = 0
        elif isinstance(error, TimeoutError):
            self.transcript.line("demo.stuck", what=str(error))
        else:
            log.critical("the demo failed", exc_info=error)
            self.transcript.line("demo.failed")
        self.bot.stop()

    def _set_up_the_campaign(self) -> None:
        self._wait(lambda seen: self.transcript.answers >= 1, "the welcome")
        album = [pictures.photo("coffee.jpg"), pictures.photo("rocket.jpg")]
        self._ask("demo.say.campaign", album)
        self._ask("demo.say.contact", name="Ana", number=NUMBERS["Ana"])
        cards = tuple(Card(name, (number,)) for name, number in NUMBERS.items() if name != "Ana")
        self.transcript.did("demo.cards", names=", ".join(card.name for card in cards))
        self._answered(lambda: self.owner.note(cards=cards), "the cards")
        self._ask("demo.say.one")

    def _people_post(self) -> None:
        posts: dict[str, tuple[str, Deed]] = {
            "Ana": ("demo.post.match", lambda who: who.post_image(pictures.forwarded("coffee.jpg"))),
            "Luis": ("demo.post.crop", lambda who: who.post_image(pictures.cropped("rocket.jpg"))),
            "Marta": ("demo.post.video", lambda who: who.post_video(pictures.photo("story.mp4"))),
            "Pedro": ("demo.post.other", lambda who: who.post_image(pictures.forwarded("chelsea.jpg"))),
            "Sofía": ("demo.post.piece", lambda who: who.post_image(pictures.piece("rocket.jpg"))),
        }
        for name, (deed, post) in posts.items():
            self.transcript.did(deed, name=name)
            post(self._person(name, Phone(NUMBERS[name])))
        self._wait(lambda seen: seen.captures.judged == len(posts), "the judgements")

    def _the_owner_asks(self) -> None:
        self._ask("demo.say.results")
        self._ask("demo.say.review")
        self._ask("demo.say.yes")
        self._ask_for_work("demo.say.chart")
        self._ask("demo.say.summary")
        self._ask("demo.say.status")

    def _ask(self, key: str, album: list[bytes] | None = None, **facts: str) -> None:
        text = self.transcript.asked(key, len(album or ()), **facts)
        if album:
            self._answered(lambda: self.owner.note_images(album, text), text)
        else:
            self._answered(lambda: self.owner.note(text), text)

    def _ask_for_work(self, key: str) -> None:
        """The bot takes a while for this, and says when it is done."""
        before = self.transcript.finished
        text = self.transcript.asked(key)
        self.owner.note(text)
        self._wait(lambda seen: self.transcript.finished > before, f"the end of {text}")

    def _answered(self, act: Callable[[], object], what: str) -> None:
        """Do something that the bot answers, and wait for the answer."""
        before = self.transcript.answers
        act()
        self._wait(lambda seen: self.transcript.answers > before, f"an answer to {what}")

    def _wait(self, condition: Callable[[Overview], bool], what: str) -> None:
        """Raises TimeoutError, at once when the demo is stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self.bot.is_stopping or condition(self._overview), PATIENCE)
            if self.bot.is_stopping or not condition(self._overview):
                raise TimeoutError(what)

    def _see(self, overview: Overview) -> None:
        with self._changed:
            self._overview = overview
            self._changed.notify_all()

    def _person(self, name: str, phone: Phone) -> SimulatedPerson:
        return SimulatedPerson(self._whatsapp, self.clock, name, phone)

    def _gateway(self, settings: Settings, clock: Clock, wake: Callable[[], None], above: int) -> SimulatedGateway:
        self._whatsapp = SimulatedGateway(inbox_folder(settings), OWNER, clock, wake, self.transcript.said, above)
        return self._whatsapp

"""A whole bot without WhatsApp: the real store, journal, engine and flows; a simulated gateway and a clock by hand.

Pictures are not real here: the matcher finds the frame whose bytes a status contains (see PlainMatcher). Time passes
only when nothing else is left to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.engine import Engine, World
from bot.flows.control import Answer
from bot.flows.papers import Maker
from bot.flows.policy import Policy
from bot.i18n import Catalogue
from bot.model.campaign import Campaign, Frame, pair_key
from bot.model.chat import Conversation, Evidence, Language, Need, Order, Paper, Role
from bot.model.contact import Address, Consent, Contact
from bot.model.errors import GatewayError, UnreadableMedia
from bot.model.event import Media
from bot.model.identity import CampaignId, ContactId, FrameId, Phone
from bot.model.matching import Thresholds
from bot.model.outgoing import SendReaction, SendText
from bot.model.overview import Overview
from bot.model.proxy import Reached
from bot.model.result import Result
from bot.ports import Channel, Description, Enough, Score
from bot.settings import Settings
from bot.whatsapp.simulated import Said, SimulatedGateway, SimulatedPerson
from storage.journal import JournalReader
from storage.media import MediaStore
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import FakeClock

OWNER = Phone("+573001112233")
NO_PICTURE = b"no picture"
TICK = timedelta(seconds=1)


@dataclass(frozen=True)
class PlainScore:
    frame_id: str
    score: float
    quad: None = None
    time: None = None


class PlainMatcher:
    """Finds a picture where its bytes are contained; `doubtful:` before them makes the score a matter of review."""

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}
        self.is_blind = False  #: finds nothing any more

    def describe(self, sha256: str, picture: bytes) -> Description:
        if picture == NO_PICTURE:
            raise UnreadableMedia("not_an_image")
        self.pictures[sha256] = picture
        return Description(picture, 100, 100, ())

    def load(self, sha256: str, features: bytes) -> None:
        self.pictures[sha256] = features

    def remove(self, sha256: str) -> None:
        self.pictures.pop(sha256, None)

    def draw(self, frame: bytes, media: bytes, evidence: Evidence) -> bytes:
        return b"evidence: " + frame + b" | " + media

    def match(self, media: bytes, kind: str, among: Collection[str], enough: Enough) -> Sequence[Score]:
        if media == NO_PICTURE:
            raise UnreadableMedia("not_an_image")
        found = [sha256 for sha256 in among if self.pictures[sha256] in media and not self.is_blind]
        score = 40.0 if media.startswith(b"doubtful:") else 90.0
        return [PlainScore(sha256, score) for sha256 in found]


class FlakyGateway(SimulatedGateway):
    """Fails the next downloads as `failures` says."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.failures: list[GatewayError] = []

    def view(self, media: Media, deadline: timedelta) -> bytes:
        if self.failures:
            raise self.failures.pop(0)
        return super().view(media, deadline)


class Echo:
    """A dispatcher that repeats commands; `!bug` fails as a bug of ours would, `!papers a b` promises two papers."""

    def is_for_us(self, order: Order, conversation: Conversation | None) -> bool:
        return order.text.startswith("!")

    def need(self, order: Order, conversation: Conversation | None) -> Need:
        return Need.PICTURES

    def answer(
        self, order: Order, conversation: Conversation | None, role: Role, overview: Overview, now: object
    ) -> Answer:
        if order.text == "!bug":
            raise RuntimeError("this is a bug")
        pictures = sum(part.picture is not None for part in order.parts)
        failures = [part.failure for part in order.parts if part.failure]
        papers = tuple(Paper(kind) for kind in order.text.split()[1:]) if order.text.startswith("!papers") else ()
        return Answer(f"🤖 {order.text} ({pictures} pictures, {failures})", Language.EN, papers=papers)


class Stage:
    """Start it over the same folder again to see what survives."""

    def __init__(
        self,
        folder: Path,
        clock: FakeClock | None = None,
        channels: Mapping[str, Channel] | None = None,
        matcher: PlainMatcher | None = None,
        try_proxy: Callable[[str], tuple[Reached, ...]] = lambda proxy: (),
    ) -> None:
        self.clock = clock or FakeClock()
        self.wake = threading.Event()
        self.said: list[Said] = []
        self.store = open_store(folder / "bot.db", SCHEMA)
        self.tables = Tables(self.store)
        self.media = MediaStore(folder / "media")
        self.gateway = FlakyGateway(folder / "inbox", OWNER, self.clock, self.wake.set, self.said.append)
        self.owner = SimulatedPerson(self.gateway, self.clock, "Owner", OWNER)
        self.matcher = matcher or PlainMatcher()
        self.overviews: list[Overview] = []
        self.makers: dict[str, Maker] = {}
        catalogue = Catalogue.load()
        settings = Settings(language=Language.EN, media_limit=1_000_000)
        bands = Thresholds(yes=60, review=30)
        self.policy = Policy(settings, self.tables, catalogue, own=bands, version="test")
        world = self.world = World(
            tables=self.tables,
            media=self.media,
            journal=JournalReader(folder / "inbox"),
            gateway=self.gateway,
            matcher=self.matcher,
            dispatcher=Echo(),
            catalogue=catalogue,
            clock=self.clock,
            random=Random(7),
            policy=self.policy,
            makers=self.makers,
            backups=folder / "backups",
            wake=self.wake.set,
            channels=channels or {},
            try_proxy=try_proxy,
        )
        self.engine = Engine(world, self.overviews.append, lambda: ())

    def contact(self, name: str, number: str, consent: Consent = Consent.DECLARED) -> SimulatedPerson:
        """A registered contact, and their phone."""
        phone, now = Phone(number), self.clock.now()
        contact = self.tables.contacts.add(Contact(ContactId(0), name, phone, consent, now, now))
        self.tables.addresses.add(Address(0, str(phone.jid), contact.id, now))
        return self.person(name, number)

    def look_up(self, name: str) -> None:
        """WhatsApp is to be asked for this contact's LID, as for one just added."""
        contact = self.tables.contacts.one(where("name") == name)
        assert contact is not None
        self.tables.contacts.save(replace(contact, look_up_at=self.clock.now()))

    def person(self, name: str, number: str) -> SimulatedPerson:
        """Somebody with a phone, known to the bot or not."""
        return SimulatedPerson(self.gateway, self.clock, name, Phone(number))

    def campaign(self, name: str, *pictures: bytes) -> Campaign:
        """An active campaign for everyone."""
        now = self.clock.now()
        campaign = self.tables.campaigns.add(Campaign(CampaignId(0), name, now, created_by=name))
        for picture in pictures:
            sha256 = self.media.put(picture)
            key = pair_key(campaign.id, sha256)
            self.tables.frames.add(Frame(FrameId(0), key, campaign.id, sha256, sha256, 100, 100, now))
        return campaign

    def settle(self, until: Callable[[], bool] = lambda: False, *, at_most: timedelta = timedelta(minutes=30)) -> None:
        """Work until nothing is left to do, or `until` is true; when all wait for time to pass, it passes."""
        end = self.clock.now() + at_most
        while self.clock.now() < end and not until():
            if self.engine.step():
                continue
            if not self.engine.is_idle:
                self.wake.wait(10)
                self.wake.clear()
            elif self.is_at_rest():
                return
            else:
                self.clock.advance(TICK)

    def is_at_rest(self) -> bool:
        """Nothing waits for its time any more."""
        waiting = [state for state in ("ticket", "to_fetch", "to_judge") if self._count("captures", state)]
        going_out = self._count("outbox", "queued") + self._count("notices", "waiting")
        return not waiting and not going_out and not self.open_orders()

    def open_orders(self) -> int:
        return sum(self._count("orders", state) for state in ("gathering", "fetching", "making"))

    def close(self) -> None:
        self.engine.close()
        self.gateway.stop()
        self.store.close()

    def texts(self) -> list[str]:
        """What the bot said, in order."""
        return [said.what.text for said in self.said if isinstance(said.what, SendText)]

    def reactions(self) -> list[str]:
        return [said.what.emoji for said in self.said if isinstance(said.what, SendReaction)]

    def result(self, name: str, campaign: str = "Promo") -> Result | None:
        contact = self.tables.contacts.one(where("name") == name)
        of = self.tables.campaigns.one(where("name") == campaign)
        assert contact is not None
        assert of is not None
        return self.tables.results.one(where("key") == pair_key(of.id, contact.id))

    def _count(self, table: str, state: str) -> int:
        return self.store.table(table).count(where("state") == state)

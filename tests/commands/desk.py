"""The owner's chat without WhatsApp: real tables, the real flow of orders, and a small world to ask about."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from bot.flows import control, jobs, linking, overview, timetable
from bot.flows.papers import Made, Sources
from bot.flows.policy import Policy
from bot.flows.voice import Voice
from bot.i18n import Catalogue
from bot.model.campaign import Campaign, Frame, pair_key
from bot.model.capture import Capture, CaptureState, Judgement, Verdict
from bot.model.chat import Advice, Conversation, Found, Language, Order, OrderPart, OrderState, Picture, Role, Table
from bot.model.contact import Address, Consent, Contact
from bot.model.document import to_document
from bot.model.event import Card, ContentKind, Media, MediaKind
from bot.model.identity import CampaignId, CaptureId, ContactId, FrameId, Jid, Phone
from bot.model.link import Link, LinkState
from bot.model.matching import Thresholds
from bot.model.outbox import Form, To
from bot.model.overview import Overview
from bot.model.pacing import Limits, SendWindow
from bot.model.result import Outcome, Result
from bot.papers.makers import MAKERS
from bot.settings import Settings
from commands import COMMANDS, TALKS
from commands.dispatch import Dispatcher
from storage.media import MediaStore
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import FakeClock
from tests.support.stage import PlainMatcher

OWNER = Phone("+573001112233")
BOGOTA = ZoneInfo("America/Bogota")
CATALOGUE = Catalogue.load(zone=BOGOTA)
BANDS = Thresholds(yes=60, review=30)
MARTA = Card("Marta", ("+57 310 555 0101",))


@dataclass(frozen=True)
class Answered:
    """What came back for one thing written; `text` is empty when only a reaction came."""

    text: str
    reaction: str


class Desk:
    """Somebody writes, the bot answers; `tables` show what it did."""

    def __init__(self, language: Language = Language.ES, region: str | None = "CO") -> None:
        self.tables = Tables(open_store(":memory:", SCHEMA))
        self.clock = FakeClock()
        self.language = language
        self.role = Role.OWNER
        self._folder = TemporaryDirectory(prefix="desk-")
        self.media = MediaStore(Path(self._folder.name))
        self.last_language = language  #: of the last papers
        settings = Settings(language=language, timezone=BOGOTA, region=region)
        catalogue = Catalogue(CATALOGUE.texts, BOGOTA)
        self.policy = Policy(settings, self.tables, catalogue, own=BANDS, version="test")
        self.dispatcher = Dispatcher(self.tables, catalogue, COMMANDS, TALKS, self.policy)
        self._ids = itertools.count(1)
        linking.started(self.tables, self.clock.now())
        self.declare_jobs()

    def declare_jobs(self) -> None:
        """As the engine does, every few seconds."""
        now = self.clock.now()
        jobs.declare(self.tables, timetable.wanted(self.tables, now), Voice(CATALOGUE, self.language, BOGOTA), now)

    def write(
        self,
        text: str = "",
        *,
        pictures: tuple[OrderPart, ...] = (),
        cards: tuple[Card, ...] = (),
        quoted: str = "",
        quoted_picture: OrderPart | None = None,
    ) -> Answered | None:
        """Send a message as the engine hears it; None when it is not for the bot."""
        order = self.order(text, pictures, cards, quoted, quoted_picture)
        with self.tables.store.transaction():
            ready = control.begin(self.tables, self.dispatcher, order, self.clock.now())
            if ready is None:
                return None
            if ready.parts and quoted_picture:
                ready = replace(ready, parts=(replace(quoted_picture, message_id=ready.parts[0].message_id),))
            control.answer(self.tables, self.dispatcher, ready, self.survey(), self.clock.now())
        return self._answer_to(order)

    def ask(self, text: str = "", **with_it: Any) -> str:
        """The text of the answer to something that must be answered."""
        answered = self.write(text, **with_it)
        assert answered is not None, f"{text!r} was not for the bot"
        return answered.text

    def ask_as(self, role: Role, text: str) -> str:
        """The answer that somebody of another role gets."""
        order = self.order(text)
        return self.dispatcher.answer(order, None, role, self.survey(), self.clock.now()).text

    def papers(self, text: str, **with_it: Any) -> list[Made]:
        """The files that the answer to something promises, made by their real makers."""
        order = self.order(text, **with_it)
        with self.tables.store.transaction():
            ready = control.begin(self.tables, self.dispatcher, order, self.clock.now())
            assert ready is not None, f"{text!r} was not for the bot"
            control.answer(self.tables, self.dispatcher, ready, self.survey(), self.clock.now())
        promised = self.tables.orders.need(order.id)
        language = promised.language or self.language
        sources = Sources(self.tables, self.media, PlainMatcher(), CATALOGUE, language, BOGOTA, self.clock.now())
        self.last_language = language
        return [MAKERS[paper.kind](sources, paper.facts, lambda done, total: None) for paper in promised.papers]

    def caption(self, made: Made) -> str:
        """What is said below a file."""
        return "\n".join(CATALOGUE.render(line, self.last_language) for line in made.caption)

    def order(
        self,
        text: str,
        pictures: tuple[OrderPart, ...] = (),
        cards: tuple[Card, ...] = (),
        quoted: str = "",
        quoted_picture: OrderPart | None = None,
    ) -> Order:
        message_id = f"M{next(self._ids)}"
        now = self.clock.now()
        return self.tables.orders.add(
            Order(
                id=0,
                key=f"{OWNER.jid}|{message_id}",
                chat=OWNER.jid,
                person=OWNER.jid,
                message_id=message_id,
                text=text,
                received_at=now,
                state=OrderState.GATHERING,
                due_at=now,
                quoted=quoted,
                quoted_media=quoted_picture.media if quoted_picture else None,
                cards=tuple(to_document(card) for card in cards),
                parts=pictures,
            )
        )

    def conversation(self) -> Conversation | None:
        found = self.tables.conversations.all()
        return found[0] if found else None

    def survey(self) -> Overview:
        now = self.clock.now()
        link = Link(LinkState.CONNECTED, now - timedelta(hours=1), OWNER.jid)
        sends = [(str(OWNER.jid), To.CONTROL, now - timedelta(seconds=seconds)) for seconds in (10, 20)]
        recent = SendWindow(Limits(), history=sends)
        return overview.survey(self.tables, link, recent, BOGOTA, self.language, now - timedelta(hours=1), "0", (), now)

    def _answer_to(self, order: Order) -> Answered:
        sent = self.tables.outbox.find(where("key").one_of([f"reply:{order.key}", f"reaction:{order.key}"]))
        by_form = {item.form: item.text for item in sent}
        words = by_form.get(Form.TEXT) or by_form.get(Form.IMAGE, "")
        return Answered(words, by_form.get(Form.REACTION, ""))


def a_desk(language: Language = Language.ES) -> Desk:
    """Three contacts, two campaigns; in the first, Ana complied and Luis did not."""
    desk = Desk(language)
    for name, number in (("Ana", "+573001234567"), ("Luis", "+573007654321"), ("Sofía", "+34612345678")):
        add_contact(desk, name, number)
    promo = add_campaign(desk, "Promo Mayo", frames=2, age=timedelta(days=2))
    add_campaign(desk, "Feria", frames=1)
    add_result(desk, promo, ContactId(1), Outcome.CUMPLE)
    add_result(desk, promo, ContactId(2), Outcome.INCUMPLE)
    return desk


def add_contact(desk: Desk, name: str, number: str) -> Contact:
    now = desk.clock.now()
    contact = desk.tables.contacts.add(Contact(ContactId(0), name, Phone(number), Consent.DECLARED, now, now))
    desk.tables.addresses.add(Address(0, str(contact.phone.jid), contact.id, now))
    return contact


def add_campaign(desk: Desk, name: str, frames: int = 1, age: timedelta = timedelta()) -> Campaign:
    now = desk.clock.now()
    campaign = desk.tables.campaigns.add(Campaign(CampaignId(0), name, now - age, created_by=f"test|{name}"))
    for number in range(frames):
        sha256 = f"{campaign.id}{number}" * 32
        key = pair_key(campaign.id, sha256)
        desk.tables.frames.add(Frame(FrameId(0), key, campaign.id, sha256, "f", 1080, 1920, now))
    return campaign


def add_result(desk: Desk, campaign: Campaign, contact_id: ContactId, outcome: Outcome) -> Result:
    now = desk.clock.now()
    frame = desk.tables.frames.find(where("campaign_id") == campaign.id)[0]
    complied = outcome is Outcome.CUMPLE
    score = 97.0 if complied else 3.0
    capture = desk.tables.captures.add(
        Capture(CaptureId(0), pair_key(contact_id, "S1"), contact_id, "S1", now, now, ContentKind.IMAGE,
                CaptureState.JUDGED, media_sha256="ab" * 32)
    )  # fmt: skip
    verdict = Verdict.MATCH if complied else Verdict.NO_MATCH
    desk.tables.judgements.add(
        Judgement(0, pair_key(capture.id, campaign.id), capture.id, campaign.id, contact_id, now, verdict, now,
                  frame.id, score)
    )  # fmt: skip
    result = Result(0, pair_key(campaign.id, contact_id), campaign.id, contact_id, outcome, now, now, capture.id,
                    frame.id if complied else None, score)  # fmt: skip
    return desk.tables.results.add(result)


def a_picture(name: str = "a", *advice: Advice) -> OrderPart:
    """A picture that was fetched, read, and shows the first frame; the same name is the same file."""
    media = to_document(Media(MediaKind.IMAGE, "image/jpeg", 1, "", ""))
    picture = Picture(f"features-{name}", 1080, 1920, advice)
    return OrderPart(f"P{name}", media, sha256=f"sha-{name}", picture=picture, found=(Found("10" * 32, 97.0),))


def pictures(count: int) -> tuple[OrderPart, ...]:
    return tuple(a_picture(str(number)) for number in range(count))


def a_table(*rows: tuple[str, ...], columns: tuple[str, ...] = ("Nombre", "Teléfono")) -> tuple[OrderPart, ...]:
    """A list that was fetched and read."""
    media = to_document(Media(MediaKind.DOCUMENT, "text/csv", 1, "", "", filename="promotores.csv"))
    return (OrderPart("T", media, sha256="ab" * 32, table=Table(columns, rows)),)


#: Ana is known, Marta is not, and nobody can have the third number.
THREE_ROWS = a_table(("Ana", "+573001234567"), ("Marta", "310 555 0101"), ("Pedro", "12345"))


def no_picture(failure: str = "not_an_image") -> OrderPart:
    return replace(a_picture("bad"), picture=None, failure=failure)


def jid(number: str) -> Jid:
    return Phone(number).jid

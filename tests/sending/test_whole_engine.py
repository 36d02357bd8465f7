"""Reminders, receipts, probable blocks and risk in the whole engine, day after day by a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import block_rounds, blocks, sending, sequences
from bot.model.chat import Language
from bot.model.event import ReceiptKind, ReceiptSeen
from bot.model.identity import Phone
from bot.model.link import LinkState
from bot.model.outbox import SendState, To
from bot.model.outgoing import SendText
from bot.model.result import Outcome
from bot.model.risk import Level
from bot.model.sequence import Going, ReminderStep, Sequence
from storage.query import where
from tests.support.stage import Stage

ANA, LUIS = Phone("+573001234567"), Phone("+573007654321")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Longer than a person takes for two messages.
TYPING = timedelta(seconds=30)


class Days:
    """Ana and Luis are reminded each day; Luis's phone confirms what it gets, Ana's never does."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder)
        self.stage.settle()
        self.ana, self.luis = self.stage.contact("Ana", ANA.number), self.stage.contact("Luis", LUIS.number)
        campaign = self.stage.campaign("Promo", b"the poster")
        steps = tuple(ReminderStep(DAY, f"reminder {number}") for number in range(12))
        tables, now = self.stage.tables, self.stage.clock.now()
        sequence = tables.sequences.add(Sequence(0, "s", "Promo", campaign.id, steps, False, Language.EN, now))
        sequences.start(tables, sequence, now)
        self._confirmed = 0

    def live(self, span: timedelta) -> None:
        """Let time pass: each hour the engine does what its metronome would have it do."""
        end, engine = self.stage.clock.now() + span, self.stage.engine
        while self.stage.clock.now() < end:
            self.stage.clock.advance(HOUR)
            for beat in (engine.reminders.tick, engine.outbox.look_around, engine.jobs.run_due, engine.alerts.tell):
                beat()
            self.stage.settle(at_most=TYPING)
            self._confirm()
            self.stage.settle(at_most=timedelta(seconds=1))

    def got(self, phone: Phone) -> list[str]:
        """The reminders that went out to somebody."""
        texts = [said.what.text for said in self.stage.said if said.to == phone.jid and isinstance(said.what, SendText)]
        return [text.splitlines()[0].removeprefix("🤖 ") for text in texts]

    def going(self, name: str) -> Going:
        contact = self.stage.tables.contacts.one(where("name") == name)
        assert contact is not None
        progress = self.stage.tables.progress.one(where("contact_id") == contact.id)
        assert progress is not None
        return progress.state

    def _confirm(self) -> None:
        for said in self.stage.said[self._confirmed :]:
            if said.to == LUIS.jid:
                now = self.stage.clock.now()
                self.stage.gateway.receive(ReceiptSeen((said.sent.id,), ReceiptKind.DELIVERED, LUIS.jid, LUIS.jid, now))
        self._confirmed = len(self.stage.said)


@pytest.fixture
def days(tmp_path: Path) -> Iterator[Days]:
    days = Days(tmp_path)
    yield days
    days.stage.close()


def test_each_day_brings_its_reminder_until_the_contact_posts(days: Days) -> None:
    days.live(2 * DAY + 2 * HOUR)
    assert days.got(LUIS) == ["reminder 0", "reminder 1"]
    days.luis.post_image(b"a photo of the poster: the poster")
    days.live(3 * DAY)
    assert days.stage.result("Luis").outcome is Outcome.CUMPLE  # type: ignore[union-attr]
    assert days.got(LUIS) == ["reminder 0", "reminder 1"]
    assert days.going("Luis") is Going.STOPPED


def test_who_confirms_nothing_is_found_paused_and_told_and_goes_on_after_a_sign_of_life(days: Days) -> None:
    days.live(9 * DAY)
    assert days.going("Ana") is Going.PAUSED
    assert days.going("Luis") is not Going.PAUSED
    (issue,) = blocks.open_issues(days.stage.tables)
    assert issue.probability >= 80
    told = [text for text in days.stage.texts() if "probabl" in text.lower()]
    assert len(told) == 1
    sent_before = len(days.got(ANA))
    days.ana.post_text("back from the mountains")
    days.live(2 * DAY)
    assert blocks.open_issues(days.stage.tables) == []
    assert len(days.got(ANA)) > sent_before


def test_an_examination_that_was_cut_off_goes_on_where_it_was_and_is_told_once(tmp_path: Path) -> None:
    before = Stage(tmp_path)
    before.settle()
    for number in range(3 * block_rounds.CONTACTS):
        person = f"+57300123{number:04d}"
        before.contact(person, person)
        for age in (20, 16, 12, 8):
            at = before.clock.now() - age * DAY
            item = sending.text(f"{number}:{age}", Phone(person).jid, To.CONTACT, "hello", at)
            before.tables.outbox.add(replace(item, state=SendState.SENT, sending_at=at, sent_at=at))
    block_rounds.begin(before.tables, "check")
    before.engine.step()
    marked = len(blocks.open_issues(before.tables))
    assert 0 < marked < 3 * block_rounds.CONTACTS
    before.close()
    after = Stage(tmp_path, before.clock)
    after.settle()
    assert block_rounds.under_way(after.tables) is None
    issues = blocks.open_issues(after.tables)
    assert len(issues) == len({issue.contact_id for issue in issues}) == 3 * block_rounds.CONTACTS
    (alert,) = [each for each in after.tables.alerts.all() if each.kind == "blocks"]
    assert alert.facts == {"count": 3 * block_rounds.CONTACTS}
    after.close()


def test_a_ban_stops_what_goes_to_contacts_while_statuses_are_still_captured(days: Days) -> None:
    days.stage.gateway.become(LinkState.BANNED, 101)
    days.live(HOUR)
    days.stage.gateway.become(LinkState.CONNECTED)
    days.live(DAY + HOUR)
    assert days.stage.engine.outbox.risk.level is Level.RED
    assert days.got(LUIS) == days.got(ANA) == []
    days.luis.post_image(b"the poster")
    days.live(2 * DAY)
    assert days.stage.result("Luis").outcome is Outcome.CUMPLE  # type: ignore[union-attr]
    assert days.stage.engine.outbox.risk.level is Level.AMBER
    assert days.got(ANA)
    assert days.got(LUIS) == []

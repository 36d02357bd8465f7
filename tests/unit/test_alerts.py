"""Alerts: held down, grouped, repeated three times, called off; delivered outside later if they must wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.flows import alerts, linking
from bot.flows.alerts import Channels
from bot.flows.voice import Voice
from bot.i18n import Catalogue
from bot.model.alert import Severity
from bot.model.chat import Language, say
from bot.model.link import Link, LinkState
from bot.model.pacing import QuietHours
from storage.query import where
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import START, FakeClock
from tests.support.stage import OWNER

BOGOTA = ZoneInfo("America/Bogota")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Watch:
    """Alerts over a real store, told every ten seconds while time passes."""

    def __init__(self, *outside: str, quiet: QuietHours | None = None) -> None:
        self.tables = Tables(open_store(":memory:", SCHEMA))
        self.clock = FakeClock()
        self.voice = Voice(Catalogue.load(zone=BOGOTA), Language.EN, BOGOTA)
        self.channels = Channels(outside, quiet)
        link = Link(LinkState.CONNECTED, self.clock.now(), OWNER.jid)
        linking.changed(self.tables, self.voice.catalogue, Language.EN, link)

    def passes(self, span: timedelta) -> None:
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.advance(timedelta(seconds=10))
            alerts.tell(self.tables, self.voice, self.channels, self.clock.now())

    def raised(self, cause: str = "disk", severity: Severity = Severity.CRITICAL) -> None:
        alerts.raised(self.tables, self.clock.now(), cause, severity, free=120)

    def cleared(self, cause: str = "disk") -> None:
        alerts.cleared(self.tables, self.clock.now(), cause)

    @property
    def told(self) -> list[str]:
        return [item.text for item in self.tables.outbox.all() if item.key.startswith("alert:")]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch("ntfy-1")
    yield watch
    watch.tables.store.close()


def test_it_is_told_after_two_minutes_and_not_before(watch: Watch) -> None:
    watch.raised()
    watch.passes(MINUTE + timedelta(seconds=50))
    assert watch.told == []
    watch.passes(timedelta(seconds=10))
    assert len(watch.told) == 1
    assert "Only 120 MB are free" in watch.told[0]
    assert "🔴" in watch.told[0]


def test_what_passes_at_once_is_never_told_and_leaves_nothing(watch: Watch) -> None:
    watch.raised()
    watch.passes(MINUTE)
    watch.cleared()
    watch.passes(HOUR)
    assert watch.told == []
    assert len(watch.tables.alerts) == 0


def test_reminders_come_at_15_minutes_1_hour_6_hours_and_then_none(watch: Watch) -> None:
    watch.raised()
    at = []
    for minute in range(30 * 60):
        watch.raised()  # whoever watches raises it again and again
        known = len(watch.told)
        watch.passes(MINUTE)
        at += [minute + 1] * (len(watch.told) - known)
    assert at == [2, 17, 62, 362]
    assert "Still so" in watch.told[1]


def test_it_is_called_off_after_five_calm_minutes(watch: Watch) -> None:
    watch.raised()
    watch.passes(3 * MINUTE)
    watch.cleared()
    watch.passes(4 * MINUTE)
    watch.raised()  # not so calm after all
    watch.cleared()
    watch.passes(4 * MINUTE)
    assert len(watch.told) == 1
    watch.passes(MINUTE)
    assert "In order again" in watch.told[1]
    assert alerts.open_alerts(watch.tables) == []
    watch.raised()
    watch.passes(3 * MINUTE)
    assert len(watch.told) == 3


def test_what_is_due_together_is_one_message(watch: Watch) -> None:
    watch.raised("disk")
    watch.raised("memory", Severity.WARNING)
    watch.passes(3 * MINUTE)
    assert len(watch.told) == 1
    assert watch.told[0].count("•") == 2


def test_an_event_is_told_once_and_can_happen_again(watch: Watch) -> None:
    for _ in range(2):
        alerts.happened(watch.tables, watch.clock.now(), "fault:X", Severity.WARNING, where="here", reference="X")
        watch.passes(8 * HOUR)
    assert len(watch.told) == 2


def test_an_event_that_happens_all_the_time_is_told_once_an_hour(watch: Watch) -> None:
    for _ in range(180):
        alerts.happened(watch.tables, watch.clock.now(), "fault:X", Severity.WARNING, where="here", reference="X")
        watch.passes(MINUTE)
    assert len(watch.told) == 3


def test_many_alerts_at_once_still_fit_a_message(watch: Watch) -> None:
    for number in range(200):
        watch.raised(f"strange:{number}")
    watch.passes(3 * MINUTE)
    assert len(watch.told) == 1
    assert len(watch.told[0]) < 1000
    assert "192 more" in watch.told[0]


def test_after_a_downtime_reminders_are_not_made_up_for(watch: Watch) -> None:
    watch.raised()
    watch.passes(3 * MINUTE)
    watch.clock.advance(5 * HOUR)
    watch.passes(30 * MINUTE)
    assert len(watch.told) == 2


def test_in_quiet_hours_only_the_critical_is_told_and_the_rest_afterwards() -> None:
    watch = Watch(quiet=QuietHours(time(22), time(7), BOGOTA))
    watch.clock.advance(14 * HOUR)  # 23:00
    watch.raised("memory", Severity.WARNING)
    watch.raised("disk", Severity.CRITICAL)
    watch.passes(HOUR)
    assert all("Memory" not in text for text in watch.told)
    assert any("free on the disk" in text for text in watch.told)
    watch.passes(8 * HOUR)
    assert any("Memory" in text for text in watch.told)
    watch.tables.store.close()


def test_the_loss_of_the_link_goes_outside_only_since_the_chat_cannot_get_it(watch: Watch) -> None:
    alerts.raised(
        watch.tables, watch.clock.now(), "link:banned", Severity.CRITICAL,
        state=say("link.banned"), todo=say("link.banned.todo"), why=say("ban.until", why=say("ban.101"), until=START),
    )  # fmt: skip
    watch.passes(3 * MINUTE)
    assert watch.told == []
    [notice] = watch.tables.notices.find(where("channel") == "ntfy-1")
    assert "banned this account" in notice.body
    assert "*" not in notice.title + notice.body
    assert "do not have this number in their contacts, until 6 May 09:00" in notice.body


def test_a_kind_without_a_sentence_is_told_by_its_name(watch: Watch) -> None:
    watch.raised("strange:thing")
    watch.passes(3 * MINUTE)
    assert "strange:thing" in watch.told[0]

"""What is watched becomes an alert when it is so, and is called off when it is well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import alerts, linking, watching
from bot.i18n import Catalogue
from bot.machine import Machine, free_memory, measure
from bot.model.campaign import pair_key
from bot.model.capture import Capture, CaptureState
from bot.model.chat import Language
from bot.model.event import ContentKind
from bot.model.identity import CaptureId, ContactId
from bot.model.link import NEEDS_A_PERSON, Link, LinkState
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.support.clock import FakeClock
from tests.support.stage import OWNER

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MB = 1024 * 1024


class Post:
    """A link that changes, watched every half minute."""

    def __init__(self) -> None:
        self.tables = Tables(open_store(":memory:", SCHEMA))
        self.clock = FakeClock()
        self.catalogue = Catalogue.load()
        linking.started(self.tables, self.clock.now())
        self.becomes(LinkState.CONNECTED)
        self.clock.advance(HOUR)

    def becomes(self, state: LinkState) -> None:
        self.link = Link(state, self.clock.now(), OWNER.jid)
        linking.changed(self.tables, self.catalogue, Language.EN, self.link)

    def watched(self, span: timedelta = timedelta(seconds=30), machine: Machine = Machine()) -> set[str]:  # noqa: B008
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.advance(timedelta(seconds=30))
            watching.watch(self.tables, self.link, machine, self.clock.now())
        return {alert.cause for alert in alerts.open_alerts(self.tables)}


@pytest.fixture
def post() -> Iterator[Post]:
    post = Post()
    yield post
    post.tables.store.close()


def test_all_is_well_while_connected(post: Post) -> None:
    assert post.watched(HOUR) == set()


@pytest.mark.parametrize("state", sorted(NEEDS_A_PERSON - {LinkState.STOPPED}))
def test_a_state_that_needs_a_person_is_an_alert_until_the_link_is_back(post: Post, state: LinkState) -> None:
    post.becomes(state)
    assert post.watched() == {"link"}
    post.becomes(LinkState.CONNECTED)
    assert post.watched() == set()


def test_a_code_shown_to_an_account_that_was_linked_is_an_alert(post: Post) -> None:
    post.becomes(LinkState.QR_SHOWN)
    assert post.watched() == {"link"}


def test_it_is_one_alert_until_the_link_is_back_whatever_states_come_in_between(post: Post) -> None:
    for state in (LinkState.LOGGED_OUT, LinkState.STARTING, LinkState.QR_SHOWN, LinkState.CONNECTING):
        post.becomes(state)
        assert "link" in post.watched(MINUTE)
    assert len([alert for alert in post.tables.alerts.all() if alert.cause == "link"]) == 1
    post.becomes(LinkState.CONNECTED)
    assert post.watched() == set()


def test_a_phone_that_was_never_noticed_counts_from_its_linking(post: Post) -> None:
    post.clock.advance(11 * DAY)
    assert post.watched() == {"phone_unseen:10"}


def test_the_first_link_is_no_alert(post: Post) -> None:
    post.tables.facts.set(linking.ACCOUNT, "")
    post.becomes(LinkState.QR_SHOWN)
    assert post.watched() == set()


def test_a_connection_that_does_not_come_back_is_an_alert(post: Post) -> None:
    post.becomes(LinkState.RECONNECTING)
    assert post.watched(2 * MINUTE) == set()
    post.becomes(LinkState.STARTING)
    post.becomes(LinkState.RECONNECTING)
    assert post.watched(2 * MINUTE) == {"offline"}
    post.becomes(LinkState.CONNECTED)
    assert post.watched() == set()


def test_a_deaf_session_is_an_alert(post: Post) -> None:
    post.becomes(LinkState.DEAF)
    assert "deaf" in post.watched()


def test_more_than_three_interruptions_in_an_hour_are_an_alert(post: Post) -> None:
    for count in range(1, 5):
        post.becomes(LinkState.RECONNECTING)
        post.clock.advance(timedelta(seconds=5))
        post.becomes(LinkState.CONNECTED)
        assert post.watched(5 * MINUTE) == (set() if count <= 3 else {"unstable"})
    assert post.watched(HOUR) == set()


def test_a_phone_that_is_not_seen_for_ten_and_for_twelve_days(post: Post) -> None:
    watching.phone_seen(post.tables, post.clock.now())
    post.clock.advance(9 * DAY)
    assert post.watched() == set()
    post.clock.advance(DAY)
    assert post.watched() == {"phone_unseen:10"}
    post.clock.advance(2 * DAY)
    assert post.watched() == {"phone_unseen:12"}
    watching.phone_seen(post.tables, post.clock.now())
    assert post.watched() == set()


def test_many_statuses_that_cannot_be_captured_are_an_alert(post: Post) -> None:
    for number in range(8):
        state = CaptureState.NOT_CAPTURED if number < 2 else CaptureState.JUDGED
        seen = Capture(CaptureId(0), pair_key(1, f"S{number}"), ContactId(1), f"S{number}", post.clock.now(),
                       post.clock.now(), ContentKind.IMAGE, state)  # fmt: skip
        post.tables.captures.add(seen)
        assert post.watched() == ({"captures"} if 5 <= number + 1 < 10 and 0.2 * (number + 1) < 2 else set())
    assert post.watched(2 * HOUR) == set()


def test_little_room_is_an_alert(post: Post) -> None:
    assert post.watched(machine=Machine(free_disk=100 * MB, free_memory=10 * MB)) == {"disk", "memory"}
    assert post.watched(machine=Machine(free_disk=10_000 * MB, free_memory=1000 * MB)) == set()


def test_what_can_not_be_told_is_no_alert(post: Post) -> None:
    assert post.watched(machine=Machine()) == set()


def test_the_machine_is_measured(tmp_path: Path) -> None:
    assert (measure(tmp_path).free_disk or 0) > 0


def test_in_a_container_its_limit_counts(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\n")
    assert free_memory(tmp_path) == 3_000_000 * 1024
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "memory.current").write_text("400000000\n")
    (group / "memory.stat").write_text("anon 1\ninactive_file 100000000\n")
    (group / "memory.max").write_text("max\n")
    assert free_memory(tmp_path) == 3_000_000 * 1024
    (group / "memory.max").write_text("512000000\n")
    assert free_memory(tmp_path) == 212_000_000

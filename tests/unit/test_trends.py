"""Looking back: what was covered and what was not, by local day; posts and messages by hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.flows.trends import RENEW_EVERY, Hindsight, look_back
from bot.model.capture import Capture, CaptureState
from bot.model.coverage import Blind
from bot.model.event import ContentKind
from bot.model.identity import CaptureId, ContactId, Jid
from bot.model.incident import LinkChange
from bot.model.link import LinkState
from bot.model.outbox import Form, OutboxItem, SendState, To
from bot.model.trends import Trends
from storage.store import open_store
from storage.tables import SCHEMA, Tables

BOGOTA, MADRID = ZoneInfo("America/Bogota"), ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 5, 6, 14, 30, tzinfo=UTC)  # 09:30 in Bogota, five hours behind
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    store = open_store(tmp_path / "bot.db", SCHEMA)
    yield Tables(store)
    store.close()


def link_was(tables: Tables, *changes: tuple[datetime, LinkState]) -> None:
    for at, state in changes:
        tables.link_log.add(LinkChange(0, at, state))


def a_post(tables: Tables, at: datetime, state: CaptureState) -> None:
    key = f"1:{len(tables.captures)}"
    tables.captures.add(Capture(CaptureId(0), key, ContactId(1), key, at, at, ContentKind.IMAGE, state))


def a_message(tables: Tables, at: datetime, audience: To) -> None:
    key, to = f"message {len(tables.outbox)}", Jid("573001112233", "s.whatsapp.net")
    sent = OutboxItem(0, key, to, audience, Form.TEXT, "hello", at, at, SendState.SENT, sending_at=at)
    tables.outbox.add(sent)


def test_nothing_is_claimed_about_the_time_before_the_first_start(tables: Tables) -> None:
    link_was(tables, (NOW - 2 * HOUR, LinkState.CONNECTED))
    trends = look_back(tables, BOGOTA, NOW)
    assert trends.coverage(30) == trends.coverage(1) == (2 * HOUR, 2 * HOUR)
    assert trends.blind == trends.blind_today == ()


def test_a_bot_that_never_ran_is_not_asked_for_anything(tables: Tables) -> None:
    assert look_back(tables, BOGOTA, NOW).coverage(7) == (timedelta(), timedelta())


def test_blind_times_are_named_by_what_lasted_longest(tables: Tables) -> None:
    start = NOW - 3 * HOUR
    link_was(
        tables,
        (start - 5 * HOUR, LinkState.CONNECTED),
        (start, LinkState.RECONNECTING),
        (start + 2 * MINUTE, LinkState.STOPPED),
        (start + 50 * MINUTE, LinkState.STARTING),
        (start + 51 * MINUTE, LinkState.CONNECTED),
    )
    trends = look_back(tables, BOGOTA, NOW)
    assert trends.blind == (Blind(start, start + 51 * MINUTE, LinkState.STOPPED),)
    assert trends.coverage(1) == (8 * HOUR - 51 * MINUTE, 8 * HOUR)


def test_coverage_is_counted_by_local_days(tables: Tables) -> None:
    yesterday_at_ten = NOW - timedelta(days=1, hours=-0.5)  # 10:00 in Bogota
    link_was(tables, (yesterday_at_ten, LinkState.CONNECTED), (NOW - HOUR, LinkState.DEAF))
    trends = look_back(tables, BOGOTA, NOW)
    assert [day.start for day in trends.days] == [
        datetime(2026, 5, 5, 5, tzinfo=UTC), datetime(2026, 5, 6, 5, tzinfo=UTC),
    ]  # fmt: skip
    assert [(day.seen, day.passed) for day in trends.days] == [(14 * HOUR, 14 * HOUR), (8.5 * HOUR, 9.5 * HOUR)]


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(tables: Tables, day: int, hours: int) -> None:
    link_was(tables, (datetime(2026, 3, 20, tzinfo=UTC), LinkState.CONNECTED))
    trends = look_back(tables, MADRID, datetime(2026, 3, 31, 12, tzinfo=UTC))
    of_day = next(each for each in trends.days if each.start.astimezone(MADRID).day == day)
    assert of_day.passed == of_day.seen == hours * HOUR


def test_a_month_is_looked_back_at_and_a_week_for_blind_times(tables: Tables) -> None:
    link_was(tables, (NOW - timedelta(days=90), LinkState.CONNECTED))
    for ago in (timedelta(days=40), timedelta(days=20), timedelta(days=3)):
        link_was(tables, (NOW - ago, LinkState.BANNED), (NOW - ago + HOUR, LinkState.CONNECTED))
    trends = look_back(tables, BOGOTA, NOW)
    assert len(trends.days) == 30
    whole = timedelta(days=29, hours=9.5)
    assert trends.coverage(30) == (whole - 2 * HOUR, whole)
    assert [blind.start for blind in trends.blind] == [NOW - timedelta(days=3)]


def test_posts_and_messages_are_counted_by_the_hour(tables: Tables) -> None:
    a_post(tables, NOW - 25 * HOUR, CaptureState.JUDGED)
    a_post(tables, NOW - 2 * HOUR, CaptureState.JUDGED)
    a_post(tables, NOW - 2 * HOUR + MINUTE, CaptureState.NOT_CAPTURED)
    a_post(tables, NOW, CaptureState.TICKET)
    a_message(tables, NOW - 2 * HOUR, To.CONTACT)
    a_message(tables, NOW - MINUTE, To.CONTROL)
    trends = look_back(tables, BOGOTA, NOW)
    assert [hour.posts for hour in trends.posts] == [*[0] * 21, 2, 0, 1]
    assert (trends.posts[-3].judged, trends.posts[-3].not_captured, trends.posts[-1].waiting) == (1, 1, 1)
    assert [hour.messages for hour in trends.sends] == [*[0] * 21, 1, 0, 1]
    assert (trends.sends[-3].to_contacts, trends.sends[-1].to_control) == (1, 1)


def test_it_counts_anew_now_and_then_and_at_once_when_the_link_changes(tables: Tables) -> None:
    link_was(tables, (NOW - HOUR, LinkState.CONNECTED))
    hindsight = Hindsight()
    first = hindsight.look(tables, BOGOTA, NOW)
    assert hindsight.look(tables, BOGOTA, NOW + RENEW_EVERY - timedelta(seconds=1)) is first
    later = hindsight.look(tables, BOGOTA, NOW + MINUTE)
    assert later.coverage(1)[0] == HOUR + MINUTE
    link_was(tables, (NOW, LinkState.DEAF))
    assert hindsight.look(tables, BOGOTA, NOW + MINUTE).blind[-1].reason is LinkState.DEAF
    assert hindsight.look(tables, MADRID, NOW + 2 * MINUTE).days[0].start != later.days[0].start
    assert hindsight.look(tables, MADRID, NOW) != Trends()  # a clock that was set back


def test_a_clock_that_was_set_back_before_the_first_start_breaks_nothing(tables: Tables) -> None:
    link_was(tables, (NOW + timedelta(days=3), LinkState.CONNECTED))
    trends = look_back(tables, BOGOTA, NOW)
    assert trends.coverage(30) == (timedelta(), timedelta())

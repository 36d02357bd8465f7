"""The sending limits, against a brute-force reading of the same rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.outbox import Pace, To
from bot.model.pacing import DAY, HOUR, MINUTE, Limit, Limits, QuietHours, SendWindow

START = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)  # the day before the clocks change in New York
NEW_YORK = ZoneInfo("America/New_York")
TINY = timedelta(microseconds=1)
QUIET = QuietHours(time(22), time(6), NEW_YORK)
SMALL = Limits(
    per_number=((Limit.NUMBER_MINUTE, MINUTE, 2), (Limit.NUMBER_HOUR, HOUR, 4), (Limit.NUMBER_DAY, DAY, 6)),
    in_total=((Limit.MINUTE, MINUTE, 4), (Limit.HOUR, HOUR, 9), (Limit.DAY, DAY, 15)),
    contacts_per_hour=5,
    warmup=(3, 5, 8),
    quiet=QUIET,
)

Send = tuple[str, To, datetime]


@dataclass
class BruteForce:
    """The rules as product.md states them, over the whole history."""

    limits: Limits
    linked_at: datetime
    sends: list[Send] = field(default_factory=list)

    def allows(self, number: str, audience: To, now: datetime) -> bool:
        own = [at for to, _, at in self.sends if to == number]
        everyone = [at for _, _, at in self.sends]
        if own and now < max(own) + self.limits.number_gap:
            return False
        if everyone and now < max(everyone) + self.limits.gap:
            return False
        return audience is To.CONTROL or self._allows_contact(own, everyone, now)

    def _allows_contact(self, own: list[datetime], everyone: list[datetime], now: datetime) -> bool:
        contacts = [at for _, audience, at in self.sends if audience is not To.CONTROL]
        windows = [(own, window, count) for _, window, count in self.limits.per_number]
        windows += [(everyone, window, count) for _, window, count in self.limits.in_total]
        windows.append((contacts, HOUR, self.limits.contacts_per_hour))
        day = (now - self.linked_at) // DAY
        if day < len(self.limits.warmup):
            windows.append((contacts, DAY, self.limits.warmup[day]))
        if any(sum(at > now - window for at in sends) >= count for sends, window, count in windows):
            return False
        local = now.astimezone(NEW_YORK).time()
        return not (self.limits.quiet and (local >= time(22) or local < time(6)))


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(To),
        st.sampled_from([0.25, 0.5, 1, 2, 7, 30, 60, 600, 3600, 20_000, 86_400]),
        st.booleans(),
    ),
    max_size=50,
)


@settings(deadline=None, max_examples=150)
@given(STEPS, st.floats(0, 3))
def test_no_limit_is_ever_broken_and_no_wait_is_too_long(steps: list[tuple[str, To, float, bool]], age: float) -> None:
    now = START
    linked_at = START - age * DAY
    window, truth = SendWindow(SMALL, linked_at), BruteForce(SMALL, linked_at)
    for number, audience, wait, is_sent in steps:
        now += timedelta(seconds=wait)
        decision = window.earliest(number, audience, now)
        assert (decision.limit is None) == truth.allows(number, audience, now)
        assert truth.allows(number, audience, decision.at + TINY)
        if decision.limit is not None:
            waiting = decision.at - now
            assert not any(truth.allows(number, audience, now + waiting * part - TINY) for part in (0.01, 0.5, 0.999))
        if is_sent and decision.limit is None:
            window.add(number, audience, now)
            truth.sends.append((number, audience, now))


def test_the_defaults_are_those_of_the_product() -> None:
    window, now, sends = SendWindow(Limits()), START, []
    for _ in range(60):
        now = window.earliest("a", To.CONTACT, now).at
        window.add("a", To.CONTACT, now)
        sends.append(now)
    assert all(later - earlier >= timedelta(seconds=2) for earlier, later in pairwise(sends))
    for span, most in ((MINUTE, 5), (HOUR, 20), (DAY, 50)):
        assert max(sum(at - span < other <= at for other in sends) for at in sends) == most


def test_a_restart_changes_nothing() -> None:
    history: list[Send] = []
    window, now = SendWindow(Limits()), START
    for _ in range(5):
        now = window.earliest("a", To.CONTACT, now).at
        window.add("a", To.CONTACT, now)
        history.append(("a", To.CONTACT, now))
    again = SendWindow(Limits(), history=history)
    assert again.earliest("a", To.CONTACT, now) == window.earliest("a", To.CONTACT, now)
    assert again.earliest("a", To.CONTACT, now).limit is Limit.NUMBER_MINUTE


def test_the_control_chat_knows_only_the_gaps() -> None:
    window, now = SendWindow(SMALL, START), START.replace(hour=4)  # the middle of the quiet night
    for _ in range(20):
        decision = window.earliest("owner", To.CONTROL, now)
        assert decision.at - now <= SMALL.number_gap
        now = decision.at
        window.add("owner", To.CONTROL, now)


@pytest.mark.parametrize("day", [datetime(2026, 3, 7), datetime(2026, 3, 8), datetime(2026, 11, 1)])
def test_quiet_hours_end_at_the_local_hour_also_when_the_clocks_change(day: datetime) -> None:
    eleven_at_night = day.replace(hour=23, tzinfo=NEW_YORK).astimezone(UTC)
    window = SendWindow(Limits(quiet=QUIET))
    decision = window.earliest("a", To.CONTACT, eleven_at_night)
    assert decision.limit is Limit.QUIET
    assert decision.at.astimezone(NEW_YORK).time() == time(6)


def test_use_tells_what_is_used_and_when_it_comes_free() -> None:
    window = SendWindow(SMALL)
    window.add("a", To.CONTACT, START)
    window.add("b", To.CONTROL, START + timedelta(seconds=10))
    use = {entry.limit: entry for entry in window.use(START + timedelta(seconds=20))}
    assert (use[Limit.MINUTE].used, use[Limit.MINUTE].allowed) == (2, 4)
    assert use[Limit.MINUTE].resets_at == START + MINUTE
    assert use[Limit.CONTACTS_HOUR].used == 1
    assert Limit.WARMUP not in use
    assert [entry.used for entry in window.use(START + 2 * MINUTE, "a")] == [0, 1, 1]


def test_idle_numbers_are_forgotten() -> None:
    window = SendWindow(SMALL)
    window.add("a", To.CONTACT, START)
    window.forget_before(START + DAY)
    assert all(entry.used == 0 for entry in window.use(START, "a"))


@pytest.mark.parametrize(
    ("pace", "text", "low", "high"),
    [
        (Pace.PLAIN, "hi", 3, 5),
        (Pace.PLAIN, "x" * 101, 5, 7),
        (Pace.CONFIRMATION, "ok", 5, 8),
        (Pace.REPORT, "ok", 8, 12),
    ],
)
def test_a_person_would_take_that_long(pace: Pace, text: str, low: float, high: float) -> None:
    random = Random(1)
    delays = [Limits().human_delay(pace, text, random).total_seconds() for _ in range(200)]
    assert low <= min(delays) < low + 0.5
    assert high - 0.5 < max(delays) <= high

"""What a contact's statuses come to under a campaign's rules, whatever the order in which they arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.capture import MissReason, Verdict
from bot.model.coverage import Blind
from bot.model.identity import CaptureId, FrameId
from bot.model.link import LinkState
from bot.model.outcome import Decision, Setting, Standing, changes_nothing, days, decide
from bot.model.posts import Post, weigh
from bot.model.result import Outcome
from bot.model.rules import CampaignRules, Hours, Rule

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 5, 4, 5, 0, tzinfo=UTC)  #: midnight of a Monday in Bogota
BOGOTA = "America/Bogota"
NO_RULES = CampaignRules()
_numbers = count(1)


def a_post(at: timedelta, verdict: Verdict = Verdict.MATCH, *, frame: int = 1, **more: object) -> Post:
    number = next(_numbers)
    shown = frozenset({FrameId(frame)}) if verdict is Verdict.MATCH else frozenset[FrameId]()
    fresh = Post(f"M{number}", CaptureId(number), START + at, verdict, shown, content=f"file {number}")
    return replace(fresh, **more)  # type: ignore[arg-type]


def decided(posts: list[Post], rules: CampaignRules = NO_RULES, now: timedelta = DAY, **more: object) -> Decision:
    setting = Setting(rules, frozenset({FrameId(1), FrameId(2)}), START, START + now)
    return decide(posts, replace(setting, **more))  # type: ignore[arg-type]


class TestWithoutRules:
    def test_nothing_seen_is_pending(self) -> None:
        assert decided([]).outcome is None

    def test_the_earliest_match_decides(self) -> None:
        late, early = a_post(2 * HOUR), a_post(HOUR)
        assert decided([late, early, a_post(timedelta(), Verdict.NO_MATCH)]) == Decision(Outcome.CUMPLE, early, good=1)

    def test_something_else_is_incumple_and_weighs_more_than_a_miss(self) -> None:
        missed = a_post(timedelta(), Verdict.NOT_CAPTURED, reason=MissReason.EXPIRED)
        assert decided([missed]).outcome is Outcome.NO_CAPTURADO
        assert decided([missed, a_post(HOUR, Verdict.NO_MATCH)]).outcome is Outcome.INCUMPLE

    def test_a_doubtful_status_decides_nothing(self) -> None:
        assert decided([a_post(HOUR, Verdict.REVIEW)]).outcome is None


class TestPeriodAndHours:
    def test_what_is_posted_outside_the_period_counts_for_nothing(self) -> None:
        rules = CampaignRules(starts_at=START, ends_at=START + DAY)
        assert decided([a_post(-HOUR), a_post(DAY)], rules, now=3 * DAY).outcome is None
        assert decided([a_post(DAY - timedelta(seconds=1))], rules, now=3 * DAY).outcome is Outcome.CUMPLE

    def test_what_is_posted_outside_the_hours_counts_for_nothing(self) -> None:
        rules = CampaignRules(hours=Hours(time(8), time(20)), zone=BOGOTA)
        assert decided([a_post(7 * HOUR), a_post(20 * HOUR, Verdict.NO_MATCH)], rules).outcome is None
        assert decided([a_post(8 * HOUR)], rules).outcome is Outcome.CUMPLE

    def test_hours_may_go_over_midnight(self) -> None:
        night = Hours(time(22), time(2))
        assert [night.hold(time(hour)) for hour in (21, 22, 1, 2)] == [False, True, True, False]


class TestSingleStatuses:
    def test_the_caption_must_hold_the_words_however_they_are_written(self) -> None:
        rules = CampaignRules(caption="Café Sol")
        wrong = a_post(HOUR, caption="look at this")
        assert decided([wrong], rules) == Decision(Outcome.INCUMPLE, wrong, (Rule.CAPTION,))
        assert decided([wrong, a_post(2 * HOUR, caption="hoy en CAFE  sol!")], rules).outcome is Outcome.CUMPLE

    def test_a_status_deleted_too_early_fails_and_one_deleted_later_does_not(self) -> None:
        rules = CampaignRules(alive_for=6 * HOUR)
        early = a_post(HOUR, removed_at=START + 2 * HOUR)
        assert decided([early], rules) == Decision(Outcome.INCUMPLE, early, (Rule.ALIVE,))
        assert decided([a_post(HOUR, removed_at=START + 7 * HOUR)], rules).outcome is Outcome.CUMPLE

    def test_without_that_rule_a_deletion_changes_nothing(self) -> None:
        assert decided([a_post(HOUR, removed_at=START + 2 * HOUR)]).outcome is Outcome.CUMPLE

    def test_a_status_is_pending_until_it_has_been_up_for_long_enough(self) -> None:
        rules = CampaignRules(alive_for=6 * HOUR)
        assert decided([a_post(HOUR)], rules, now=7 * HOUR - timedelta(seconds=1)).outcome is None
        assert decided([a_post(HOUR)], rules, now=7 * HOUR).outcome is Outcome.CUMPLE

    def test_reposts_count_unless_they_are_not_accepted(self) -> None:
        forwarded, strict = a_post(HOUR, is_reshared=True), CampaignRules(reposts=False)
        assert decided([forwarded]).outcome is Outcome.CUMPLE
        assert decided([forwarded], strict) == Decision(Outcome.INCUMPLE, forwarded, (Rule.REPOST,))

    def test_the_same_file_again_does_not_count_twice(self) -> None:
        first, again = a_post(HOUR, content="x"), a_post(2 * HOUR, content="x")
        assert decided([first, again], CampaignRules(least_posts=2)).outcome is Outcome.CUMPLE
        strict = decided([first, again], CampaignRules(least_posts=2, reposts=False))
        assert strict == Decision(Outcome.INCUMPLE, again, (Rule.REPOST,), good=1)


class TestAllTogether:
    def test_so_many_statuses_are_needed(self) -> None:
        rules = CampaignRules(least_posts=2)
        second = a_post(2 * HOUR)
        assert decided([a_post(HOUR)], rules) == Decision(good=1)
        assert decided([second, a_post(HOUR)], rules) == Decision(Outcome.CUMPLE, second, good=2)

    def test_every_frame_is_needed_in_one_status_or_in_several(self) -> None:
        rules = CampaignRules(all_frames=True)
        assert decided([a_post(HOUR, frame=1)], rules).outcome is None
        assert decided([a_post(HOUR, frame=1), a_post(HOUR, frame=2)], rules).outcome is Outcome.CUMPLE
        both = a_post(HOUR, frames=frozenset({FrameId(1), FrameId(2)}))
        assert decided([both], rules).outcome is Outcome.CUMPLE

    def test_too_few_are_incumple_only_a_day_after_the_end_when_nothing_more_can_arrive(self) -> None:
        rules = CampaignRules(starts_at=START, ends_at=START + DAY, least_posts=2)
        only = a_post(HOUR)
        assert decided([only], rules, now=2 * DAY - timedelta(seconds=1)).outcome is None
        assert decided([only], rules, now=2 * DAY) == Decision(Outcome.INCUMPLE, only, (Rule.POSTS,), good=1)

    def test_nobody_is_incumple_for_what_may_have_been_posted_unseen(self) -> None:
        rules = CampaignRules(starts_at=START, ends_at=START + DAY, least_posts=2)
        blind = (Blind(START + 3 * HOUR, START + 4 * HOUR, LinkState.RECONNECTING),)
        assert decided([a_post(HOUR)], rules, now=5 * DAY, blind=blind).outcome is None

    def test_nor_while_one_status_is_still_in_doubt(self) -> None:
        rules = CampaignRules(starts_at=START, ends_at=START + DAY, least_posts=2)
        assert decided([a_post(HOUR), a_post(HOUR, Verdict.REVIEW)], rules, now=5 * DAY).outcome is None


class TestDaily:
    WEEK = CampaignRules(starts_at=START, ends_at=START + 3 * DAY, daily=True, zone=BOGOTA)

    def test_each_local_day_is_judged_by_itself(self) -> None:
        posts = [a_post(HOUR), a_post(DAY + HOUR, Verdict.NO_MATCH)]
        setting = Setting(self.WEEK, frozenset(), START, START + 2 * DAY + HOUR)
        found = days(weigh(posts, self.WEEK, setting.now), setting)
        assert [day.day for day in found] == [date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)]
        assert [day.decision.outcome for day in found] == [Outcome.CUMPLE, Outcome.INCUMPLE, None]
        assert not any(day.is_blind for day in found)

    def test_a_day_of_which_a_part_was_not_seen_says_so(self) -> None:
        blind = (Blind(START + 5 * HOUR, START + 6 * HOUR, LinkState.STOPPED),)
        setting = Setting(self.WEEK, frozenset(), START, START + DAY + HOUR, blind)
        assert [day.is_blind for day in days((), setting)] == [True, False]

    def test_the_whole_is_cumple_when_every_day_is(self) -> None:
        two = [a_post(HOUR), a_post(DAY + HOUR)]
        assert decided(two, self.WEEK, now=2 * DAY + HOUR) == Decision(good=2)
        last = a_post(2 * DAY + HOUR)
        assert decided([*two, last], self.WEEK, now=2 * DAY + 2 * HOUR) == Decision(Outcome.CUMPLE, last, good=3)

    def test_a_day_without_any_status_leaves_the_whole_pending(self) -> None:
        assert decided([a_post(HOUR), a_post(2 * DAY + HOUR)], self.WEEK, now=9 * DAY) == Decision(good=2)

    def test_one_day_with_something_else_decides_for_the_whole(self) -> None:
        wrong = a_post(DAY + HOUR, Verdict.NO_MATCH)
        assert decided([a_post(HOUR), wrong], self.WEEK, now=9 * DAY) == Decision(Outcome.INCUMPLE, wrong, good=1)

    def test_before_the_period_there_are_no_days(self) -> None:
        setting = Setting(self.WEEK, frozenset(), START, START - 2 * DAY)
        assert days((), setting) == ()


HOURS = st.builds(Hours, st.times().map(lambda at: at.replace(tzinfo=None)), st.times())
RULES = st.builds(
    CampaignRules,
    starts_at=st.sampled_from([None, START + 6 * HOUR]),
    ends_at=st.sampled_from([None, START + DAY, START + 3 * DAY]),
    hours=st.none() | HOURS,
    daily=st.booleans(),
    least_posts=st.integers(1, 3),
    all_frames=st.booleans(),
    alive_for=st.sampled_from([None, HOUR, DAY]),
    reposts=st.booleans(),
    caption=st.sampled_from(["", "sol"]),
    zone=st.sampled_from(["UTC", BOGOTA, "Asia/Kathmandu"]),
)
POSTS = st.lists(
    st.builds(
        Post,
        message_id=st.uuids().map(str),
        capture_id=st.integers(1, 99),
        posted_at=st.integers(0, 4 * 24).map(lambda hours: START + hours * HOUR),
        verdict=st.sampled_from(Verdict),
        frames=st.frozensets(st.sampled_from([1, 2]), min_size=1),
        caption=st.sampled_from(["", "el SOL"]),
        content=st.sampled_from(["a", "b", ""]),
        is_reshared=st.booleans(),
        removed_at=st.none() | st.integers(0, 5 * 24).map(lambda hours: START + hours * HOUR),
    ),
    max_size=6,
)
SETTINGS = st.builds(
    Setting,
    rules=RULES,
    frames=st.just(frozenset({1, 2})),
    since=st.just(START),
    now=st.integers(-24, 6 * 24).map(lambda hours: START + hours * HOUR),
    blind=st.sampled_from([(), (Blind(START + 5 * HOUR, START + 6 * HOUR, LinkState.DEAF),)]),
    is_closed=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.data(), POSTS, SETTINGS)
def test_the_order_of_arrival_plays_no_part(data: st.DataObject, posts: list[Post], setting: Setting) -> None:
    shuffled = data.draw(st.permutations(posts))
    assert decide(shuffled, setting) == decide(posts, setting)


@settings(max_examples=300, deadline=None)
@given(POSTS, POSTS, SETTINGS)
def test_cumple_never_reverts_by_what_is_posted_later(posts: list[Post], more: list[Post], setting: Setting) -> None:
    before = decide(posts, setting)
    last = max((post.posted_at for post in posts), default=START)
    later = [replace(post, posted_at=last + timedelta(seconds=n + 1)) for n, post in enumerate(more)]
    if before.outcome is Outcome.CUMPLE:
        assert decide([*posts, *later], setting) == before


@settings(max_examples=300, deadline=None)
@given(POSTS, SETTINGS)
def test_who_posted_nothing_that_could_be_read_is_never_incumple(posts: list[Post], setting: Setting) -> None:
    unseen = [post for post in posts if post.verdict in (Verdict.NOT_CAPTURED, Verdict.REVIEW)]
    assert decide(unseen, setting).outcome is not Outcome.INCUMPLE


@settings(max_examples=1000, deadline=None)
@given(POSTS, POSTS, SETTINGS)
def test_what_is_said_to_change_nothing_changes_nothing(posts: list[Post], more: list[Post], setting: Setting) -> None:
    before = decide(posts, setting)
    standing = before.outcome and before.post and Standing(before.outcome, before.post.posted_at, before.broken)
    for new in more:
        if changes_nothing(new.verdict, new.posted_at, standing or None):
            after = decide([*posts, new], setting)
            assert (after.outcome, after.post, after.broken) == (before.outcome, before.post, before.broken)

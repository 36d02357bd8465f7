"""The outcome of a contact in a campaign: a pure function of what was posted and of the campaign's rules.

The order in which statuses, media, deletions and judgements arrived plays no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.model.capture import Verdict
from bot.model.coverage import Blind, blind_within
from bot.model.identity import FrameId
from bot.model.posts import Post, Weighed, Weight, weigh
from bot.model.result import PENDIENTE, Outcome
from bot.model.rules import LATE, CampaignRules, Rule

_RANK = {Outcome.NO_CAPTURADO: 0, Outcome.INCUMPLE: 1, Outcome.CUMPLE: 2}
#: The highest that a status of this verdict can bring about.
_RANK_OF_VERDICT = {Verdict.REVIEW: -1, Verdict.NOT_CAPTURED: 0, Verdict.NO_MATCH: 1, Verdict.MATCH: 2}
#: What a day is called on which nothing was seen, and a part of which was not seen.
CIEGO = "ciego"
#: A campaign that was never given an end is not counted day by day for longer than this.
MOST_DAYS = 400


@dataclass(frozen=True)
class Decision:
    """How a contact stands; `outcome` None is pending."""

    outcome: Outcome | None = None
    post: Post | None = None  #: the status that decided
    broken: tuple[Rule, ...] = ()
    good: int = 0  #: statuses that count, or days complied with when daily


@dataclass(frozen=True)
class Day:
    """One local day of a daily campaign."""

    day: date
    decision: Decision
    is_blind: bool  #: a part of it was not seen

    @property
    def code(self) -> str:
        """The outcome; pending when nothing was seen, or blind when something may have been missed."""
        if self.decision.outcome is not None:
            return self.decision.outcome.value
        return CIEGO if self.is_blind else PENDIENTE


@dataclass(frozen=True)
class Setting:
    """What a decision needs besides the statuses."""

    rules: CampaignRules
    frames: Set[FrameId]  #: those that are looked for
    since: datetime  #: when the campaign began to look at this contact
    now: datetime
    blind: Sequence[Blind] = ()  #: of the whole period; only asked for where something can be missing in the end
    is_closed: bool = False


def decide(posts: Iterable[Post], setting: Setting) -> Decision:
    """The outcome of all that was posted.

    Without rules: a match is cumple, else a readable status is incumple, else one that could not be captured is
    no_capturado; the earliest such status decides.
    """
    weighed = weigh(posts, setting.rules, setting.now)
    if setting.rules.daily:
        return _of_days(days(weighed, setting), setting)
    return _of_period(weighed, setting, setting.since, setting.rules.ends_at)


@dataclass(frozen=True)
class Standing:
    """What is kept of a decision: enough to see that most new statuses change nothing."""

    outcome: Outcome
    posted_at: datetime | None  #: of the status that decided
    broken: tuple[Rule, ...] = ()


def changes_nothing(verdict: Verdict, posted_at: datetime, before: Standing | None) -> bool:
    """Whether one more status certainly leaves the outcome as it is, whatever the rules.

    An outcome depends on nothing that was posted after the status that decided it, unless a better one follows; what
    is lacking in the end is the exception.
    """
    rank = _RANK_OF_VERDICT[verdict]
    if before is None:
        return rank < 0
    if Rule.POSTS in before.broken or Rule.FRAMES in before.broken:
        return False
    if rank == _RANK[before.outcome]:
        return before.posted_at is not None and posted_at > before.posted_at
    return rank < _RANK[before.outcome]


def days(weighed: Sequence[Weighed], setting: Setting) -> tuple[Day, ...]:
    """The local days of a daily campaign until today, or its end, each with an outcome of its own."""
    rules = setting.rules
    by_day: dict[date, list[Weighed]] = {}
    for each in weighed:
        by_day.setdefault(rules.day_of(each.post.posted_at), []).append(each)
    last = rules.day_of(setting.now if rules.ends_at is None else min(setting.now, _last_moment(rules.ends_at)))
    first = max(rules.day_of(setting.since), last - timedelta(days=MOST_DAYS))
    found = []
    for day in _each_day(first, last):
        start, end = rules.midnight(day), rules.midnight(day + timedelta(days=1))
        decision = _of_period(by_day.get(day, ()), setting, start, end)
        found.append(Day(day, decision, blind_within(setting.blind, start, min(end, setting.now))))
    return tuple(found)


def _of_period(weighed: Sequence[Weighed], setting: Setting, start: datetime, end: datetime | None) -> Decision:
    rules = setting.rules
    good: list[Post] = []
    for each in weighed:
        if each.weight is Weight.GOOD:
            good.append(each.post)
            if not _missing(good, setting):
                return Decision(Outcome.CUMPLE, each.post, good=len(good))
    for weight, outcome in ((Weight.FAILED, Outcome.INCUMPLE), (Weight.MISSED, Outcome.NO_CAPTURADO)):
        first = next((each for each in weighed if each.weight is weight), None)
        if first is not None:
            return Decision(outcome, first.post, first.broken, len(good))
    is_open = any(each.weight in (Weight.WAITING, Weight.DOUBTFUL) for each in weighed)
    if good and not is_open and _is_over(setting, end) and not blind_within(setting.blind, start, end or setting.now):
        return Decision(Outcome.INCUMPLE, good[-1], _missing(good, setting), len(good))
    return Decision(good=len(good)) if rules.ask_for_more else Decision()


def _missing(good: Sequence[Post], setting: Setting) -> tuple[Rule, ...]:
    """What the statuses that count lack together."""
    shown = frozenset[FrameId]().union(*(post.frames for post in good))
    lacking = {
        Rule.POSTS: len(good) < setting.rules.least_posts,
        Rule.FRAMES: setting.rules.all_frames and not setting.frames <= shown,
    }
    return tuple(rule for rule, is_lacking in lacking.items() if is_lacking)


def _is_over(setting: Setting, end: datetime | None) -> bool:
    """Whether nothing more can come of a period: also what arrives late has come."""
    return setting.is_closed or (end is not None and setting.now >= end + LATE)


def _of_days(found: Sequence[Day], setting: Setting) -> Decision:
    """All days of the period must comply; one that failed decides for the whole."""
    complied = [day for day in found if day.decision.outcome is Outcome.CUMPLE]
    for outcome in (Outcome.INCUMPLE, Outcome.NO_CAPTURADO):
        for day in found:
            if day.decision.outcome is outcome:
                return Decision(outcome, day.decision.post, day.decision.broken, len(complied))
    ends_at = setting.rules.ends_at
    is_whole = ends_at is not None and bool(found) and found[-1].day == setting.rules.day_of(_last_moment(ends_at))
    if is_whole and len(complied) == len(found):
        return Decision(Outcome.CUMPLE, complied[-1].decision.post, good=len(complied))
    return Decision(good=len(complied))


def _last_moment(ends_at: datetime) -> datetime:
    return ends_at - timedelta(microseconds=1)


def _each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]

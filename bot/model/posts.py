"""A status under a campaign's rules: whether it counts, and what it comes to by itself."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.capture import MissReason, Verdict
from bot.model.identity import CaptureId, FrameId
from bot.model.rules import CampaignRules, Rule
from bot.model.text import folded


@dataclass(frozen=True)
class Post:
    """A status as the rules see it: its judgement in one campaign, and what is known of it."""

    message_id: str
    capture_id: CaptureId
    posted_at: datetime
    verdict: Verdict
    frames: frozenset[FrameId] = frozenset()  #: surely shown
    frame_id: FrameId | None = None  #: the one shown best
    score: float = 0.0
    at_second: float | None = None
    reason: MissReason | None = None  #: why it could not be captured
    caption: str = ""
    content: str = ""  #: SHA-256 of its file
    is_reshared: bool = False
    removed_at: datetime | None = None


class Weight(StrEnum):
    """What a status comes to."""

    GOOD = "good"  #: shows a frame and keeps every rule
    WAITING = "waiting"  #: would be good, but has not been up for long enough yet
    DOUBTFUL = "doubtful"  #: waits for a person
    FAILED = "failed"  #: shows no frame, or breaks a rule
    MISSED = "missed"  #: its content could not be obtained


@dataclass(frozen=True)
class Weighed:
    post: Post
    weight: Weight
    broken: tuple[Rule, ...] = ()


def weigh(posts: Iterable[Post], rules: CampaignRules, now: datetime) -> tuple[Weighed, ...]:
    """Each status that counts at all, by its post time, with what it comes to."""
    used: set[str] = set()
    found = []
    for post in sorted(posts, key=lambda post: (post.posted_at, post.message_id)):
        if not rules.count(post.posted_at):
            continue
        weighed = _weighed(post, rules, used, now)
        if weighed.weight in (Weight.GOOD, Weight.WAITING) and post.content:
            used.add(post.content)
        found.append(weighed)
    return tuple(found)


def _weighed(post: Post, rules: CampaignRules, used: Set[str], now: datetime) -> Weighed:
    match post.verdict:
        case Verdict.NOT_CAPTURED:
            return Weighed(post, Weight.MISSED)
        case Verdict.REVIEW:
            return Weighed(post, Weight.DOUBTFUL)
        case Verdict.NO_MATCH:
            return Weighed(post, Weight.FAILED)
        case Verdict.MATCH:
            broken = _broken(post, rules, used)
            if broken:
                return Weighed(post, Weight.FAILED, broken)
            is_waiting = post.removed_at is None and now < _full_age(post, rules)
            return Weighed(post, Weight.WAITING if is_waiting else Weight.GOOD)


def _broken(post: Post, rules: CampaignRules, used: Set[str]) -> tuple[Rule, ...]:
    """The rules that a status which shows a frame breaks."""
    checks = {
        Rule.CAPTION: bool(rules.caption) and folded(rules.caption) not in folded(post.caption),
        Rule.REPOST: not rules.reposts and (post.is_reshared or post.content in used),
        Rule.ALIVE: post.removed_at is not None and post.removed_at < _full_age(post, rules),
    }
    return tuple(rule for rule, is_broken in checks.items() if is_broken)


def _full_age(post: Post, rules: CampaignRules) -> datetime:
    """When a status has been up for long enough."""
    return post.posted_at + (rules.alive_for or timedelta())

"""A campaign's rules in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from bot.model.chat import Phrase, say
from bot.model.rules import CampaignRules, Hours, Rule


def described(rules: CampaignRules) -> tuple[Phrase, ...]:
    """A line for each rule that is set."""
    return tuple(_lines(rules))


def broken(rules: tuple[Rule, ...]) -> tuple[Phrase, ...]:
    """Why statuses that show the picture do not suffice."""
    return tuple(say(f"broken.{rule}") for rule in rules)


def _lines(rules: CampaignRules) -> Iterator[Phrase]:
    if rules.starts_at is not None:
        yield say("rule.starts", at=_day_or_moment(rules.starts_at, rules))
    if rules.ends_at is not None:
        is_midnight = rules.local(rules.ends_at).time() == time()
        last = rules.ends_at - timedelta(seconds=1) if is_midnight else rules.ends_at
        yield say("rule.ends", at=say("rule.day" if is_midnight else "rule.moment", at=last))
    if rules.daily:
        yield say("rule.daily")
    if rules.least_posts > 1:
        yield say("rule.posts_daily" if rules.daily else "rule.posts", n=rules.least_posts)
    if rules.all_frames:
        yield say("rule.all_frames")
    if rules.hours is not None:
        yield say("rule.hours", **_hours(rules.hours))
    if rules.alive_for is not None:
        yield say("rule.alive", span=rules.alive_for)
    if not rules.reposts:
        yield say("rule.no_reposts")
    if rules.caption:
        yield say("rule.caption", text=rules.caption)


def _day_or_moment(at: datetime, rules: CampaignRules) -> Phrase:
    return say("rule.day" if rules.local(at).time() == time() else "rule.moment", at=at)


def _hours(hours: Hours) -> dict[str, str]:
    return {"start": hours.start.strftime("%H:%M"), "end": hours.end.strftime("%H:%M")}

"""Why a status that shows the picture may not suffice: the campaign's rules, applied to this contact, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.flows import outcomes
from bot.flows.rule_lines import broken
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, say
from bot.model.contact import Contact
from bot.model.posts import Weight, weigh
from bot.model.result import Result
from commands.declaration import Ask


def explained(ask: Ask, campaign: Campaign, contact: Contact, result: Result | None) -> tuple[Phrase, ...]:
    """What the rules make of the contact's statuses; nothing where they play no part."""
    return tuple(_explained(ask, campaign, contact, result))


def _explained(ask: Ask, campaign: Campaign, contact: Contact, result: Result | None) -> Iterator[Phrase]:
    rules = campaign.rules
    posts = outcomes.posts_of(ask.tables, campaign, contact)
    weighed = weigh(posts, rules, ask.now)
    if result is not None and result.broken:
        yield say("why.broken", why=broken(result.broken))
    if rules.daily:
        good = outcomes.decision_of(ask.tables, campaign, contact, ask.now).good
        yield say("why.days", n=good, id=campaign.id)
    elif rules.ask_for_more:
        good = sum(each.weight is Weight.GOOD for each in weighed)
        yield say("why.progress_frames" if rules.all_frames else "why.progress", n=good, least=rules.least_posts)
    for each in weighed:
        if each.weight is Weight.WAITING:
            yield say("why.waiting", at=each.post.posted_at + (rules.alive_for or timedelta()))
    outside = [post for post in posts if not rules.count(post.posted_at)]
    if outside:
        yield say("why.outside", count=len(outside), at=max(post.posted_at for post in outside))

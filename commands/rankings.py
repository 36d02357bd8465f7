"""`!top` and `!ranking`: who complies most often, and which campaigns go best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bot.flows import statistics
from bot.flows.statistics import CampaignRate, Post, Record, top_compliers, top_failing
from bot.model.campaign import Campaign
from bot.model.capture import Verdict
from bot.model.chat import Paper, Phrase, Reply, Role, say
from bot.model.identity import ContactId
from bot.model.percent import whole_percent
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.options import PAGE
from commands.targets import OptionalCampaignTarget
from commands.text import ROWS, footer, page_of

#: So many stand in each list of `!top`.
TOP = 5


@command(
    en=("top",),
    es=("top", "mejores"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(Argument("campaign", OptionalCampaignTarget(), en="campaign", es="campaña", required=False),),
    more=True,
    examples=both(
        (Example("!top", "1. Ana (#1) · 1 of 1"), Example("!top promo", "1. Ana (#1) · 1 post")),
        (Example("!mejores", "1. Ana (#1) · 1 de 1"), Example("!mejores promo", "1. Ana (#1) · 1 publicación")),
    ),
)
def top(ask: Ask, campaign: Campaign | None) -> Reply:
    return Reply(_of_campaign(ask, campaign) if campaign else _of_all(ask))


@command(
    en=("ranking",),
    es=("ranking", "clasificación"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    options=(PAGE,),
    examples=both(
        Example("!ranking", "1. *Promo Mayo (#1)* · 33 % · 1 of 3"),
        Example("!clasificación", "1. *Promo Mayo (#1)* · 33 % · 1 de 3"),
    ),
)
def ranking(ask: Ask, page: int | None) -> Reply:
    """The campaigns by the share of those who comply."""
    found = statistics.rates(ask.tables)
    if not found:
        return Reply((say("ranking.none"),))
    numbered = list(enumerate(found, 1))
    rows = [_rate(place, rate) for place, rate in page_of(numbered, page)]
    papers = (Paper("chart", {"chart": "rates", "campaign": None, "days": None}),) if len(found) > ROWS else ()
    return Reply((say("ranking.title"), *rows, *footer(found, page)), papers=papers)


def _of_all(ask: Ask) -> tuple[Phrase, ...]:
    found = statistics.records(ask.tables)
    if not found:
        return (say("top.none"),)
    best = _listed(say("top.compliers"), ((each, each.complied) for each in top_compliers(found)[:TOP]))
    worst = _listed(say("top.failing"), ((each, each.failed) for each in top_failing(found)[:TOP]))
    return (*best, *worst)


def _listed(title: Phrase, rows: Iterable[tuple[Record, int]]) -> tuple[Phrase, ...]:
    lines = tuple(
        say("top.row", n=place, name=each.contact.name, id=each.contact.id, count=count,
            total=each.complied + each.failed)
        for place, (each, count) in enumerate(rows, 1)
    )  # fmt: skip
    return (title, *lines) if lines else ()


def _of_campaign(ask: Ask, campaign: Campaign) -> tuple[Phrase, ...]:
    """Those with the most matching posts; among equals, who posted first."""
    theirs: defaultdict[ContactId, list[Post]] = defaultdict(list)
    for post in statistics.posts(ask.tables, campaign):
        if post.verdict is Verdict.MATCH:
            theirs[post.contact_id].append(post)
    ranked = sorted(theirs.items(), key=lambda item: (-len(item[1]), item[1][0].at))[:TOP]
    title = say("top.campaign", name=campaign.name, id=campaign.id)
    if not ranked:
        return (title, say("top.none"))
    rows = []
    for place, (contact_id, posts) in enumerate(ranked, 1):
        contact = ask.tables.contacts.need(contact_id)
        rows.append(say("top.posts", n=place, name=contact.name, id=contact.id, count=len(posts), at=posts[0].at))
    return (title, *rows)


def _rate(place: int, rate: CampaignRate) -> Phrase:
    return say(
        "ranking.row", n=place, name=rate.campaign.name, id=rate.campaign.id, share=whole_percent(rate.share),
        count=rate.counts.cumple, total=rate.total,
    )  # fmt: skip

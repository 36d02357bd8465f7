"""`!days`: how each day went in a campaign that judges each day by itself."""

from __future__ import annotations

from bot.flows import daily, outcomes, people
from bot.flows.coverage_lines import of_campaign
from bot.flows.rule_lines import broken
from bot.model.campaign import Campaign
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.outcome import Day
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.options import PAGE
from commands.targets import CampaignTarget, ContactTarget
from commands.text import footer, page_of

#: So many days stand in one row of a phone's screen.
MOST_DAYS = 14


@command(
    en=("days", "daily"),
    es=("días", "diario"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(
        Argument("campaign", CampaignTarget(lambda word: True), en="campaign", es="campaña", required=False),
        Argument("contact", ContactTarget(), en="contact", es="contacto", required=False),
    ),
    options=(PAGE,),
    more=True,
    examples=both(
        (Example("!days promo", "campaign rule 1 daily yes"), Example("!days promo Ana", "campaign rule 1 daily yes")),
        (Example("!días promo", "campaña regla 1 diaria sí"), Example("!días promo Ana", "campaña regla 1 diaria sí")),
    ),
)
def days(ask: Ask, campaign: Campaign, contact: Contact | None, page: int | None) -> Reply:
    title = say("days.title", name=campaign.name, id=campaign.id)
    if not campaign.rules.daily:
        return Reply((title, say("days.not_daily", id=campaign.id)))
    covered = of_campaign(ask.tables, campaign, ask.zone, ask.now)
    if contact is not None:
        found = outcomes.days_of(ask.tables, campaign, contact, ask.now)
        rows = [_day(campaign, day) for day in page_of(found[::-1], page)]
        name = say("days.of", name=contact.name, id=contact.id, good=_complied(found), total=len(found))
        return Reply((title, name, *rows, *footer(found, page), covered))
    members = people.participants(ask.tables, campaign)
    table = daily.by_contact(ask.tables, campaign, page_of(members, page), ask.now)
    return Reply((title, *(_row(each, found) for each, found in table), *footer(members, page), covered))


def _row(contact: Contact, found: tuple[Day, ...]) -> Phrase:
    icons = tuple(say(f"icon.{day.code}") for day in found[-MOST_DAYS:])
    return say("days.row", name=contact.name, good=_complied(found), total=len(found), icons=icons)


def _day(campaign: Campaign, day: Day) -> Phrase:
    at = campaign.rules.midnight(day.day)
    line = say("days.day", at=at, icon=say(f"icon.{day.code}"), outcome=say(f"page.outcome.{day.code}"))
    if day.decision.broken:
        return say("days.broken", day=line, why=broken(day.decision.broken))
    return line


def _complied(found: tuple[Day, ...]) -> int:
    return sum(day.code == "cumple" for day in found)

"""`!stories` and `!visibility`: what was seen of a contact, and of whom nothing was ever seen."""

from __future__ import annotations

from bot.model.capture import SETTLED, Capture, Judgement
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.event import Flag
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.options import PAGE, SEARCH, matches
from commands.targets import ContactTarget
from commands.text import footer, page_of
from storage.query import where

#: Circumstances of a status that are worth a word.
_TOLD = (Flag.PROOF, Flag.RESHARED, Flag.VIEW_ONCE, Flag.HISTORY, Flag.GROUP_STATUS, Flag.MENTION)


@command(
    en=("stories", "story"),
    es=("historias", "historia"),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(Argument("contact", ContactTarget(), en="contact", es="contacto"),),
    options=(PAGE,),
    more=True,
    examples=both(
        (Example("!stories Ana", "✅ Promo Mayo"), Example("!stories Sofía", "No status")),
        (Example("!historias Ana", "✅ Promo Mayo"), Example("!historias Sofía", "ningún estado")),
    ),
)
def stories(ask: Ask, contact: Contact, page: int | None) -> Reply:
    found = ask.tables.captures.find(where("contact_id") == contact.id, order_by="posted_at", reverse=True)
    if not found:
        return Reply((say("stories.none", name=contact.name, id=contact.id),))
    title = say("stories.title", name=contact.name, id=contact.id, count=len(found))
    return Reply((title, *(_row(ask, capture) for capture in page_of(found, page)), *footer(found, page)))


@command(
    en=("visibility",),
    es=("visibilidad",),
    group=Group.CONTACTS,
    role=Role.VIEWER,
    options=(SEARCH, PAGE),
    more=True,
    examples=both(
        Example("!visibility", "of 3 contacts"),
        Example("!visibilidad", "de 3 contactos"),
    ),
)
def visibility(ask: Ask, search: str | None, page: int | None) -> Reply:
    """Those never seen first: with them something may be wrong that only people can mend."""
    found = [each for each in ask.tables.contacts.all() if each.takes_part and matches(each.name, search)]
    if not found:
        return Reply((say("contact.nothing_found") if search else say("contact.none"),))
    found.sort(key=lambda each: (each.last_seen_at is not None, each.name.casefold()))
    seen = sum(each.last_seen_at is not None for each in found)
    rows = [_seen(contact) for contact in page_of(found, page)]
    hint = () if seen == len(found) else (say("visibility.hint"),)
    return Reply((say("visibility.title", seen=seen, count=len(found)), *rows, *footer(found, page), *hint))


def _seen(contact: Contact) -> Phrase:
    facts = {"name": contact.name, "id": contact.id}
    if contact.last_seen_at is not None:
        return say("visibility.seen", at=contact.last_seen_at, **facts)
    return say("visibility.not_on_whatsapp" if contact.on_whatsapp is False else "visibility.never", **facts)


def _row(ask: Ask, capture: Capture) -> Phrase:
    kind = say(f"content.{capture.kind}")
    row = say("stories.row", at=capture.posted_at, kind=kind, came_to=_came_to(ask, capture))
    for flag in (flag for flag in _TOLD if flag in capture.flags):
        row = say("stories.and", row=row, more=say(f"flag.{flag}"))
    if capture.removed_at is not None:
        row = say("stories.and", row=row, more=say("stories.deleted", at=capture.removed_at))
    return row


def _came_to(ask: Ask, capture: Capture) -> Phrase:
    """What a status came to in each campaign, or why in none."""
    judgements = ask.tables.judgements.find(where("capture_id") == capture.id)
    if capture.reason is not None and not any(each.score or each.decided_by for each in judgements):
        return say("stories.missed", reason=say(f"reason.{capture.reason}"))
    if judgements:
        return say("stories.verdicts", verdicts=tuple(_verdict(ask, judgement) for judgement in judgements))
    return say("stories.other" if capture.state in SETTLED else "stories.waiting")


def _verdict(ask: Ask, judgement: Judgement) -> Phrase:
    campaign = ask.tables.campaigns.get(judgement.campaign_id)
    name = campaign.name if campaign else f"#{judgement.campaign_id}"
    key = "stories.verdict_by_hand" if judgement.decided_by else "stories.verdict"
    return say(key, icon=say(f"verdict_icon.{judgement.verdict}"), name=name, score=judgement.score)

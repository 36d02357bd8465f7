"""`!campaign new`: a name and pictures make a campaign; without pictures, a wizard waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.flows import people
from bot.model.campaign import Campaign, CampaignState
from bot.model.chat import Expect, Need, Order, OrderPart, Phrase, Reply, Role, say
from bot.model.document import from_document, to_document
from bot.model.errors import UserError
from bot.model.identity import CampaignId
from commands.conversation import CANCEL_WORDS, DONE_WORDS, Talk, is_word
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.frames import add_frames, described, refusals, usable
from commands.kinds import Text
from commands.targets import same_name

WIZARD = "campaign_new"
RECEIVED = "👍"
MINUTES = 10


@command(
    en=("campaign new", "new campaign", "campaign create"),
    es=("campaña nueva", "nueva campaña", "campaña crear"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(Argument("name", Text(60), en="name", es="nombre"),),
    need=Need.PICTURES,
    more=True,
    examples=both(
        (
            Example("!campaign new Coffee June", "*Coffee June (#3)*", pictures=2),
            Example("!campaign new Coffee July", "Send the pictures of *Coffee July*"),
        ),
        (
            Example("!campaña nueva Café Junio", "*Café Junio (#3)*", pictures=2),
            Example("!campaña nueva Café Julio", "Envía las imágenes de *Café Julio*"),
        ),
    ),
)
def campaign_new(ask: Ask, name: str) -> Reply:
    """Make the campaign of the pictures that came with the order, or wait for them."""
    _refuse_while_waiting(ask)
    _refuse_taken(ask, name)
    parts = ask.order.parts
    if usable(parts):
        return Reply((*_create(ask, name, ask.order.key, parts), *refusals(parts)))
    request = say("campaign_new.send_others" if parts else "campaign_new.send_pictures", name=name, minutes=MINUTES)
    waiting = _wait({"name": name, "order": ask.order.key, "parts": []})
    return Reply((*refusals(parts), request), expect=waiting)


def _has_pictures(order: Order) -> bool:
    return bool(order.parts)


def _answer(ask: Ask, text: str) -> Reply:
    """A picture, `done` or `cancel` in the wizard; a picture whose caption is `done` is both."""
    if is_word(text, CANCEL_WORDS):
        return Reply((say("campaign_new.cancelled", name=_data(ask)["name"]),), ends=True)
    data = _with_new_parts(ask)
    if is_word(text, DONE_WORDS):
        return _finish(ask, data)
    return Reply(refusals(ask.order.parts), reaction=RECEIVED if usable(ask.order.parts) else "", expect=_wait(data))


def _remind(ask: Ask, text: str) -> Reply:
    data = _data(ask)
    count = usable(_parts(data))
    return Reply((say("campaign_new.waiting", name=data["name"], count=count),), expect=_wait(data))


def _ran_out(ask: Ask) -> Reply:
    return Reply((say("campaign_new.ran_out", name=_data(ask)["name"], minutes=MINUTES),), ends=True)


CAMPAIGN_WIZARD = Talk(
    WIZARD,
    DONE_WORDS | CANCEL_WORDS,
    _answer,
    takes=_has_pictures,
    need=Need.PICTURES,
    otherwise=_remind,
    ran_out=_ran_out,
)


def _finish(ask: Ask, data: dict[str, Any]) -> Reply:
    parts = _parts(data)
    if not usable(parts):
        lines = (*refusals(ask.order.parts), say("campaign_new.no_pictures_yet", name=data["name"]))
        return Reply(lines, expect=_wait(data))
    _refuse_taken(ask, data["name"])
    return Reply((*refusals(ask.order.parts), *_create(ask, data["name"], data["order"], parts)), ends=True)


def _create(ask: Ask, name: str, key: str, parts: Sequence[OrderPart]) -> tuple[Phrase, ...]:
    """Store the campaign, once for each order that asks for one, and say what it looks for and at whom."""
    campaign, _ = ask.tables.campaigns.add_once(Campaign(CampaignId(0), name, ask.now, created_by=key))
    added = add_frames(ask.tables, campaign, parts, ask.now)
    lines = [say("campaign_new.created", name=name, id=campaign.id, count=len(added.frames))]
    lines += [line for frame in added.frames for line in described(ask.tables, frame)]
    if added.repeated:
        lines.append(say("frame.repeated", count=added.repeated))
    contacts = len(people.participants(ask.tables, campaign))
    lines.append(say("campaign_new.everyone", count=contacts, id=campaign.id) if contacts else say("contact.none"))
    return tuple(lines)


def _refuse_while_waiting(ask: Ask) -> None:
    """A second campaign would make the wizard forget the pictures that it has."""
    if ask.conversation is not None and ask.conversation.kind == WIZARD:
        raise UserError("campaign_new.busy", name=_data(ask)["name"])


def _refuse_taken(ask: Ask, name: str) -> None:
    open_ones = [each for each in ask.tables.campaigns.all() if each.state is not CampaignState.CLOSED]
    taken = same_name(name, open_ones)
    if taken is not None:
        raise UserError("campaign_new.taken", name=taken.name, id=taken.id)


def _wait(data: dict[str, Any]) -> Expect:
    return Expect(WIZARD, data, MINUTES)


def _data(ask: Ask) -> dict[str, Any]:
    assert ask.conversation is not None
    return ask.conversation.data


def _parts(data: dict[str, Any]) -> tuple[OrderPart, ...]:
    return tuple(from_document(OrderPart, part) for part in data["parts"])


def _with_new_parts(ask: Ask) -> dict[str, Any]:
    """What the wizard remembers, with the pictures of this order behind those that it had."""
    data = _data(ask)
    return {**data, "parts": [*data["parts"], *to_document(ask.order.parts)]}

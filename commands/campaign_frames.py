"""`!frame …`: the pictures that a campaign looks for, shown and changed."""

from __future__ import annotations

from dataclasses import replace

from bot.model.campaign import Campaign, Frame
from bot.model.chat import Need, Paper, Phrase, Reply, Role, say
from bot.model.errors import UserError
from commands.again import frames_changed
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.frames import add_frames, described, frames_of, place_of, refusals, usable
from commands.kinds import Number, begins_number
from commands.targets import CampaignTarget
from storage.query import where

#: So many pictures are sent at once; more would flood the chat.
MOST_SHOWN = 10

_CAMPAIGN = Argument("campaign", CampaignTarget(begins_number), en="campaign", es="campaña", required=False)
_PLACE = Argument("place", Number(), en="picture", es="imagen")


@command(
    en=("frame list", "frames"),
    es=("imagen lista", "imágenes", "imagen listar"),
    group=Group.CAMPAIGNS,
    role=Role.VIEWER,
    arguments=(_CAMPAIGN, Argument("place", Number(), en="picture", es="imagen", required=False)),
    examples=both(
        (Example("!frames promo", "1. 1080×1920"), Example("!frame list promo 2", "2. 1080×1920")),
        (Example("!imágenes promo", "1. 1080×1920"), Example("!imagen lista promo 2", "2. 1080×1920")),
    ),
)
def frame_list(ask: Ask, campaign: Campaign, place: int | None) -> Reply:
    frames = [_at(ask, campaign, place)] if place else frames_of(ask.tables, campaign)
    rows = [line for frame in frames for line in described(ask.tables, frame)]
    papers = tuple(
        Paper("frame_picture", {"frame": frame.id, "place": place_of(ask.tables, frame)})
        for frame in frames[:MOST_SHOWN]
    )
    return Reply((_title(campaign), *rows), papers=papers)


@command(
    en=("frame add",),
    es=("imagen agregar", "imagen añadir"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(Argument("campaign", CampaignTarget(), en="campaign", es="campaña", required=False),),
    need=Need.PICTURES,
    examples=both(
        Example("!frame add promo", "3. 1080×1920", pictures=1),
        Example("!imagen agregar promo", "3. 1080×1920", pictures=1),
    ),
)
def frame_add(ask: Ask, campaign: Campaign) -> Reply:
    parts = ask.order.parts
    if not parts:
        raise WrongUse("frame.send_with_it")
    if not usable(parts):
        return Reply(refusals(parts))
    added = add_frames(ask.tables, campaign, parts, ask.now)
    rows = [line for frame in added.frames for line in described(ask.tables, frame)]
    repeated = (say("frame.repeated", count=added.repeated),) if added.repeated else ()
    return Reply((_title(campaign), *rows, *repeated, *refusals(parts), *frames_changed(ask, campaign)))


@command(
    en=("frame disable",),
    es=("imagen desactivar",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN, _PLACE),
    examples=both(
        Example("!frame disable promo 2", "(not looked for)"), Example("!imagen desactivar promo 2", "(no se busca)")
    ),
)
def frame_disable(ask: Ask, campaign: Campaign, place: int) -> Reply:
    return _enable(ask, campaign, place, is_on=False)


@command(
    en=("frame enable",),
    es=("imagen activar",),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN, _PLACE),
    examples=both(Example("!frame enable promo 2", "2. 1080×1920"), Example("!imagen activar promo 2", "2. 1080×1920")),
)
def frame_enable(ask: Ask, campaign: Campaign, place: int) -> Reply:
    return _enable(ask, campaign, place, is_on=True)


@command(
    en=("frame remove", "frame delete"),
    es=("imagen quitar", "imagen borrar"),
    group=Group.CAMPAIGNS,
    role=Role.OPERATOR,
    arguments=(_CAMPAIGN, _PLACE),
    examples=both(Example("!frame remove promo 2", "1. 1080×1920"), Example("!imagen quitar promo 2", "1. 1080×1920")),
)
def frame_remove(ask: Ask, campaign: Campaign, place: int) -> Reply:
    """Take a picture out; one that proves somebody's outcome stays, and so does the last one."""
    frame = _at(ask, campaign, place)
    of_campaign = where("campaign_id") == campaign.id
    if any(result.frame_id == frame.id for result in ask.tables.results.find(of_campaign)):
        raise UserError("frame.proves", n=place, id=campaign.id)
    if len(frames_of(ask.tables, campaign)) == 1:
        raise UserError("frame.last", id=campaign.id)
    ask.tables.frames.remove(frame)
    rows = [line for each in frames_of(ask.tables, campaign) for line in described(ask.tables, each)]
    return Reply((_title(campaign), *rows, *frames_changed(ask, campaign)))


def _enable(ask: Ask, campaign: Campaign, place: int, *, is_on: bool) -> Reply:
    frame = ask.tables.frames.save(replace(_at(ask, campaign, place), enabled=is_on))
    lines = [_title(campaign), *described(ask.tables, frame)]
    if not any(each.enabled for each in frames_of(ask.tables, campaign)):
        lines.append(say("frame.none_enabled"))
    return Reply((*lines, *frames_changed(ask, campaign)))


def _at(ask: Ask, campaign: Campaign, place: int) -> Frame:
    """The picture of this number."""
    frames = frames_of(ask.tables, campaign)
    if place > len(frames):
        raise UserError("frame.no_such", n=place, count=len(frames), name=campaign.name, id=campaign.id)
    return frames[place - 1]


def _title(campaign: Campaign) -> Phrase:
    return say("frame.title", name=campaign.name, id=campaign.id)

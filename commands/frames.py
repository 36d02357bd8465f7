"""Pictures become a campaign's frames; what the owner should know about them, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model.campaign import Campaign, Frame, pair_key
from bot.model.chat import Advice, OrderPart, Phrase, say
from bot.model.identity import FrameId
from storage.query import where
from storage.tables import Tables


@dataclass(frozen=True)
class Added:
    frames: tuple[Frame, ...]
    repeated: int  #: pictures that were the same file as another one


def add_frames(tables: Tables, campaign: Campaign, parts: Sequence[OrderPart], now: datetime) -> Added:
    """Make frames of the pictures that could be read."""
    by_part: dict[int, Frame] = {}
    repeated = 0
    for position, part in enumerate(parts):
        if part.picture is None:
            continue
        frame, is_new = tables.frames.add_once(_frame(campaign, part, now))
        repeated += not is_new
        by_part.setdefault(position, frame)
    frames = {frame.id: _with_frame_ids(tables, frame, by_part) for frame in by_part.values()}
    return Added(tuple(frames.values()), repeated)


def usable(parts: Sequence[OrderPart]) -> int:
    """How many of the pictures could be read."""
    return sum(part.picture is not None for part in parts)


def refusals(parts: Sequence[OrderPart]) -> tuple[Phrase, ...]:
    """A sentence for each picture that cannot be a frame, by its place among those sent together."""
    return tuple(
        say("frame.refused", n=position, why=say(f"attachment.{part.failure or 'unreachable'}"))
        for position, part in enumerate(parts, 1)
        if part.picture is None
    )


def frames_of(tables: Tables, campaign: Campaign) -> list[Frame]:
    """All frames in the order of their adding, also the disabled ones: their places are their numbers."""
    return sorted(tables.frames.find(where("campaign_id") == campaign.id), key=lambda frame: frame.id)


def place_of(tables: Tables, frame: Frame) -> int:
    """By which number the owner knows a frame: its place in its campaign, from 1."""
    return 1 + sum(other.id < frame.id for other in tables.frames.find(where("campaign_id") == frame.campaign_id))


def described(tables: Tables, frame: Frame) -> tuple[Phrase, ...]:
    """A line for a frame, and one for each piece of advice."""
    state = "frame.row" if frame.enabled else "frame.row_disabled"
    lines = [say(state, n=place_of(tables, frame), width=frame.width, height=frame.height)]
    return (*lines, *(_sentence(tables, frame, advice) for advice in frame.advice))


def _frame(campaign: Campaign, part: OrderPart, now: datetime) -> Frame:
    assert part.picture is not None
    return Frame(
        id=FrameId(0),
        key=pair_key(campaign.id, part.sha256),
        campaign_id=campaign.id,
        sha256=part.sha256,
        features=part.picture.features,
        width=part.picture.width,
        height=part.picture.height,
        added_at=now,
        advice=part.picture.advice,
    )


def _with_frame_ids(tables: Tables, frame: Frame, by_part: dict[int, Frame]) -> Frame:
    """Advice about another picture of the same order is about a frame from now on."""
    advice = tuple(
        replace(each, part=None, frame_id=by_part[each.part].id) if each.part in by_part else each
        for each in frame.advice
    )
    return tables.frames.save(replace(frame, advice=advice)) if advice != frame.advice else frame


def _sentence(tables: Tables, frame: Frame, advice: Advice) -> Phrase:
    other = tables.frames.get(advice.frame_id) if advice.frame_id is not None else None
    if other is None:
        return say(f"advice.{advice.kind}.alone")
    if other.campaign_id == frame.campaign_id:
        return say(f"advice.{advice.kind}.here", other=place_of(tables, other))
    campaign = tables.campaigns.need(other.campaign_id)
    place = place_of(tables, other)
    return say(f"advice.{advice.kind}.elsewhere", other=place, name=campaign.name, id=campaign.id)

"""Pictures become a campaign's frames; what the owner should know about them, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.campaign import Campaign, Frame, pair_key
from bot.model.chat import Advice, OrderPart, Phrase, Picture, say
from bot.model.identity import FrameId
from storage.query import where
from storage.tables import Tables


@dataclass(frozen=True)
class Added:
    frames: tuple[Frame, ...]
    repeated: int  #: pictures that were the same file as another one


def add_frames(tables: Tables, campaign: Campaign, parts: Sequence[OrderPart], now: datetime) -> Added:
    """Make frames of the pictures that could be read."""
    frames: dict[FrameId, Frame] = {}
    repeated = 0
    for part in parts:
        if part.picture is not None:
            frame, is_new = tables.frames.add_once(_frame(campaign, part.sha256, part.picture, now))
            repeated += not is_new
            frames[frame.id] = frame
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
    row = say(
        "frame.row" if frame.enabled else "frame.row_disabled",
        n=place_of(tables, frame),
        width=frame.width,
        height=frame.height,
    )
    told = (_sentence(tables, frame, advice) for advice in frame.advice)
    return (row, *(sentence for sentence in told if sentence is not None))


def _frame(campaign: Campaign, sha256: str, picture: Picture, now: datetime) -> Frame:
    return Frame(
        id=FrameId(0),
        key=pair_key(campaign.id, sha256),
        campaign_id=campaign.id,
        sha256=sha256,
        features=picture.features,
        width=picture.width,
        height=picture.height,
        added_at=now,
        advice=picture.advice,
    )


def _sentence(tables: Tables, frame: Frame, advice: Advice) -> Phrase | None:
    """Advice about another picture names its place, here or in another campaign; None if it is no frame any more."""
    if not advice.sha256:
        return say(f"advice.{advice.kind}.alone")
    here = tables.frames.one(where("key") == pair_key(frame.campaign_id, advice.sha256))
    if here is not None:
        return say(f"advice.{advice.kind}.here", other=place_of(tables, here))
    elsewhere = tables.frames.one(where("sha256") == advice.sha256)
    if elsewhere is None:
        return None
    campaign = tables.campaigns.need(elsewhere.campaign_id)
    place = place_of(tables, elsewhere)
    return say(f"advice.{advice.kind}.elsewhere", other=place, name=campaign.name, id=campaign.id)

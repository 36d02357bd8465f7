"""After an update the stored features of frames may be of another version: their pictures are read anew, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.eyes import Eyes
from bot.flows import looking
from bot.flows.gallery import Gallery
from bot.flows.looking import Sought
from bot.model.campaign import Campaign, CampaignState, Frame
from bot.model.identity import CampaignId, FrameId
from bot.vision import InProcessDecoder, Matcher
from storage.media import MediaStore
from storage.store import open_store
from storage.tables import SCHEMA, Tables
from tests.vision.pictures import jpeg, letterboxed, photo, photo_bytes

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def tables() -> Iterator[Tables]:
    with open_store(":memory:", SCHEMA) as store:
        yield Tables(store)


def some_eyes() -> Eyes:
    decoder = InProcessDecoder()
    return Eyes(Matcher(decoder), decoder)


def a_frame(tables: Tables, media: MediaStore, picture: bytes, features: bytes) -> Frame:
    campaign = tables.campaigns.add(Campaign(CampaignId(0), "Promo", NOW))
    sha256 = media.put(picture)
    row = Frame(FrameId(0), f"{campaign.id}:{sha256}", campaign.id, sha256, media.put(features), 512, 512, NOW)
    return tables.frames.add(row)


def test_features_of_an_older_version_are_made_anew_from_the_kept_picture(tables: Tables, tmp_path: Path) -> None:
    media = MediaStore(tmp_path)
    picture = photo_bytes("coffee")
    current = some_eyes().describe("any", picture).features
    older = current[:8] + (1).to_bytes(4, "little") + current[12:]
    frame = a_frame(tables, media, picture, older)
    eyes = some_eyes()
    Gallery(tables, media, eyes).refresh()
    status = jpeg(letterboxed(photo("coffee")))
    found = looking.look(eyes, status, [Sought(frozenset({frame.sha256}))], is_video=False)
    assert [score.frame_id for score in found] == [frame.sha256]
    kept = tables.frames.need(frame.id)
    assert kept.enabled
    some_eyes().load(frame.sha256, media.read(kept.features))


def test_a_restart_loads_what_is_stored_and_needs_no_picture(tables: Tables, tmp_path: Path) -> None:
    media, eyes = MediaStore(tmp_path), some_eyes()
    frame = a_frame(tables, media, photo_bytes("coffee"), some_eyes().describe("any", photo_bytes("coffee")).features)
    media.path(frame.sha256).unlink()
    Gallery(tables, media, eyes).refresh()
    status = jpeg(letterboxed(photo("coffee")))
    found = looking.look(eyes, status, [Sought(frozenset({frame.sha256}))], is_video=False)
    assert [score.frame_id for score in found] == [frame.sha256]
    assert tables.frames.need(frame.id) == frame


def test_a_frame_whose_picture_is_lost_too_is_no_longer_looked_for(tables: Tables, tmp_path: Path) -> None:
    media = MediaStore(tmp_path)
    frame = a_frame(tables, media, photo_bytes("coffee"), b"no features")
    media.path(frame.sha256).unlink()
    Gallery(tables, media, some_eyes()).refresh()
    assert not tables.frames.need(frame.id).enabled


@pytest.mark.parametrize(
    ("state", "is_known"), [(CampaignState.ACTIVE, True), (CampaignState.PAUSED, True), (CampaignState.CLOSED, False)]
)
def test_the_pictures_of_a_paused_campaign_are_known_and_a_closed_ones_are_not(
    tables: Tables, tmp_path: Path, state: CampaignState, is_known: bool
) -> None:
    media, eyes = MediaStore(tmp_path), some_eyes()
    picture = photo_bytes("coffee")
    a_frame(tables, media, picture, eyes.describe("any", picture).features)
    eyes.remove("any")
    tables.campaigns.save(replace(tables.campaigns.need(CampaignId(1)), state=state))
    Gallery(tables, media, eyes).refresh()
    advice = eyes.describe("another", jpeg(photo("coffee"))).advice
    assert [each.kind for each in advice] == ["near_duplicate"] * is_known

"""The matcher knows the pictures of all campaigns that are not closed.

A paused campaign's ads must not be taken for others of their template, and it may go on among campaigns made since.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from bot.flows.judging import frames_of, sought_by
from bot.flows.looking import Sought
from bot.logs import fields
from bot.model.campaign import Campaign, CampaignState, Frame
from bot.model.errors import UnreadableMedia
from bot.model.matching import Thresholds
from bot.ports import Matcher
from storage.errors import MissingFile
from storage.media import MediaStore
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)


class Gallery:
    """Keeps the matcher knowing the pictures of the open campaigns; loads stored features, computes nothing."""

    def __init__(self, tables: Tables, store: MediaStore, matcher: Matcher) -> None:
        self._tables, self._store, self._matcher = tables, store, matcher
        self._loaded: set[str] = set()
        self._seen: tuple[int, int] | None = None

    def refresh(self) -> None:
        """Add and remove what changed since the last call; costs nothing when no frame or campaign did."""
        now = (self._tables.frames.version, self._tables.campaigns.version)
        if now == self._seen:
            return
        wanted = self._wanted()
        for sha256 in self._loaded - wanted.keys():
            self._matcher.remove(sha256)
        for sha256 in wanted.keys() - self._loaded:
            self._load(wanted[sha256])
        self._loaded = set(wanted)
        self._seen = now

    def _load(self, frame: Frame) -> None:
        """Look for a frame by its stored features; lost or made by another version, they are made anew."""
        try:
            self._matcher.load(frame.sha256, self._store.read(frame.features))
        except (MissingFile, UnreadableMedia):
            self._read_again(frame)

    def _read_again(self, frame: Frame) -> None:
        try:
            seen = self._matcher.describe(frame.sha256, self._store.read(frame.sha256))
        except (MissingFile, UnreadableMedia) as error:
            log.error("a frame is lost and no longer looked for", extra=fields(frame=frame.id, error=error))
            self._tables.frames.save(replace(frame, enabled=False))
        else:
            self._tables.frames.save(replace(frame, features=self._store.put(seen.features)))

    def sought(self, default: Thresholds) -> tuple[Sought, ...]:
        """What the open campaigns look for, or would."""
        return tuple(sought_by(self._tables, campaign, default) for campaign in self._open())

    def described(self, pictures: Iterable[str]) -> None:
        """The matcher looks for these too, since it described them; the next refresh drops those not wanted."""
        self._loaded.update(pictures)
        self._seen = None

    def _wanted(self) -> dict[str, Frame]:
        return {frame.sha256: frame for campaign in self._open() for frame in frames_of(self._tables, campaign)}

    def _open(self) -> list[Campaign]:
        return self._tables.campaigns.find(where("state") != CampaignState.CLOSED.value)

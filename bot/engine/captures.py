"""Statuses on their way from "seen" to "judged": downloads and comparisons that are due, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.engine.world import World
from bot.flows import capture, fetching, judging, recall, twins
from bot.flows.gallery import Gallery
from bot.lanes import Finished, Lane
from bot.model.capture import Capture, MissReason
from bot.model.errors import GatewayError, UnreadableMedia
from bot.model.event import Media

#: Tickets given up in one round.
BATCH = 50


class Captures:
    def __init__(self, world: World, gallery: Gallery) -> None:
        self._world = world
        self._tables = world.tables
        self._gallery = gallery
        self._downloads = Lane[int]("download", 2, world.wake)
        self._matching = Lane[int]("match", 2, world.wake)
        self._asked: dict[int, judging.Question] = {}  #: what each capture in the match lane was compared with
        self._fetching: dict[int, Media] = {}  #: what is being downloaded for each capture in the download lane
        self._glances: dict[int, judging.Question] = {}  #: the same in the download lane: what may be seen once

    def take(self) -> bool:
        """Record what the lanes finished; returns whether there was anything."""
        downloads, comparisons = self._downloads.finished(), self._matching.finished()
        for ended in downloads:
            self._record(f"download for capture {ended.key}", ended, partial(self._fetched, ended))
        for ended in comparisons:
            asked = self._asked.pop(ended.key)
            self._record(f"judgement of capture {ended.key}", ended, partial(self._compared, ended, asked))
        return bool(downloads or comparisons)

    def give(self) -> bool:
        """Start what is due and has room; returns whether anything was started."""
        with self._tables.store.transaction():
            expired = capture.expire_tickets(self._tables, self._world.now(), BATCH)
        self._gallery.refresh()
        return bool(expired) | self._give_downloads() | self._give_comparisons()

    def forget(self) -> None:
        with self._tables.store.transaction():
            twins.forget(self._tables, self._world.now())

    @property
    def is_idle(self) -> bool:
        return self._downloads.is_idle and self._matching.is_idle

    def close(self) -> None:
        self._downloads.close()
        self._matching.close()

    def _give_downloads(self) -> bool:
        given = False
        for due in fetching.due_downloads(self._tables, self._world.now(), self._downloads.look_ahead):
            if due.media is not None and self._downloads.takes(due.id):
                self._fetching[due.id] = due.media
                self._downloads.submit(due.id, self._download(due, due.media))
                given = True
        return given

    def _download(self, due: Capture, media: Media) -> Callable[[], object]:
        """What may be seen once is compared at once: nothing of it is kept."""
        world = self._world
        if due.is_view_once:
            asked = self._glances[due.id] = judging.question(self._tables, due, world.rules.thresholds)
            return partial(judging.glance, world.gateway, world.matcher, asked, world.rules.patience)
        return partial(fetching.fetch, world.gateway, world.media, media, world.rules.patience)

    def _give_comparisons(self) -> bool:
        world, given = self._world, False
        for due in capture.due_judgements(self._tables, world.now(), self._matching.look_ahead):
            if not self._matching.takes(due.id):
                continue
            given = True
            asked = judging.question(self._tables, due, world.rules.thresholds)
            with self._tables.store.transaction():
                is_known = recall.judged_before(self._tables, asked, world.rules.thresholds, world.now())
            if not is_known:
                self._asked[due.id] = asked
                self._matching.submit(due.id, partial(judging.compare, world.matcher, world.media, asked))
        return given

    def _record(self, what: str, ended: Finished[int], act: partial[None]) -> None:
        self._world.step(what, act, partial(self._give_up, ended.key))

    def _fetched(self, ended: Finished[int]) -> None:
        world, now = self._world, self._world.now()
        asked, media = self._glances.pop(ended.key, None), self._fetching.pop(ended.key)
        if not fetching.is_wanted(self._tables, ended.key, media):
            return
        match ended.error:
            case None if asked is not None:
                judging.judged(self._tables, asked, ended.value, world.rules.thresholds, now)
            case None:
                fetching.fetched(self._tables, ended.key, ended.value, now)
            case GatewayError() as error:
                fetching.failed(self._tables, world.media, ended.key, error, world.rules.patience, now)
            case UnreadableMedia() as error if asked is not None:
                judging.unreadable(self._tables, asked, error, now)
            case bug:
                raise bug

    def _compared(self, ended: Finished[int], asked: judging.Question) -> None:
        now = self._world.now()
        match ended.error:
            case None:
                judging.judged(self._tables, asked, ended.value, self._world.rules.thresholds, now)
            case UnreadableMedia() as error:
                judging.unreadable(self._tables, asked, error, now)
            case bug:
                raise bug

    def _give_up(self, capture_id: int, reference: str) -> None:
        """A bug of ours: the status is not captured, and says so with the reference."""
        found = self._tables.captures.get(capture_id)
        if found is not None:
            capture.missed(self._tables, found, MissReason.FAULT, reference, self._world.now())

"""What has had its time goes: records a batch in each round, then the files that nothing needs any more.

The media folder is walked in a lane; what the lane found is asked again right before it is deleted, in the one thread
that changes rows, so that a file to which something has come back meanwhile stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from bot.engine.world import World
from bot.flows import expiry, retention
from bot.lanes import Lane
from bot.logs import fields
from bot.model.privacy import Keeping
from storage.errors import StoreError
from storage.media import MediaStore
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Files that are asked about at once: in the lane, and again before they are deleted.
ASKED, DELETED = 400, 50
#: Before any status.
LONG_AGO = datetime.fromtimestamp(0, UTC)


class Sweeper:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        self._lane = Lane[str]("sweep", 1, world.wake)
        self._is_expiring = False
        self._statuses_from = LONG_AGO
        self._unneeded: list[str] = []
        self.media_bytes: int | None = None  #: as far as is known

    def look(self) -> None:
        """Begin to sweep; the metronome's beat."""
        self._is_expiring = True

    def take(self) -> bool:
        """What the lane found is deleted in the next rounds."""
        finished = self._lane.finished()
        for ended in finished:
            match ended.error:
                case None:
                    self._unneeded, self.media_bytes = ended.value
                case StoreError() as error:
                    log.warning("the media folder cannot be looked through", extra=fields(error=str(error)))
                case bug:
                    self._world.bury("sweep", bug)
        return bool(finished)

    def give(self) -> bool:
        """One batch of records or files; whether there was anything to do."""
        if self._unneeded:
            self._delete()
            return True
        if not self._is_expiring or not self._lane.room:
            return False
        if not self._expire():
            self._is_expiring = False
            job = partial(_unneeded, self._tables, self._world.media, self.keeping, self._world.now())
            self._lane.submit("sweep", job)
        return True

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    @property
    def keeping(self) -> Keeping:
        return self._world.rules.keeping

    def close(self) -> None:
        """A walk under way ends at its next question to the records; all that it would find is found again."""
        self._lane.close()

    def _expire(self) -> bool:
        """One batch of records; whether there may be more."""
        tables, now = self._tables, self._world.now()
        with tables.store.transaction():
            if expiry.expire(tables, self.keeping, now):
                return True
            go_on = expiry.forget_statuses(tables, self.keeping, now, self._statuses_from)
        self._statuses_from = go_on or LONG_AGO
        return go_on is not None

    def _delete(self) -> None:
        now, asked = self._world.now(), self._unneeded[:DELETED]
        del self._unneeded[:DELETED]
        kept = retention.needed(self._tables, self.keeping, now, asked)
        gone = sum(self._discard(each, now - retention.GRACE) for each in asked if each not in kept)
        with self._tables.store.transaction():
            retention.count(self._tables, "files", gone)
        log.info("media swept", extra=fields(deleted=gone))

    def _discard(self, sha256: str, older_than: datetime) -> bool:
        """One that cannot be deleted now, for example because another program reads it, is found again next time."""
        try:
            return self._world.media.discard(sha256, older_than)
        except StoreError as error:
            log.warning("a file cannot be deleted", extra=fields(error=str(error)))
            return False


def _unneeded(tables: Tables, media: MediaStore, keeping: Keeping, now: datetime) -> tuple[list[str], int]:
    """The files that nothing needs, and the size of all; runs in a lane."""
    holdings = media.look_through(now - retention.GRACE)
    found: list[str] = []
    for part in _parts(holdings.old):
        needed = retention.needed(tables, keeping, now, part)
        found += (each for each in part if each not in needed)
    return found, holdings.size


def _parts(digests: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (digests[start : start + ASKED] for start in range(0, len(digests), ASKED))

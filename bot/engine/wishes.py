"""Wishes in the engine's round: each is granted in a lane, outside of any transaction, and its end is told."""

from __future__ import annotations

import logging
from functools import partial

from bot.engine.backups import Backups
from bot.engine.world import World
from bot.flows import proxying, wishes
from bot.lanes import Finished, Lane
from bot.logs import fields
from bot.model.chat import Phrase, say
from bot.model.errors import GatewayError
from bot.model.wish import Wish, WishKind
from storage.errors import StoreError

log = logging.getLogger(__name__)


class Wishes:
    def __init__(self, world: World, backups: Backups) -> None:
        self._world = world
        self._tables = world.tables
        self._backups = backups
        self._lane = Lane[int]("wish", 1, world.wake)
        with self._tables.store.transaction():
            wishes.drop_interrupted(self._tables)

    def take(self) -> bool:
        """Tell how it went."""
        finished = self._lane.finished()
        for ended in finished:
            words = self._outcome(ended)
            with self._tables.store.transaction():
                wishes.granted(self._tables, self._world.catalogue, ended.key, words, self._world.now())
                self._backups.note()
        return bool(finished)

    def give(self) -> bool:
        """Begin with the next one."""
        if not self._lane.room:
            return False
        with self._tables.store.transaction():
            wish = wishes.next_wish(self._tables, self._world.now())
        if wish is None:
            return False
        log.info("wish granted", extra=fields(kind=wish.kind))
        self._lane.submit(wish.id, partial(self._grant, wish))
        return True

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

    def _grant(self, wish: Wish) -> tuple[Phrase, ...]:
        """Runs in the lane; reads the store, writes nothing."""
        world = self._world
        match wish.kind:
            case WishKind.RECONNECT:
                world.gateway.reconnect()
                return ()
            case WishKind.LOGOUT:
                world.gateway.logout()
                return ()
            case WishKind.PROXY:
                world.gateway.use_proxy(proxying.current(self._tables, world.own_proxy))
                return ()
            case WishKind.TEST_PROXY:
                return proxying.described(world.try_proxy(proxying.current(self._tables, world.own_proxy)))
            case WishKind.BACKUP:
                return (say("backup.made", size=self._backups.make_now()),)

    def _outcome(self, ended: Finished[int]) -> tuple[Phrase, ...]:
        match ended.error:
            case None:
                words: tuple[Phrase, ...] = ended.value
                return words
            case GatewayError() as error:
                return (say("wish.refused", reason=error.reason),)
            case StoreError() as error:
                return (say("wish.failed", error=str(error)),)
            case bug:
                reference = self._world.bury("wish", bug)
                return (say("error.bug", reference=reference),)

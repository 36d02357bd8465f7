"""Alerts in the engine's round: told when they are due, and carried to the channels outside WhatsApp by a lane."""

from __future__ import annotations

import logging
from functools import partial

from bot.engine.world import World
from bot.flows import alerts, notices
from bot.flows.alerts import Channels
from bot.flows.voice import Voice
from bot.lanes import Lane
from bot.logs import fields
from bot.model.notice import OutsideNotice

log = logging.getLogger(__name__)


class Alerts:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        self._lane = Lane[int]("alert", 1, world.wake)

    def tell(self) -> None:
        """Say what is due; the metronome's beat."""
        world = self._world
        voice = Voice(world.catalogue, world.rules.language, world.rules.zone)
        channels = Channels(tuple(world.channels), world.rules.alerts_quiet)
        with self._tables.store.transaction():
            alerts.tell(self._tables, voice, channels, world.now())
            notices.forget(self._tables, world.now())

    def take(self) -> bool:
        """Settle what the lane delivered, or could not."""
        finished = self._lane.finished()
        for ended in finished:
            with self._tables.store.transaction():
                if ended.error is None:
                    notices.delivered(self._tables, ended.key)
                else:
                    log.debug("alert not delivered", extra=fields(error=ended.error))
                    notices.not_delivered(self._tables, ended.key, self._world.now())
        return bool(finished)

    def give(self) -> bool:
        """Hand the next notice that is due to the lane; with or without a link to WhatsApp."""
        for notice in notices.due(self._tables, self._world.now(), self._lane.look_ahead):
            if self._lane.takes(notice.id):
                self._lane.submit(notice.id, partial(self._deliver, notice))
                return True
        return False

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

    def _deliver(self, notice: OutsideNotice) -> None:
        channel = self._world.channels.get(notice.channel)
        if channel is None:
            raise LookupError(f"{notice.channel} is no longer among ALERT_URLS")
        channel(notice.title, notice.body, notice.severity)

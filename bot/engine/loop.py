"""One bounded round after another: links, events, finished work, orders, what is due, and the snapshot."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from bot.engine.alerts import Alerts
from bot.engine.backups import Backups
from bot.engine.blocks import Blocks
from bot.engine.captures import Captures
from bot.engine.cards import Cards
from bot.engine.directory import Directory
from bot.engine.inbox import Inbox
from bot.engine.jobs import Jobs
from bot.engine.orders import Orders
from bot.engine.outbox import Outbox
from bot.engine.outcomes import Outcomes
from bot.engine.papers import Papers
from bot.engine.reminders import Reminders
from bot.engine.scope import ScopeKeeper
from bot.engine.silence import Silence
from bot.engine.sweeping import Sweeper
from bot.engine.upkeep import Upkeep
from bot.engine.wishes import Wishes
from bot.engine.world import World
from bot.flows import linking, overview, undoing
from bot.flows.gallery import Gallery
from bot.flows.trends import Hindsight
from bot.metronome import Metronome
from bot.model.overview import HealthItem, Overview

log = logging.getLogger(__name__)

#: The engine looks around this often (seconds) when nothing wakes it.
IDLE = 0.5
#: The overview is counted anew at most this often (seconds), and so seldom that it takes no more than this share of
#: the engine's time.
PUBLISH_EVERY, PUBLISHING_SHARE = 1.0, 0.1


class Engine:
    """`step()` does one round; `run()` repeats it until it is told to stop. Only one thread may use it."""

    def __init__(
        self,
        world: World,
        publish: Callable[[Overview], None],
        health: Callable[[], tuple[HealthItem, ...]],
    ) -> None:
        self._world, self._publish, self._health = world, publish, health
        self._tables = world.tables
        self._started_at = world.now()
        self._publish_at = float("-inf")
        with self._tables.store.transaction():
            linking.started(self._tables, self._started_at)
        self._inbox = Inbox(world)
        self.outbox = Outbox(world)
        gallery = Gallery(world.tables, world.media, world.matcher)
        self._captures = Captures(world, gallery)
        self._orders = Orders(world, gallery, self.survey)
        self.reminders = Reminders(world)
        self._directory = Directory(world, self._inbox.bring_back)
        self.alerts = Alerts(world)
        outcomes, papers = Outcomes(world), Papers(world)
        self.backups = Backups(world)
        self.sweeper = Sweeper(world)
        self.upkeep = Upkeep(world, self.backups, self.sweeper)
        self.cards = Cards(world)
        self._parts = (
            self._orders, papers, self._captures, outcomes, self.outbox, self._directory, self.alerts,
            Wishes(world, self.backups), self.cards, self.backups, Blocks(world), self.sweeper,
        )  # fmt: skip
        self._scope = ScopeKeeper(world)
        self._silence = Silence(world)
        self.jobs = Jobs(world, self.upkeep.health)
        self._hindsight, self._counted = Hindsight(), overview.Counted()
        self._metronome = self._beats()

    def run(self, stopping: threading.Event, wake: threading.Event) -> None:
        """Work until `stopping` is set; `wake` ends a pause early."""
        log.info("engine started")
        try:
            while not stopping.is_set():
                if not self.step():
                    wake.wait(IDLE)
                wake.clear()
        finally:
            self.close()

    def step(self) -> bool:
        """One round; returns whether anything happened, so that another one is worth it at once."""
        guard = self._world.guard
        happened = guard("links", self._take_links)
        happened |= guard("scope", self._scope.give)
        happened |= guard("inbox", self._inbox.take)
        for part in self._parts:
            happened |= guard(f"{type(part).__name__} taking", part.take)
        for part in self._parts:
            happened |= guard(f"{type(part).__name__} giving", part.give)
        self._metronome.beat()
        guard("overview", self._show)
        return happened

    @property
    def is_idle(self) -> bool:
        """The lanes are empty: what is left, if anything, waits for its time."""
        return all(part.is_idle for part in self._parts)

    def survey(self) -> Overview:
        """The bot as it is now."""
        rules, world, now = self._world.rules, self._world, self._world.now()
        health = (*self.upkeep.health(), *self._health())
        return overview.survey(
            self._tables, world.gateway.link(), self.outbox.window, rules.zone, rules.language, self._started_at,
            rules.version, health, now, self._hindsight.look(self._tables, rules.zone, now),
            self.outbox.risk, self._counted,
        )  # fmt: skip

    def close(self) -> None:
        """Give the lanes no more work, and note that the bot was alive until now."""
        for part in self._parts:
            part.close()
        self.upkeep.beat()
        log.info("engine stopped")

    def _take_links(self) -> bool:
        links = self._world.gateway.transitions()
        rules = self._world.rules
        for link in links:
            with self._tables.store.transaction():
                linking.changed(self._tables, self._world.catalogue, rules.language, link)
            self.outbox.relinked()
            self._publish_at = float("-inf")
        if links:
            self.upkeep.watch()
        return bool(links)

    def _show(self) -> bool:
        clock = self._world.clock
        began = clock.monotonic()
        if began >= self._publish_at:
            self._publish(self.survey())
            ended = clock.monotonic()
            self._publish_at = ended + max(PUBLISH_EVERY, (ended - began) / PUBLISHING_SHARE)
        return False

    def _beats(self) -> Metronome:
        metronome = Metronome()
        metronome.every(30, "heartbeat", self.upkeep.beat)
        metronome.every(30, "watch", self.upkeep.watch)
        metronome.every(600, "silence", self._silence.look)
        metronome.every(10, "jobs", self.jobs.run_due)
        metronome.every(10, "alerts", self.alerts.tell)
        metronome.every(60, "journal", self._inbox.forget)
        metronome.every(15, "risk", self.outbox.look_around)
        metronome.every(30, "sequences", self.reminders.tick)
        metronome.every(60, "undo", self._forget_undone)
        metronome.every(3600, "limits", self.outbox.forget)
        metronome.every(3600, "copies", self._captures.forget)
        metronome.every(900, "cards", self.cards.look)
        metronome.every(3600, "strangers", self._inbox.forget_strangers)
        metronome.every(3600, "retention", self.sweeper.look)
        metronome.every(3600, "backup", self.backups.look)
        return metronome

    def _forget_undone(self) -> None:
        """What can be undone no longer is not kept: it holds what was deleted."""
        with self._tables.store.transaction():
            undoing.forget(self._tables, self._world.now())

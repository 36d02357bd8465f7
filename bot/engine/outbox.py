"""What the bot says: the next message that may go is committed as `sending`, sent by the lane, and settled."""

from __future__ import annotations

import logging
from functools import partial

from bot.engine.world import World
from bot.flows import allowances, clock_steps, permission, queueing, receipts, risks, sending
from bot.lanes import Finished, Lane
from bot.logs import fields
from bot.model.errors import GatewayError
from bot.model.limits import Limits
from bot.model.link import LinkState
from bot.model.outbox import OutboxItem
from bot.model.outgoing import Sent, ShowTyping
from bot.model.pacing import DAY, SendWindow
from bot.model.risk import Level, Risk

log = logging.getLogger(__name__)


class Outbox:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        self._lane = Lane[int]("send", 1, world.wake)
        with self._tables.store.transaction():
            self._anchor = clock_steps.begin(self._tables, world.clock)
            sending.settle_interrupted(self._tables, world.now())
        self.risk: Risk = risks.assess(self._tables, world.now())
        self.window: SendWindow = self._new_window()

    def take(self) -> bool:
        """Settle the messages that the lane sent, or could not send."""
        finished = self._lane.finished()
        for ended in finished:
            self._world.step(f"message {ended.key}", partial(self._settle, ended), partial(self._give_up, ended.key))
        return bool(finished)

    def give(self) -> bool:
        """Hand the next message that may go to the lane; nothing while there is no link."""
        self._watch_limits()
        if not self._lane.room or self._world.gateway.link().state is not LinkState.CONNECTED:
            return False
        self._watch_clock()
        only_control = self.risk.level is Level.RED or queueing.is_paused(self._tables)
        with self._tables.store.transaction():
            step = sending.next_step(
                self._tables, self.window, permission.refusal, self._world.random, self._world.now(),
                only_control=only_control,
            )  # fmt: skip
        if step is None:
            return False
        act = self._show_typing if step.typing else self._send
        self._lane.submit(step.item.id, partial(act, step.item))
        return True

    def relinked(self) -> None:
        """The link may be a new one, whose warm-up begins."""
        self.window.linked_at = sending.linked_at(self._tables)
        self.look_around()

    def look_around(self) -> None:
        """Assess the risk anew."""
        with self._tables.store.transaction():
            self.risk = risks.watch(self._tables, self._world.now())

    def forget(self) -> None:
        self.window.forget_before(self._world.now() - DAY)
        with self._tables.store.transaction():
            receipts.forget(self._tables, self._world.now())
            risks.forget(self._tables, self._world.now())

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

    def _watch_clock(self) -> None:
        """When the time of day was set, the window is built anew from the sends, which have moved along."""
        anchor = clock_steps.watch(self._tables, self._anchor, self._world.clock)
        if anchor is not self._anchor:
            self._anchor = anchor
            self.window = self._new_window()

    def _watch_limits(self) -> None:
        """The owner chose other limits, or the risk has changed."""
        if self._limits() != self.window.limits:
            self.window = self._new_window()

    def _new_window(self) -> SendWindow:
        return sending.window(self._tables, self._limits(), self._world.now())

    def _limits(self) -> Limits:
        """Those of the settings and the owner; slower when WhatsApp shows signs of displeasure."""
        rules = self._world.rules
        limits = allowances.in_force(self._tables, rules.limits)
        return limits if self.risk.level is Level.GREEN else limits.slowed()

    def _send(self, item: OutboxItem) -> Sent:
        return self._world.gateway.send(item.to, sending.outgoing(item, self._world.media, self._world.matcher))

    def _show_typing(self, item: OutboxItem) -> None:
        try:
            self._world.gateway.send(item.to, ShowTyping(True))
        except GatewayError as error:  # a courtesy; the message itself will tell whether the link works
            log.debug("typing not shown", extra=fields(reason=error.reason))

    def _settle(self, ended: Finished[int]) -> None:
        match ended.error:
            case None if isinstance(ended.value, Sent):
                sending.sent(self._tables, ended.key, ended.value, self._world.now())
            case None:
                pass  # typing was shown
            case GatewayError() as error:
                sending.send_failed(self._tables, ended.key, error, self._world.now())
                self.risk = risks.assess(self._tables, self._world.now())
            case bug:
                raise bug

    def _give_up(self, item_id: int, reference: str) -> None:
        """A bug of ours: the message is kept, as failed or in doubt, with the reference."""
        sending.broken(self._tables, item_id, reference)

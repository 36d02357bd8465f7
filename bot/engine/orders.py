"""The control chat's orders: in each chat one after the other, each with its pictures, each answered once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.engine.world import World
from bot.flows import attachments, control
from bot.flows.gallery import Gallery
from bot.lanes import Finished, Lane
from bot.model.chat import Order, OrderState
from bot.model.errors import GatewayError
from bot.model.overview import Overview

PartKey = tuple[int, int]  #: order, position


class Orders:
    def __init__(self, world: World, gallery: Gallery, survey: Callable[[], Overview]) -> None:
        self._world = world
        self._tables = world.tables
        self._gallery = gallery
        self._survey = survey
        self._lane = Lane[PartKey]("picture", 2, world.wake)

    def take(self) -> bool:
        """Record the pictures that the lane obtained."""
        finished = self._lane.finished()
        for ended in finished:
            order_id, position = ended.key
            self._world.step(
                f"picture {position} of order {order_id}",
                partial(self._obtained, ended),
                partial(self._give_up, order_id),
            )
        return bool(finished)

    def give(self) -> bool:
        """Go on with each order whose turn it is; one that waits for nothing more is answered at once."""
        served = False
        for order in control.turns(self._tables, self._world.now()):
            if order.state is OrderState.FETCHING and control.missing_parts(order):
                served |= self._fetch(order)
            else:
                self._world.step(f"order {order.id}", partial(self._serve, order), partial(self._give_up, order.id))
                served = True
        return served

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

    def _serve(self, order: Order) -> None:
        world = self._world
        ready: Order | None = order
        if order.state is OrderState.GATHERING:
            ready = control.begin(self._tables, world.dispatcher, order, world.now())
        if ready is not None and not control.missing_parts(ready):
            control.answer(self._tables, world.dispatcher, ready, self._survey(), world.now())
            self._gallery.described(part.sha256 for part in ready.parts if part.picture)

    def _fetch(self, order: Order) -> bool:
        world, given = self._world, False
        eyes = attachments.Eyesight(world.gateway, world.media, world.matcher, world.rules.patience)
        for position in control.missing_parts(order):
            if self._lane.takes((order.id, position)):
                part, sought = order.parts[position], self._gallery.sought(world.rules.thresholds)
                self._lane.submit((order.id, position), partial(attachments.obtain, eyes, order.need, sought, part))
                given = True
        return given

    def _obtained(self, ended: Finished[PartKey]) -> None:
        order_id, position = ended.key
        now = self._world.now()
        match ended.error:
            case None:
                control.obtained(self._tables, order_id, position, ended.value, now)
            case GatewayError() as error:
                control.not_obtained(self._tables, order_id, position, error, now)
            case bug:
                raise bug

    def _give_up(self, order_id: int, reference: str) -> None:
        """A bug of ours: the asker gets a reference, the log has the traceback."""
        order = self._tables.orders.get(order_id)
        if order is not None:
            words = self._world.catalogue.say("error.bug", self._world.rules.language, reference=reference)
            control.apologise(self._tables, order, words, self._world.now())

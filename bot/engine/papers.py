"""Promised papers are made one at a time in a lane; what takes long tells how far it is."""

from __future__ import annotations

from functools import partial

from bot.engine.world import World
from bot.flows import papers
from bot.lanes import Finished, Lane
from bot.model.chat import Order, say
from bot.model.errors import UserError

#: Seconds after which the asker is told how far the work is, and between two such edits.
TELL_EVERY = 5.0


class Papers:
    def __init__(self, world: World) -> None:
        self._world = world
        self._tables = world.tables
        self._lane = Lane[int]("paper", 1, world.wake)
        self._progress: dict[int, tuple[int, int]] = {}  #: by order; written by the lane
        self._told: dict[int, float] = {}

    def take(self) -> bool:
        """Send what was made, or say why it was not."""
        finished = self._lane.finished()
        for ended in finished:
            self._progress.pop(ended.key, None)
            self._told.pop(ended.key, None)
            self._world.step(f"paper of order {ended.key}", partial(self._settle, ended), partial(self._give_up, ended))
        return bool(finished)

    def give(self) -> bool:
        """Begin with the next paper, and tell how far the work is."""
        given = False
        for order in papers.due(self._tables, self._lane.look_ahead):
            if self._lane.takes(order.id):
                self._begin(order)
                given = True
            elif order.id in self._progress:
                given |= self._tell(order)
        return given

    @property
    def is_idle(self) -> bool:
        return self._lane.is_idle

    def close(self) -> None:
        self._lane.close()

    def _begin(self, order: Order) -> None:
        world, rules, paper = self._world, self._world.rules, papers.next_paper(order)
        sources = papers.Sources(
            world.tables, world.media, world.matcher, world.catalogue, order.language or rules.language, rules.zone,
            world.now(),
        )  # fmt: skip
        self._told[order.id] = world.clock.monotonic()
        job = partial(papers.make, world.makers[paper.kind], paper, sources, partial(self._note, order.id))
        self._lane.submit(order.id, job)

    def _note(self, order_id: int, done: int, total: int) -> None:
        """Called from the lane."""
        self._progress[order_id] = (done, total)

    def _tell(self, order: Order) -> bool:
        now = self._world.clock.monotonic()
        if now - self._told[order.id] < TELL_EVERY:
            return False
        self._told[order.id] = now
        done, total = self._progress[order.id]
        with self._tables.store.transaction():
            papers.progressed(self._tables, self._world.catalogue, order, done, total, self._world.now())
        return True

    def _settle(self, ended: Finished[int]) -> None:
        world = self._world
        match ended.error:
            case None:
                papers.made(self._tables, world.catalogue, ended.key, ended.value, world.now())
            case UserError() as error:
                why = say(error.key, **error.facts)
                papers.failed(self._tables, world.catalogue, ended.key, why, world.now())
            case bug:
                raise bug

    def _give_up(self, ended: Finished[int], reference: str) -> None:
        """A bug of ours: the asker gets a reference, the log has the traceback."""
        why = say("papers.bug", reference=reference)
        papers.failed(self._tables, self._world.catalogue, ended.key, why, self._world.now())

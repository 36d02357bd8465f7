"""Scheduled jobs in the engine's round: those that are due, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bot.engine.world import World
from bot.flows import jobs, timetable
from bot.flows.voice import Voice
from bot.model.job import Job
from bot.model.overview import HealthItem


class Jobs:
    def __init__(self, world: World, health: Callable[[], tuple[HealthItem, ...]]) -> None:
        self._world = world
        self._health = health
        self._tables = world.tables

    def run_due(self) -> None:
        """Bring the jobs in line with what is wanted, and do those whose time has come; the metronome's beat."""
        world, voice = self._world, self.voice
        with self._tables.store.transaction():
            jobs.declare(self._tables, timetable.wanted(self._tables, world.now()), voice, world.now())
            due = jobs.due(self._tables, voice, world.now())
        for job in due:
            world.step(f"job {job.key}", partial(self._run, job), partial(self._give_up, job))

    @property
    def voice(self) -> Voice:
        rules = self._world.rules
        return Voice(self._world.catalogue, rules.language, rules.zone)

    def _run(self, job: Job) -> None:
        jobs.run(self._tables, timetable.DUTIES, job, self.voice, self._world.now(), self._health())

    def _give_up(self, job: Job, reference: str) -> None:
        jobs.failed(self._tables, job.id, reference, self.voice, self._world.now())

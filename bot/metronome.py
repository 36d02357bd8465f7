"""Small upkeep that repeats: `schedule` beats the time in the engine's round; one failing job harms no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import schedule

from bot.logs import fields

log = logging.getLogger(__name__)


class Metronome:
    def __init__(self) -> None:
        self._scheduler = schedule.Scheduler()

    def every(self, seconds: int, name: str, job: Callable[[], None]) -> None:
        """Run `job` at the next beat, and then every so many seconds."""

        def run() -> None:
            try:
                job()
            except Exception:  # schedule would skip all other jobs of this beat
                log.exception("upkeep failed", extra=fields(job=name))

        self._scheduler.every(seconds).seconds.do(run).next_run = datetime.now()

    def beat(self) -> None:
        """Run what is due; a clock that was set back does not silence the metronome until it has caught up."""
        now = datetime.now()
        for job in self._scheduler.jobs:
            if job.next_run is not None and job.next_run - now > timedelta(seconds=job.interval):
                job.next_run = now
        self._scheduler.run_pending()

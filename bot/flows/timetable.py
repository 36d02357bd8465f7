"""What the bot does by itself and when: the duties of product.md §9, and the jobs that should exist now.

A new duty: write its function (`Work` in, whether there was anything to do out), add a `Duty` below, and its name as
`job.<kind>` to the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.flows import bulletins
from bot.flows.jobs import Duty, Wanted
from bot.model.plan import daily
from storage.tables import Tables

HOUR = timedelta(hours=1)

_ALL = (
    Duty("morning_plan", bulletins.morning_plan, useful_for=4 * HOUR, plan=daily(8)),
    Duty("evening_summary", bulletins.evening_summary, useful_for=3 * HOUR, plan=daily(20)),
)

DUTIES: Mapping[str, Duty] = {duty.kind: duty for duty in _ALL}


def wanted(tables: Tables) -> Iterator[Wanted]:
    """The product's own jobs."""
    for duty in _ALL:
        if duty.plan is not None:
            yield Wanted(duty.kind, duty.kind, duty.plan, {})

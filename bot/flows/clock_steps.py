"""The time of day was set: the recent sends and the waiting messages move along, so that every limit keeps its length.

A clock that is set back would otherwise block for as long, and one that is set forward would allow a burst. Within one
start of the machine the step is known exactly, also across restarts of the bot. Across starts of the machine only a
step back shows, by sends that lie in the future; a step forward cannot be told from time that the machine was off.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.flows import sending
from bot.logs import fields
from bot.model.clock_step import STEP, Anchor
from bot.model.document import to_document
from bot.model.outbox import SendState
from bot.model.pacing import DAY
from storage.query import where
from storage.tables import Tables

log = logging.getLogger(__name__)

#: No limit makes a message wait longer than this: 24 hours for a slot, and then for the end of the quiet hours.
LONGEST_WAIT = 2 * DAY
#: Name of the fact: `time of day in ms|elapsed seconds|start of the machine`.
ANCHOR = "clock_anchor"


def begin(tables: Tables, clock: Clock) -> Anchor:
    """At the start, within a transaction: was the clock set while the bot was off?"""
    here, last = _look(clock), _stored(tables)
    is_known = last is not None and last.is_of(here.boot)
    step = last.step_until(here) if last is not None and is_known else timedelta()
    return _moved(tables, step or _back_by(tables, here.wall), here)


def watch(tables: Tables, anchor: Anchor, clock: Clock) -> Anchor:
    """Was the clock set since the anchor was taken? The same anchor when it was not, else a new one."""
    here = _look(clock)
    step = anchor.step_until(here)
    if not step:
        return anchor
    with tables.store.transaction():
        return _moved(tables, step, here)


def _look(clock: Clock) -> Anchor:
    return Anchor(clock.now(), clock.elapsed(), clock.boot())


def _moved(tables: Tables, step: timedelta, here: Anchor) -> Anchor:
    """Move what depends on the time of day, and remember how the clocks stand."""
    if step:
        log.warning("the clock was set", extra=fields(seconds=round(step.total_seconds())))
        _move(tables, step, here.wall)
    _shorten_waits(tables, here.wall)
    tables.facts.set(ANCHOR, f"{to_document(here.wall)}|{here.elapsed!r}|{here.boot}")
    return here


def _move(tables: Tables, step: timedelta, now: datetime) -> None:
    """The sends that a limit may count, the beginning of the warm-up, and waits that would be longer.

    Those are the sends of the last day by the old clock; and by the new one, so that none is left in the future.
    """
    counted_from = min(now, now - step) - DAY
    for item in tables.outbox.find(where("sending_at") > to_document(counted_from)):
        if item.sending_at is not None:
            tables.outbox.save(replace(item, sending_at=item.sending_at + step))
    linked_at = sending.linked_at(tables)
    if linked_at is not None:
        tables.facts.set(sending.LINKED_AT, to_document(linked_at + step))
    if step < timedelta():
        for item in tables.outbox.find(where("state") == SendState.QUEUED.value):
            tables.outbox.save(replace(item, not_before=item.not_before + step))


def _back_by(tables: Tables, now: datetime) -> timedelta:
    """The machine was started anew: the newest send cannot lie in the future."""
    in_future = where("sending_at") > to_document(now + STEP)
    newest = tables.outbox.find(in_future, order_by="sending_at", reverse=True, limit=1)
    latest = newest[0].sending_at if newest else None
    return now - latest if latest is not None else timedelta()


def _shorten_waits(tables: Tables, now: datetime) -> None:
    """What would wait longer than any limit asks for was given its time by a clock that has been set back since."""
    far_off = (where("state") == SendState.QUEUED.value) & (where("not_before") > to_document(now + LONGEST_WAIT))
    for item in tables.outbox.find(far_off):
        tables.outbox.save(replace(item, not_before=now))


def _stored(tables: Tables) -> Anchor | None:
    kept = tables.facts.get(ANCHOR)
    if not isinstance(kept, str):
        return None
    wall, elapsed, boot = kept.split("|", 2)
    return Anchor(datetime.fromtimestamp(int(wall) / 1000, UTC), float(elapsed), boot)

"""How much of a period was seen, counted from the changes of the link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.model.coverage import MADE_UP_FOR, Blind, Coverage
from bot.model.document import to_document
from bot.model.incident import LinkChange
from bot.model.link import LinkState
from storage.query import where
from storage.tables import Tables


def coverage(tables: Tables, start: datetime, end: datetime) -> Coverage:
    """What was seen between two moments; before its first start the bot saw nothing."""
    if end <= start:
        return Coverage()
    spans = list(_spans(tables, start, end))
    unseen = _merged(span for span in spans if span.reason is not LinkState.CONNECTED)
    hidden = sum((blind.length for blind in unseen), timedelta())
    return Coverage(end - start, end - start - hidden, tuple(b for b in unseen if b.length >= MADE_UP_FOR))


def first_start(tables: Tables, now: datetime) -> datetime:
    """When the bot was started for the first time; `now` if that is yet to come."""
    first = tables.link_log.find(where("at") > 0, order_by="at", limit=1)
    return first[0].at if first else now


def _spans(tables: Tables, start: datetime, end: datetime) -> Iterator[Blind]:
    """The whole period, cut where the link changed; each part with the state that it had."""
    before = tables.link_log.find(where("at") <= to_document(start), order_by="at", reverse=True, limit=1)
    within = (where("at") > to_document(start)) & (where("at") < to_document(end))
    changes = before + tables.link_log.find(within, order_by="at")
    if not before:
        changes = [LinkChange(0, start, LinkState.STOPPED), *changes]
    ends = [change.at for change in changes[1:]] + [end]
    for change, until in zip(changes, ends, strict=True):
        since = max(change.at, start)
        if until > since:
            yield Blind(since, until, change.state)


def _merged(blind: Iterable[Blind]) -> list[Blind]:
    """Parts that touch are one; it is called after its longest part."""
    groups: list[list[Blind]] = []
    for part in blind:
        if groups and groups[-1][-1].end == part.start:
            groups[-1].append(part)
        else:
            groups.append([part])
    return [Blind(g[0].start, g[-1].end, max(g, key=lambda part: part.length).reason) for g in groups]

"""Which files are still needed: everything else in the media store is swept away (product.md §11)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, cast

from bot.model.capture import SETTLED, CaptureState, Verdict
from bot.model.chat import OrderState
from bot.model.document import to_document
from bot.model.outbox import SendState
from bot.model.privacy import Keeping
from storage.query import QueryInstance, where
from storage.rows import Rows
from storage.tables import Tables

#: A wizard or menu may come back for so long to the pictures that were sent with a command.
ASKED = timedelta(hours=24)
#: A file that no row names yet may still be on its way into one.
GRACE = timedelta(hours=1)
#: Messages that still need their files.
_WAITING = (SendState.QUEUED, SendState.SENDING, SendState.IN_DOUBT)
#: Numbers that one question names.
_AT_ONCE = 400
_JUDGED = ("capture_id", "verdict", "card", "posted_at")
_MATCH = cast(QueryInstance, where("verdict") == Verdict.MATCH.value)


def needed(tables: Tables, spans: Keeping, now: datetime, among: Collection[str]) -> frozenset[str]:
    """Which of these files, a few hundred at most, must stay; by their SHA-256. Any thread may ask."""
    asked = list(among)
    named = (
        _of_frames(tables, asked), _of_captures(tables, spans, now, asked), _of_cards(tables, asked),
        _of_orders(tables, now), _of_outbox(tables), _of_doings(tables),
    )  # fmt: skip
    return frozenset(asked).intersection(chain.from_iterable(named))


def of_backups(tables: Tables) -> Iterator[str]:
    """The files that a restored bot cannot do without."""
    for frame in tables.frames.all():
        yield from (frame.sha256, frame.features)
    for (card,) in tables.judgements.pluck(_MATCH, "card"):
        if card:
            yield card


def _of_frames(tables: Tables, asked: list[str]) -> Iterator[str]:
    for field in ("sha256", "features"):
        yield from _plucked(tables.frames, where(field).one_of(asked), field)


def _of_captures(tables: Tables, spans: Keeping, now: datetime, asked: list[str]) -> Iterator[str]:
    """Those not judged yet, the recent ones, those that wait for a person, and matches until their card is drawn."""
    open_states = where("state").one_of([state.value for state in CaptureState if state not in SETTLED])
    in_use = open_states | (where("posted_at") > to_document(now - spans.non_matching))
    used = set(_plucked(tables.captures, where("media_sha256").one_of(asked) & in_use, "media_sha256"))
    yield from used
    others = where("media_sha256").one_of([each for each in asked if each not in used])
    for number in _proofs(tables, tables.captures.numbers(others), to_document(now - spans.matching)):
        capture = tables.captures.get(number)
        if capture is not None:
            yield capture.media_sha256


def _proofs(tables: Tables, captures: list[int], fresh_from: int) -> Iterator[int]:
    """Which captures, thousands where many post the same file, wait for a person, or match and may be asked for."""
    for start in range(0, len(captures), _AT_ONCE):
        of_them = where("capture_id").one_of(captures[start : start + _AT_ONCE])
        for number, verdict, card, posted_at in tables.judgements.pluck(of_them, *_JUDGED):
            is_fresh_match = verdict == Verdict.MATCH.value and (not card or posted_at > fresh_from)
            if is_fresh_match or verdict == Verdict.REVIEW.value:
                yield number


def _of_cards(tables: Tables, asked: list[str]) -> Iterator[str]:
    """Those that are drawn already."""
    return _plucked(tables.judgements, _MATCH & where("card").one_of(asked), "card")


def _of_orders(tables: Tables, now: datetime) -> Iterator[str]:
    """Pictures of what is not answered yet, and of what a wizard or menu may still come back to."""
    unanswered = where("state").one_of([state.value for state in OrderState if state is not OrderState.DONE])
    for query in (unanswered, where("received_at") > to_document(now - ASKED)):
        for order in tables.orders.find(query):
            for part in order.parts:
                yield part.sha256
                if part.picture is not None:
                    yield part.picture.features


def _of_outbox(tables: Tables) -> Iterator[str]:
    waiting = where("state").one_of([state.value for state in _WAITING])
    return _plucked(
        tables.outbox, waiting, "media_sha256", "evidence.found.sha256", "evidence.media_sha256", "evidence.card"
    )


def _of_doings(tables: Tables) -> Iterator[str]:
    """What a command deleted comes back when it is undone."""
    for doing in tables.doings.all():
        for change in doing.changes:
            before = change["before"] or {}
            yield from (str(before.get(field)) for field in ("sha256", "features", "media_sha256", "card"))


def _plucked(rows: Rows[Any], query: QueryInstance, *fields: str) -> Iterator[str]:
    return (value for values in rows.pluck(query, *fields) for value in values if value)


#: How much was deleted since the last monthly report, by what it was; single values among the facts.
_DELETED = ("files", "captures", "results", "messages", "contacts")


def count(tables: Tables, what: str, how_many: int) -> None:
    """Remember for the monthly report that something was deleted: one of `_DELETED`."""
    if how_many:
        tables.facts.set(f"deleted_{what}", tables.facts.number(f"deleted_{what}") + how_many)


def counted(tables: Tables) -> dict[str, int]:
    return {what: tables.facts.number(f"deleted_{what}") for what in _DELETED}


def count_anew(tables: Tables) -> None:
    for what in _DELETED:
        tables.facts.set(f"deleted_{what}", 0)

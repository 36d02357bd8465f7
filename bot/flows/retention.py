"""Which files are still needed: everything else in the media store is swept away (product.md §11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.model.capture import SETTLED, CaptureState, Verdict
from bot.model.chat import OrderState
from bot.model.document import to_document
from bot.model.outbox import SendState
from bot.model.privacy import Keeping
from storage.query import where
from storage.tables import Tables

#: A wizard or menu may come back for so long to the pictures that were sent with a command.
ASKED = timedelta(hours=24)
#: A file that no row names yet may still be on its way into one.
GRACE = timedelta(hours=1)


def needed(tables: Tables, spans: Keeping, now: datetime) -> frozenset[str]:
    """The SHA-256 of every file that must stay."""
    return frozenset(
        {*_of_frames(tables), *_of_captures(tables, spans, now), *_of_cards(tables), *_of_orders(tables, now),
         *_of_outbox(tables)}
    )  # fmt: skip


def of_backups(tables: Tables) -> Iterator[str]:
    """The files that a restored bot cannot do without."""
    yield from _of_frames(tables)
    yield from _of_cards(tables)


def _of_frames(tables: Tables) -> Iterator[str]:
    for frame in tables.frames.all():
        yield frame.sha256
        yield frame.features


def _of_captures(tables: Tables, spans: Keeping, now: datetime) -> Iterator[str]:
    """Those not judged yet, the recent ones, those that wait for a person, and matches until their card is drawn."""
    open_states = [state.value for state in CaptureState if state not in SETTLED]
    recent = where("posted_at") > to_document(now - spans.non_matching)
    for (sha256,) in tables.captures.pluck(where("state").one_of(open_states) | recent, "media_sha256"):
        yield sha256
    waits = where("verdict") == Verdict.REVIEW.value
    fresh = (where("card") == "") | (where("posted_at") > to_document(now - spans.matching))
    for (number,) in tables.judgements.pluck(waits | ((where("verdict") == Verdict.MATCH.value) & fresh), "capture_id"):
        proof = tables.captures.get(number)
        if proof is not None:
            yield proof.media_sha256


def _of_cards(tables: Tables) -> Iterator[str]:
    """Those that are drawn already."""
    for (card,) in tables.judgements.pluck(where("verdict") == Verdict.MATCH.value, "card"):
        if card:
            yield card


def _of_orders(tables: Tables, now: datetime) -> Iterator[str]:
    """Pictures of what is not answered yet, and of what a wizard or menu may still come back to."""
    recent = where("received_at") > to_document(now - ASKED)
    for order in tables.orders.find((where("state") != OrderState.DONE.value) | recent):
        for part in order.parts:
            yield part.sha256
            if part.picture is not None:
                yield part.picture.features


def _of_outbox(tables: Tables) -> Iterator[str]:
    for state in (SendState.QUEUED, SendState.SENDING, SendState.IN_DOUBT):
        for item in tables.outbox.find(where("state") == state.value):
            yield item.media_sha256
            if item.evidence is not None:
                yield item.evidence.found.sha256
                yield item.evidence.media_sha256


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

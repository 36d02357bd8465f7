"""The media of a status: downloaded, tried again, taken from another copy or from the small picture, or given up."""

from __future__ import annotations

import logging
from base64 import b64decode
from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import capture as capturing
from bot.flows.capture import Patience
from bot.logs import fields
from bot.model import copies
from bot.model.capture import Capture, CaptureState, MissReason
from bot.model.errors import GatewayError
from bot.model.event import Media
from bot.ports import Gateway
from storage.media import MediaStore
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Waits between the tries of a download; the last one repeats.
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600))
_REASON_OF_REFUSAL = {
    "expired": MissReason.EXPIRED,
    "too_large": MissReason.TOO_LARGE,
    "corrupt": MissReason.REFUSED,
}


def due_downloads(tables: Tables, now: datetime, limit: int) -> list[Capture]:
    return capturing.due(tables, CaptureState.TO_FETCH, now, limit)


def fetch(gateway: Gateway, store: MediaStore, media: Media, patience: Patience) -> str:
    """Download a file into the media store and return its SHA-256; runs in a lane, not in the engine.

    Raises GatewayError; a file announced as larger than the limit is refused before the download.
    """
    _check_size(media.size, patience)
    target = store.incoming()
    try:
        gateway.download(media, target, patience.per_try)
        _check_size(target.stat().st_size, patience)
        return store.adopt(target)
    finally:
        target.unlink(missing_ok=True)


def view(gateway: Gateway, media: Media, patience: Patience) -> bytes:
    """The file of a status that may be seen once, in memory only; runs in a lane. Raises GatewayError."""
    _check_size(media.size, patience)
    content = gateway.view(media, patience.per_try)
    _check_size(len(content), patience)
    return content


def is_wanted(tables: Tables, capture_id: int, media: Media) -> bool:
    """Whether a download that ended is still what its capture waits for: a better copy may have come meanwhile."""
    capture = tables.captures.get(capture_id)
    return capture is not None and capture.media is not None and capture.media.payload == media.payload


def fetched(tables: Tables, capture_id: int, sha256: str, now: datetime) -> None:
    """The media is here: it waits for its judgement."""
    capture = tables.captures.get(capture_id)
    if capture is None or capture.state is not CaptureState.TO_FETCH:
        return
    tables.captures.save(
        replace(
            capture, state=CaptureState.TO_JUDGE, media_sha256=sha256, due_at=now, from_thumbnail=False, reason=None,
            detail="",
        )
    )  # fmt: skip


def failed(
    tables: Tables, store: MediaStore, capture_id: int, error: GatewayError, patience: Patience, now: datetime
) -> None:
    """Try again later, or give this copy of the media up; being without a connection costs no try."""
    capture = tables.captures.get(capture_id)
    if capture is None or capture.state is not CaptureState.TO_FETCH:
        return
    if error.reason == "not_connected":
        tables.captures.save(replace(capture, due_at=now + RETRY_AFTER[0]))
        return
    tries = capture.tries + 1
    if error.permanent or tries >= patience.tries:
        _give_up(tables, store, replace(capture, tries=tries), error, now)
        return
    wait = RETRY_AFTER[min(tries, len(RETRY_AFTER)) - 1]
    tables.captures.save(replace(capture, tries=tries, due_at=now + wait))


def _give_up(tables: Tables, store: MediaStore, capture: Capture, error: GatewayError, now: datetime) -> None:
    """Another copy of the post is as good; the small picture inside the message is better than nothing."""
    reason = _REASON_OF_REFUSAL.get(error.reason, MissReason.UNREACHABLE)
    spare = copies.next_copy(capture, now)
    if spare is not None:
        tables.captures.save(spare)
    elif capture.media is not None and capture.media.thumbnail:
        small = store.put(b64decode(capture.media.thumbnail))
        tables.captures.save(
            replace(
                capture, state=CaptureState.TO_JUDGE, media_sha256=small, from_thumbnail=True, reason=reason,
                detail=str(error), due_at=now,
            )
        )  # fmt: skip
        log.info("only the small picture of a status is left", extra=fields(capture=capture.id, reason=reason))
    else:
        capturing.missed(tables, capture, reason, str(error), now)


def _check_size(size: int, patience: Patience) -> None:
    if size > patience.max_bytes:
        raise GatewayError("too_large", f"{size} bytes", permanent=True)

"""Files sent with an order: downloaded, and read as a frame, as a table, or compared with what is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.flows.capture import Patience
from bot.flows.fetching import fetch
from bot.flows.judging import found_from
from bot.flows.looking import Sought, look
from bot.flows.table_files import MOST_BYTES, UnreadableTable, read_table
from bot.model.chat import Need, OrderPart, Picture
from bot.model.document import from_document
from bot.model.errors import GatewayError, UnreadableMedia
from bot.model.event import Media, MediaKind
from bot.ports import Gateway, Matcher
from storage.media import MediaStore


@dataclass(frozen=True)
class Eyesight:
    """What a lane needs to obtain and look at a file."""

    gateway: Gateway
    store: MediaStore
    matcher: Matcher
    patience: Patience


def obtain(eyes: Eyesight, need: Need, sought: Sequence[Sought], part: OrderPart) -> OrderPart:
    """Download a file and have the matcher look at it; runs in a lane. Raises GatewayError to be tried again."""
    media = from_document(Media, part.media)
    if need is Need.TABLE:
        return _as_table(eyes, part, media)
    if media.kind is MediaKind.DOCUMENT or (need is Need.PICTURES and media.kind is MediaKind.VIDEO):
        return replace(part, failure="not_a_picture")
    try:
        sha256 = part.sha256 or fetch(eyes.gateway, eyes.store, media, eyes.patience)
        here = replace(part, sha256=sha256)
        content = eyes.store.read(sha256)
        return _as_frame(eyes, here, content) if need is Need.PICTURES else _compared(eyes, here, content, sought)
    except UnreadableMedia as error:
        return replace(part, failure=error.reason)
    except GatewayError as error:
        return _refused(part, error)


def _as_table(eyes: Eyesight, part: OrderPart, media: Media) -> OrderPart:
    if media.kind is not MediaKind.DOCUMENT:
        return replace(part, failure="not_a_table")
    if media.size > MOST_BYTES:
        return replace(part, failure="table_too_large")
    try:
        sha256 = part.sha256 or fetch(eyes.gateway, eyes.store, media, eyes.patience)
        return replace(part, sha256=sha256, table=read_table(eyes.store.read(sha256)))
    except UnreadableTable as error:
        return replace(part, failure=error.reason)
    except GatewayError as error:
        return _refused(part, error)


def _refused(part: OrderPart, error: GatewayError) -> OrderPart:
    """A file that WhatsApp does not give; raises the error when it may do so later."""
    if not error.permanent:
        raise error
    return replace(part, failure="too_large" if error.reason == "too_large" else "gone")


def _as_frame(eyes: Eyesight, part: OrderPart, content: bytes) -> OrderPart:
    seen = eyes.matcher.describe(part.sha256, content)
    return replace(part, picture=Picture(eyes.store.put(seen.features), seen.width, seen.height, seen.advice))


def _compared(eyes: Eyesight, part: OrderPart, content: bytes, sought: Sequence[Sought]) -> OrderPart:
    is_video = from_document(Media, part.media).kind is MediaKind.VIDEO
    scores = look(eyes.matcher, content, sought, is_video=is_video)
    return replace(part, found=tuple(found_from(score) for score in scores))

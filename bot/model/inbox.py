"""The documents of the inbox journal: events with their name, and what could not be translated."""

from __future__ import annotations

from typing import Any

from bot.model.document import from_document, to_document
from bot.model.event import AddressLearned, DirectSeen, Event, MessageSeen, PhoneSeen, ReceiptSeen

_KINDS: dict[str, type[Event]] = {
    "message": MessageSeen,
    "receipt": ReceiptSeen,
    "address": AddressLearned,
    "direct": DirectSeen,
    "phone": PhoneSeen,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class UnreadableEventError(ValueError):
    """A document of the inbox that holds no event; the engine keeps it among the dead letters."""


def write_event(event: Event) -> dict[str, Any]:
    """The JSON-ready document of an event."""
    return {"event": _NAMES[type(event)], **to_document(event)}


def write_untranslated(kind: str, raw: str, fault: str) -> dict[str, Any]:
    """An event that the translation failed on: its protobuf name and base64 bytes, so that nothing received is lost."""
    return {"event": "untranslated", "kind": kind, "raw": raw, "fault": fault}


def read_event(document: dict[str, Any]) -> Event:
    """The event of a document; raises UnreadableEventError for an untranslated or malformed one."""
    name = document.get("event", "")
    if name not in _KINDS:
        kind, fault = document.get("kind", "?"), document.get("fault", "?")
        raise UnreadableEventError(f"an event of kind {name!r} ({kind}: {fault})")
    try:
        return from_document(_KINDS[name], document)
    except Exception as error:  # cattrs raises groups of many types
        raise UnreadableEventError(f"the fields of a {name!r} event do not fit: {error}") from error

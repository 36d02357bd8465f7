"""The words that the gateway and the WhatsApp process exchange: one JSON document per message, no pickle.

Gateway to process: `{"do": Do, "request": int, ...}`. Process to gateway: `{"tell": Tell, ...}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.model.document import from_document, to_document
from bot.model.errors import GatewayError
from bot.model.outgoing import (
    Outgoing,
    SendDocument,
    SendEdit,
    SendImage,
    SendReaction,
    SendText,
    ShowTyping,
)


class Do(StrEnum):
    """What the process is asked for."""

    PING = "ping"
    WATCH = "watch"  #: `watched` is a model.watched.Watched; no answer
    SEND = "send"  #: `to`, `what`; answered with `sent`
    DOWNLOAD = "download"  #: `payload`, `size`, `seconds` for each way of getting it, `target`
    VIEW = "view"  #: as DOWNLOAD without `target`; answered with the file itself in base64, nothing is written
    PROBE = "probe"  #: answered when WhatsApp has answered
    FIND = "find"  #: `phone`; answered with the account's LID, null when there is no such account
    PAIRING_CODE = "pairing_code"  #: `phone`; answered with `code`
    LOGOUT = "logout"
    STOP = "stop"  #: no answer: the process ends


class Tell(StrEnum):
    """What the process says."""

    HERE = "here"  #: it has begun to listen to the gateway
    APPENDED = "appended"  #: events are in the journal up to `sequence`
    NOTICE = "notice"  #: `notice` is a model.link.Notice
    ANSWER = "answer"  #: `request`, and either `result` or `error`
    PONG = "pong"


class Exit(IntEnum):
    """Exit statuses of the process; negative ones are signals."""

    ASKED = 0  #: it was told to stop
    PARENT_GONE = 3  #: the connection to the gateway broke
    JOURNAL_HELD = 4  #: another process still writes the journal
    CONNECT_FAILED = 5  #: the first connection failed: no network, a proxy or DNS error
    EVENTS_ENDED = 6  #: the library stopped delivering events (see neonize's NeonizeError from `connect`)
    BAD_START = 7  #: the configuration on stdin could not be used
    BANNED = 8  #: WhatsApp banned the account for a reason that neonize has no name for
    REFUSED = 9  #: WhatsApp refused the connection for a reason that neonize has no name for


@dataclass(frozen=True)
class Configuration:
    """What the process needs to know; one JSON line on its standard input, never its command line (it holds a key)."""

    address: str  #: of the gateway's listener
    key: str  #: hex, authenticates the connection
    session: Path  #: the library's session database
    journal: Path  #: folder of the inbox journal
    device_name: str  #: as shown on the phone among the linked devices
    proxy: str = ""
    above: int = 0  #: the journal's numbers stay greater than this one


def write(connection: Connection, document: dict[str, Any]) -> None:
    connection.send_bytes(json.dumps(document).encode())


def read(connection: Connection) -> dict[str, Any]:
    """The next document; raises EOFError or OSError when the other side is gone."""
    document: dict[str, Any] = json.loads(connection.recv_bytes())
    return document


_ACTS: dict[str, type[Outgoing]] = {
    "text": SendText,
    "image": SendImage,
    "document": SendDocument,
    "reaction": SendReaction,
    "edit": SendEdit,
    "typing": ShowTyping,
}
_ACT_NAMES = {act: name for name, act in _ACTS.items()}


def write_outgoing(what: Outgoing) -> dict[str, Any]:
    return {"act": _ACT_NAMES[type(what)], **to_document(what)}


def read_outgoing(document: dict[str, Any]) -> Outgoing:
    return from_document(_ACTS[document["act"]], document)


def write_error(error: GatewayError) -> dict[str, Any]:
    return {
        "reason": error.reason,
        "detail": error.detail,
        "permanent": error.permanent,
        "in_doubt": error.in_doubt,
    }


def read_error(document: dict[str, Any]) -> GatewayError:
    return GatewayError(
        document["reason"],
        document["detail"],
        permanent=document["permanent"],
        in_doubt=document["in_doubt"],
    )

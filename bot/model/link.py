"""The life of the link to WhatsApp: its states, what the WhatsApp process reports, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model.identity import Jid

#: Waits before the WhatsApp process is started again, by number of failures in a row (product.md §8).
BACKOFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 300, 600))
#: After this long connected, the next failure counts as the first one again.
STABLE = timedelta(minutes=10)


class LinkState(StrEnum):
    STARTING = "starting"  #: the WhatsApp process is being started
    NOT_LINKED = "not_linked"  #: no account is linked and no code is shown
    QR_SHOWN = "qr_shown"  #: a QR code waits to be scanned
    PAIRING_CODE = "pairing_code"  #: an eight-character code waits to be typed on the phone
    CONNECTING = "connecting"  #: linked; the connection is being made
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"  #: the connection was lost; a next try is coming
    REPLACED = "replaced"  #: another session of the same linked device took over
    LOGGED_OUT = "logged_out"  #: the phone or WhatsApp removed this device
    BANNED = "banned"  #: temporarily banned, with a code and an end
    RESTRICTED = "restricted"  #: WhatsApp refuses the account's connection
    OUTDATED = "outdated"  #: WhatsApp no longer accepts this version of the library
    PASSKEY = "passkey"  #: WhatsApp demands a passkey; such accounts cannot be linked
    DEAF = "deaf"  #: connected, but nothing arrives
    STOPPED = "stopped"  #: stopped by the operator


#: States out of which no reconnect is tried by itself: a person must act first.
NEEDS_A_PERSON = frozenset(
    {LinkState.REPLACED, LinkState.LOGGED_OUT, LinkState.BANNED, LinkState.RESTRICTED, LinkState.OUTDATED,
     LinkState.PASSKEY, LinkState.STOPPED}
)  # fmt: skip


class NoticeKind(StrEnum):
    """What the WhatsApp process reports about the link; live only, never journalled."""

    QR = "qr"  #: `text` is the code, verbatim; a secret
    PAIRING_CODE = "pairing_code"  #: `text` is the code; a secret
    LOGIN = "login"  #: `text`: success, timeout, error, err-client-outdated, passkey-request, ...
    CONNECTED = "connected"  #: `account` and `account_lid` are set
    DISCONNECTED = "disconnected"
    LOGGED_OUT = "logged_out"  #: `text` is the library's reason
    BANNED = "banned"  #: `code`, `seconds`
    OUTDATED = "outdated"
    REPLACED = "replaced"
    REFUSED = "refused"  #: ConnectFailure with `code`
    STREAM_ERROR = "stream_error"  #: `text`
    DIED = "died"  #: the process ended; `code` is its exit status
    HUNG = "hung"  #: the process did not answer in time and was killed; `text` says at what


@dataclass(frozen=True)
class Notice:
    kind: NoticeKind
    at: datetime
    text: str = ""
    code: int = 0
    seconds: int = 0
    account: Jid | None = None
    account_lid: Jid | None = None


@dataclass(frozen=True)
class Link:
    """The link as it is now."""

    state: LinkState
    since: datetime
    account: Jid | None = None  #: the linked account's phone number
    account_lid: Jid | None = None
    code: str = ""  #: the QR code or pairing code while one is shown; a secret
    code_until: datetime | None = None
    failures: int = 0  #: in a row
    retry_at: datetime | None = None  #: when the WhatsApp process is started again
    reason: int = 0  #: WhatsApp's code: ban reason, connect failure
    until: datetime | None = None  #: end of a ban
    detail: str = ""  #: technical words for the log and the page; no secrets

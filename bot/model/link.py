"""The life of the link to WhatsApp: its states, what the WhatsApp process reports, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.model.identity import Jid

#: Waits before the WhatsApp process is started again, by number of failures in a row (product.md §8).
BACKOFF = tuple(timedelta(seconds=s) for s in (5, 30, 120, 300, 600))
#: After this long connected, the next failure counts as the first one again.
STABLE = timedelta(minutes=10)
#: Wait after WhatsApp said that it is overloaded or that we are too fast (429, 500, 501, 503).
OVERLOAD_WAIT = timedelta(minutes=5)
#: A connection, also the one after pairing, that takes longer than this has failed without saying so:
#: the library only logs a failed reconnect after pairing.
CONNECT_DEADLINE = timedelta(seconds=60)
#: A connection that has been deaf for so long is made anew, without waiting for the library, which takes 3 minutes.
DEAF_DEADLINE = timedelta(minutes=2)
#: WhatsApp gives six QR codes: the first is valid 60 s, the others 20 s each; a pairing code shares their end.
FIRST_QR, NEXT_QR, ALL_QRS = timedelta(seconds=60), timedelta(seconds=20), timedelta(seconds=160)
#: The library reports the end of the last QR code by itself; when it has not done so by then, it hangs.
QR_GRACE = timedelta(seconds=30)
#: Rounds of QR codes shown to nobody (about an hour) before the bot stops asking WhatsApp for more.
MAX_QR_ROUNDS = 20


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
    """What happened to the link; live only, never journalled. All but the first two come from the WhatsApp process."""

    STARTED = "started"  #: the WhatsApp process was started
    STOPPED = "stopped"  #: the operator stopped it
    QR = "qr"  #: `text` is the code, verbatim; a secret
    PAIRING_CODE = "pairing_code"  #: `text` is the code; a secret
    LOGIN = "login"  #: `text`: success, timeout, error, err-client-outdated, passkey-request, ...
    UNLINKED = "unlinked"  #: logged out at our own request
    CONNECTED = "connected"  #: `account` and `account_lid` are set
    DISCONNECTED = "disconnected"
    DEAF = "deaf"  #: connected, but WhatsApp answers nothing; `at` is its last sign of life
    HEARING = "hearing"  #: it answers again
    LOGGED_OUT = "logged_out"  #: `text` is the library's reason
    BANNED = "banned"  #: `code`, `seconds`
    OUTDATED = "outdated"
    REPLACED = "replaced"
    REFUSED = "refused"  #: ConnectFailure with `code`
    STREAM_ERROR = "stream_error"  #: `text`
    DIED = "died"  #: the process ended; `code` is its exit status, `text` what that means
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
    qr_rounds: int = 0  #: rounds of QR codes that ran out unscanned
    retry_at: datetime | None = None  #: when the WhatsApp process is started again
    reason: int = 0  #: WhatsApp's code: ban reason, connect failure
    until: datetime | None = None  #: end of a ban
    detail: str = ""  #: technical words for the log and the page; no secrets

    @property
    def needs_a_person(self) -> bool:
        return self.state in NEEDS_A_PERSON

    @property
    def keeps_process(self) -> bool:
        """Whether the WhatsApp process goes on in this state; if not, it is ended (and started again at `retry_at`)."""
        return not self.needs_a_person and self.retry_at is None and self.state != LinkState.NOT_LINKED

    @property
    def deadline(self) -> datetime | None:
        """When this state has lasted too long for a working process; None when it may last."""
        if not self.keeps_process:
            return None
        if self.state in (LinkState.STARTING, LinkState.CONNECTING, LinkState.RECONNECTING):
            return self.since + CONNECT_DEADLINE
        if self.state is LinkState.DEAF:
            return self.since + DEAF_DEADLINE
        if self.state in (LinkState.QR_SHOWN, LinkState.PAIRING_CODE) and self.code_until:
            return self.code_until + QR_GRACE
        return None


def advance(link: Link, notice: Notice) -> Link:
    """The link after a notice. Rows of the table in the order of the notices' enum.

    What the process must do follows from the result: `keeps_process`, `retry_at`, `deadline`.
    """
    match notice.kind:
        case NoticeKind.STARTED:
            return replace(_enter(link, LinkState.STARTING, notice), since=notice.at)  # a new deadline for each start
        case NoticeKind.STOPPED:
            return _enter(link, LinkState.STOPPED, notice)
        case NoticeKind.QR:
            return _show_qr(link, notice)
        case NoticeKind.PAIRING_CODE:
            first_qr = link.since if link.code else notice.at
            return _enter(link, LinkState.PAIRING_CODE, notice, code=notice.text, code_until=first_qr + ALL_QRS)
        case NoticeKind.LOGIN:
            return _login(link, notice)
        case NoticeKind.CONNECTED:
            return _enter(
                link, LinkState.CONNECTED, notice, account=notice.account or link.account,
                account_lid=notice.account_lid or link.account_lid, qr_rounds=0,
            )  # fmt: skip
        case NoticeKind.DEAF:
            return _enter(link, LinkState.DEAF, notice) if link.state is LinkState.CONNECTED else link
        case NoticeKind.HEARING:
            return _enter(link, LinkState.CONNECTED, notice) if link.state is LinkState.DEAF else link
        case NoticeKind.DISCONNECTED | NoticeKind.STREAM_ERROR:
            return _lost(link, notice)
        case NoticeKind.LOGGED_OUT:
            return _enter(link, LinkState.LOGGED_OUT, notice, reason=notice.code)
        case NoticeKind.UNLINKED:
            return replace(_enter(link, LinkState.LOGGED_OUT, notice), account=None, account_lid=None)
        case NoticeKind.BANNED:
            end = notice.at + timedelta(seconds=notice.seconds) if notice.seconds else None
            return _enter(link, LinkState.BANNED, notice, reason=notice.code, until=end)
        case NoticeKind.OUTDATED:
            return _enter(link, LinkState.OUTDATED, notice, reason=notice.code)
        case NoticeKind.REPLACED:
            return _enter(link, LinkState.REPLACED, notice)
        case NoticeKind.REFUSED:
            return _refused(link, notice)
        case NoticeKind.DIED | NoticeKind.HUNG:
            return _broken(link, notice)


def _enter(link: Link, state: LinkState, notice: Notice, **changes: Any) -> Link:
    """`link` in a state; what belongs to the old state alone (code, reason, retry, ban) is forgotten."""
    since = link.since if link.state == state else notice.at
    fresh = Link(
        state, since, link.account, link.account_lid, failures=_failures(link, notice.at), qr_rounds=link.qr_rounds
    )
    detail = "" if notice.kind in (NoticeKind.QR, NoticeKind.PAIRING_CODE) else notice.text
    return replace(fresh, **{"detail": detail, **changes})


def _failures(link: Link, now: datetime) -> int:
    was_stable = link.state == LinkState.CONNECTED and now - link.since >= STABLE
    return 0 if was_stable else link.failures


def _show_qr(link: Link, notice: Notice) -> Link:
    if link.state == LinkState.PAIRING_CODE:
        return link  # the codes go on rotating below the pairing code
    valid = NEXT_QR if link.state == LinkState.QR_SHOWN else FIRST_QR
    shown = _enter(link, LinkState.QR_SHOWN, notice, code=notice.text, code_until=notice.at + valid)
    return replace(shown, account=None, account_lid=None, failures=0)


def _login(link: Link, notice: Notice) -> Link:
    word = notice.text
    if word == "success":
        return _enter(link, LinkState.CONNECTING, notice)
    if word == "err-client-outdated":
        return _enter(link, LinkState.OUTDATED, notice)
    if word.startswith("passkey"):
        return _enter(link, LinkState.PASSKEY, notice)
    if word == "timeout":
        return _qr_ran_out(link, notice)
    return _retry(link, notice, LinkState.NOT_LINKED)


def _qr_ran_out(link: Link, notice: Notice) -> Link:
    rounds = link.qr_rounds + 1
    if rounds >= MAX_QR_ROUNDS:
        return _enter(link, LinkState.NOT_LINKED, notice, qr_rounds=rounds)
    return _enter(link, LinkState.STARTING, notice, qr_rounds=rounds, retry_at=notice.at)


def _lost(link: Link, notice: Notice) -> Link:
    """The library reconnects by itself: the deadline of RECONNECTING notices when it does not."""
    if not link.keeps_process or link.code:
        return link
    return _enter(link, LinkState.RECONNECTING, notice)


def _refused(link: Link, notice: Notice) -> Link:
    if notice.code in (429, 500, 501, 503):
        waiting = _retry(link, notice, LinkState.RECONNECTING)
        return replace(waiting, retry_at=notice.at + OVERLOAD_WAIT, reason=notice.code)
    return _enter(link, LinkState.RESTRICTED, notice, reason=notice.code)


def _broken(link: Link, notice: Notice) -> Link:
    if not link.keeps_process:
        return link  # its end was our own doing
    return _retry(link, notice, LinkState.RECONNECTING)


def _retry(link: Link, notice: Notice, state: LinkState) -> Link:
    failures = _failures(link, notice.at) + 1
    wait = BACKOFF[min(failures, len(BACKOFF)) - 1]
    return _enter(link, state, notice, failures=failures, retry_at=notice.at + wait)

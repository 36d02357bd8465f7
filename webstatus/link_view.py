"""The link as the page shows it: how worrying it is, what is known about it, which code is on offer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.model.link import Link, LinkState
from webstatus.reader import Reader

GOOD, BUSY, ASKING, BAD, OFF = "good", "busy", "asking", "bad", "off"

TONES = {
    LinkState.STARTING: BUSY,
    LinkState.NOT_LINKED: ASKING,
    LinkState.QR_SHOWN: ASKING,
    LinkState.PAIRING_CODE: ASKING,
    LinkState.CONNECTING: BUSY,
    LinkState.CONNECTED: GOOD,
    LinkState.RECONNECTING: BUSY,
    LinkState.REPLACED: BAD,
    LinkState.LOGGED_OUT: BAD,
    LinkState.BANNED: BAD,
    LinkState.RESTRICTED: BAD,
    LinkState.OUTDATED: BAD,
    LinkState.PASSKEY: BAD,
    LinkState.DEAF: BAD,
    LinkState.STOPPED: OFF,
}

#: How often the page looks again: quickly while somebody waits with the phone in hand.
REFRESH_WHILE_LINKING = timedelta(seconds=2)
REFRESH = timedelta(seconds=5)


def qr_code(link: Link, now: datetime) -> str:
    """The QR code to show; empty when there is none (any more)."""
    return _offered(link, LinkState.QR_SHOWN, now)


def pairing_code(link: Link, now: datetime) -> str:
    """The pairing code as the phone shows it, `ABCD-EFGH`; empty when there is none (any more)."""
    code = _offered(link, LinkState.PAIRING_CODE, now).replace("-", "")
    return f"{code[:4]}-{code[4:]}" if code else ""


def fingerprint(code: str) -> str:
    """Changes with the code and does not betray it: makes browsers fetch the new picture."""
    return hashlib.sha256(code.encode()).hexdigest()[:12]


def refresh_interval(link: Link) -> timedelta:
    waiting = TONES[link.state] in (ASKING, BUSY)
    return REFRESH_WHILE_LINKING if waiting else REFRESH


def known_facts(link: Link, reader: Reader) -> Iterator[str]:
    """What else is known, one sentence each."""
    yield reader.say("page.link.since", time=reader.time(link.since))
    if link.account:
        yield reader.say("page.link.account", account=link.account.masked)
    if link.retry_at:
        yield reader.say("page.link.retry", time=reader.time(link.retry_at, seconds=True), attempt=link.failures + 1)
    if link.until:
        yield reader.say("page.link.until", time=reader.time(link.until))
    if link.reason:
        yield reader.say("page.link.reason", code=link.reason)
    if link.detail:
        yield reader.say("page.link.detail", detail=link.detail)


def _offered(link: Link, state: LinkState, now: datetime) -> str:
    is_over = link.code_until is not None and link.code_until <= now
    return link.code if link.state is state and not is_over else ""

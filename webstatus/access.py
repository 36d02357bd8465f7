"""Who may see the page: with a token, those who hold it; without one, only browsers on this machine."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from collections import OrderedDict, deque
from datetime import timedelta

from bot.clock import Clock

#: Wrong keys from one address before it has to wait, and the time over which they are counted.
MOST_FAILURES = 10
FAILURES_SPAN = timedelta(minutes=1)
#: Addresses whose failures are remembered; the longest silent one makes room.
MOST_ADDRESSES = 1000
LOGIN_CODE_LIFE = timedelta(minutes=10)
MOST_LOGIN_CODES = 16

THIS_MACHINE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)


class TooManyFailures(Exception):
    """This address offered too many wrong keys; its next ones are not even looked at for a while."""


class Door:
    """Compares offered keys with the token, and slows down those who guess. Thread-safe."""

    def __init__(self, token: str, clock: Clock, codes: LoginCodes | None = None) -> None:
        self._token = token
        self._codes = codes
        self._failures = Failures(clock)

    def opens_to_token(self, offered: str, address: str) -> bool:
        """Raises TooManyFailures; a wrong token counts as a failure."""
        return self._judge(hmac.compare_digest(_digest(offered), _digest(self._token)), address)

    def opens_to_code(self, offered: str, address: str) -> bool:
        """The same for the one-time code of a login link; a right one is used up."""
        self._failures.check(address)  # a code is not used up by somebody who must wait
        return self._judge(self._codes is not None and self._codes.redeem(offered), address)

    def _judge(self, is_right: bool, address: str) -> bool:
        self._failures.check(address)
        if not is_right:
            self._failures.add(address)
        return is_right


class LoginCodes:
    """One-time codes for login links, e.g. `http://127.0.0.1:8765/login?code=...`. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: OrderedDict[bytes, float] = OrderedDict()

    def issue(self) -> str:
        """A new code, valid once and for ten minutes."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._ends[_digest(code)] = self._clock.monotonic() + LOGIN_CODE_LIFE.total_seconds()
            if len(self._ends) > MOST_LOGIN_CODES:
                self._ends.popitem(last=False)
        return code

    def redeem(self, code: str) -> bool:
        with self._lock:
            end = self._ends.pop(_digest(code), None)
        return end is not None and self._clock.monotonic() < end


class Failures:
    """Recent wrong keys by address, in bounded memory. Thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises TooManyFailures while the last MOST_FAILURES of an address are all recent."""
        since = self._clock.monotonic() - FAILURES_SPAN.total_seconds()
        with self._lock:
            moments = self._moments.get(address)
            if moments and len(moments) == MOST_FAILURES and moments[0] > since:
                raise TooManyFailures(address)

    def add(self, address: str) -> None:
        with self._lock:
            self._moments.setdefault(address, deque(maxlen=MOST_FAILURES)).append(self._clock.monotonic())
            self._moments.move_to_end(address)
            if len(self._moments) > MOST_ADDRESSES:
                self._moments.popitem(last=False)

    def __len__(self) -> int:
        return len(self._moments)


def is_this_machine(host: str) -> bool:
    """Whether a Host header names this machine.

    A page without a token answers to no other name: a foreign one may have been pointed at 127.0.0.1 to make a
    visitor's browser read the page for somebody else (DNS rebinding).
    """
    return THIS_MACHINE.fullmatch(host) is not None


def _digest(text: str) -> bytes:
    """Of equal length for all texts, so that a comparison tells nothing about the length either."""
    return hashlib.sha256(text.encode()).digest()

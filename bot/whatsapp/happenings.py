"""What the supervisor is told, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.model.link import Link
from bot.whatsapp.child import Child, Ended


@dataclass(frozen=True)
class Patience:
    """How long the gateway waits for what."""

    ping_every: timedelta = timedelta(seconds=10)
    pong: timedelta = timedelta(seconds=20)  #: a process that answers no ping for so long hangs
    look: timedelta = timedelta(seconds=60)  #: what is due is looked for again after so long, whatever was planned
    send: timedelta = timedelta(seconds=90)  #: the library itself waits 75 s for WhatsApp's acknowledgement
    slowest_download: int = 100_000  #: bytes per second; what takes longer than its size allows hangs
    download_slack: timedelta = timedelta(seconds=10)  #: a process that is so late with a download hangs
    quiet: timedelta = timedelta(minutes=5)  #: nothing came in for so long: WhatsApp is asked whether it still answers
    probe: timedelta = timedelta(seconds=20)  #: for its answer; without one the connection is deaf
    find: timedelta = timedelta(seconds=30)
    pairing_code: timedelta = timedelta(seconds=45)
    logout: timedelta = timedelta(seconds=20)
    stop: timedelta = timedelta(seconds=6)  #: for the process to end by itself before it is killed
    jitter: float = 0.2  #: waits before a restart vary by this share, so that many bots do not return at once
    backoff_scale: float = 1.0  #: tests shorten the waits of product.md §8


@dataclass(frozen=True)
class Told:
    child: Child
    said: dict[str, Any]


@dataclass(frozen=True)
class ChildEnded:
    child: Child
    ended: Ended


@dataclass(frozen=True)
class Hangs:
    child: Child
    why: str


@dataclass(frozen=True)
class Probed:
    """Whether WhatsApp still answers; `fault` is empty when it does."""

    child: Child
    fault: str = ""


@dataclass(frozen=True)
class Reconnect:
    pass


@dataclass(frozen=True)
class Tick:
    pass


@dataclass(frozen=True)
class Stop:
    pass


Happening = Told | ChildEnded | Hangs | Probed | Reconnect | Tick | Stop


class Due:
    """When the supervisor must act next, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.restart: float | None = None
        self.deadline: float | None = None
        self.expect_no_pings()

    def expect_no_pings(self) -> None:
        self.ping = self.pong = self.probe = float("inf")

    def plan(self, link: Link, clock: Clock) -> None:
        """Take the times of a state; they are of the wall clock, which may jump."""
        now, monotonic = clock.now(), clock.monotonic()

        def due(at: Any) -> float | None:
            return None if at is None else monotonic + (at - now).total_seconds()

        self.restart, self.deadline = due(link.retry_at), due(link.deadline)

    def wait(self, now: float, at_most: float) -> float:
        """Seconds until the next of them."""
        times = [at for at in (self.restart, self.deadline, self.ping, self.pong, self.probe) if at is not None]
        return min(max(min(times) - now, 0.0), at_most)

"""The link to WhatsApp, from the bot's side: starts the WhatsApp process, watches it, ends it, starts it again.

One thread, the supervisor, owns the process and the link's state. Everybody else puts happenings into its queue and
reads the latest `Link`. What a state asks for (go on, end, start again, a deadline) is decided in bot.model.link.
"""

from __future__ import annotations

import logging
import queue
import random
import sys
import threading
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.logs import fields
from bot.model.document import from_document, to_document
from bot.model.errors import GatewayError
from bot.model.event import Media
from bot.model.identity import Jid
from bot.model.link import Link, LinkState, Notice, NoticeKind, advance
from bot.model.outgoing import Outgoing, Sent
from bot.model.watched import Watched
from bot.whatsapp.child import Child, Ended
from bot.whatsapp.protocol import Configuration, Do, Exit, Tell, write_outgoing

log = logging.getLogger(__name__)

WORKER_COMMAND = (sys.executable, "-m", "bot.whatsapp.worker")


@dataclass(frozen=True)
class Patience:
    """How long the gateway waits for what."""

    ping_every: timedelta = timedelta(seconds=10)
    pong: timedelta = timedelta(seconds=20)  #: a process that answers no ping for so long hangs
    send: timedelta = timedelta(seconds=90)  #: the library itself waits 75 s for WhatsApp's acknowledgement
    slowest_download: int = 100_000  #: bytes per second; what takes longer than its size allows hangs
    download_slack: timedelta = timedelta(seconds=10)  #: a process that is so late with a download hangs
    find: timedelta = timedelta(seconds=30)
    pairing_code: timedelta = timedelta(seconds=45)
    logout: timedelta = timedelta(seconds=20)
    stop: timedelta = timedelta(seconds=6)  #: for the process to end by itself before it is killed
    jitter: float = 0.2  #: waits before a restart vary by this share, so that many bots do not return at once
    backoff_scale: float = 1.0  #: tests shorten the waits of product.md §8


class WorkerGateway:
    """`bot.ports.Gateway` on a WhatsApp process. `on_wake` is called when the journal or the link has changed.

    `above` is the number up to which the journal was read, which the journal itself may have forgotten.
    """

    def __init__(
        self,
        session: Path,
        journal: Path,
        clock: Clock,
        on_wake: Callable[[], None],
        *,
        proxy: str = "",
        device_name: str = "Testigo",
        above: int = 0,
        command: Sequence[str] = WORKER_COMMAND,
        patience: Patience | None = None,
    ) -> None:
        self._clock = clock
        self._on_wake = on_wake
        self._command = tuple(command)
        self._patience = patience or Patience()
        self._configuration = Configuration("", "", session.absolute(), journal.absolute(), device_name, proxy, above)
        self._watched: Watched | None = None
        self._happenings: queue.SimpleQueue[_Happening] = queue.SimpleQueue()
        self._link = Link(LinkState.STARTING, clock.now())
        self._transitions: list[Link] = []
        self._changed = threading.Condition()
        self._child: Child | None = None
        self._supervisor: threading.Thread | None = None
        self._due = _Due()

    # ------------------------------------------------------------------------------------------------------- the port

    def start(self) -> None:
        if self._supervisor is None:
            self._happenings = queue.SimpleQueue()
            self.reconnect()
            self._supervisor = threading.Thread(target=self._supervise, name="whatsapp-supervisor", daemon=True)
            self._supervisor.start()

    def stop(self) -> None:
        supervisor = self._supervisor
        if supervisor is None:
            return
        self._happenings.put(_Stop())
        supervisor.join(self._patience.stop.total_seconds() + 3)

    def link(self) -> Link:
        return self._link

    def transitions(self) -> list[Link]:
        with self._changed:
            changed, self._transitions = self._transitions, []
        return changed

    def watch(self, watched: Watched) -> None:
        self._watched = watched
        self._tell_whom_to_watch()

    def send(self, to: Jid, what: Outgoing) -> Sent:
        answer = self._ask(Do.SEND, self._patience.send, in_doubt=True, to=str(to), what=write_outgoing(what))
        return from_document(Sent, answer)

    def download(self, media: Media, target: Path, deadline: timedelta) -> None:
        self._fetch(Do.DOWNLOAD, media, deadline, target=str(target.absolute()))

    def view(self, media: Media, deadline: timedelta) -> bytes:
        return b64decode(self._fetch(Do.VIEW, media, deadline))

    def _fetch(self, do: Do, media: Media, deadline: timedelta, **facts: Any) -> Any:
        """The process has two ways to get a file, one after the other; a large one gets more time than `deadline`."""
        each = deadline + timedelta(seconds=media.size / self._patience.slowest_download)
        whole = 2 * each + self._patience.download_slack
        return self._ask(do, whole, payload=media.payload, size=media.size, seconds=each.total_seconds(), **facts)

    def find(self, phone: Jid) -> Jid | None:
        """A look-up that gets no answer is given up by itself: WhatsApp is slow with those, and all else may work."""
        lid: str | None = self._ask(Do.FIND, self._patience.find, is_vital=False, phone=str(phone))
        return Jid.parse(lid) if lid else None

    def pairing_code(self, phone: str) -> str:
        digits = "".join(sign for sign in phone if sign.isdigit())
        self._wait_until_linkable()
        code: str = self._ask(Do.PAIRING_CODE, self._patience.pairing_code, phone=digits)
        return code

    def logout(self) -> None:
        self._ask(Do.LOGOUT, self._patience.logout)

    def reconnect(self) -> None:
        self._happenings.put(_Reconnect())

    @property
    def process_id(self) -> int | None:
        """The WhatsApp process that runs now."""
        child = self._child
        return child.pid if child else None

    def _wait_until_linkable(self) -> None:
        """Codes can be asked for only once the first QR code is there."""
        settled = (LinkState.QR_SHOWN, LinkState.PAIRING_CODE, LinkState.CONNECTED)
        with self._changed:
            self._changed.wait_for(
                lambda: self._link.state in settled or self._link.needs_a_person,
                self._patience.pairing_code.total_seconds(),
            )

    def _ask(
        self, do: Do, deadline: timedelta, *, in_doubt: bool = False, is_vital: bool = True, **facts: Any
    ) -> Any:
        """Ask the process. One that does not answer something vital in time hangs in the library, and is replaced."""
        child = self._child
        if child is None:
            raise GatewayError("not_connected")
        try:
            return child.request(do, deadline.total_seconds(), **facts)
        except TimeoutError as error:
            if is_vital:
                self._happenings.put(_Hangs(child, str(error)))
            raise GatewayError("deadline", str(error), in_doubt=in_doubt) from error
        except GatewayError as error:
            if error.in_doubt and not in_doubt:
                raise GatewayError(error.reason, error.detail) from error
            raise

    # --------------------------------------------------------------------------------------------------- supervision

    def _supervise(self) -> None:
        """The supervisor's life. The process must be started from this thread: on Linux it dies with its starter."""
        while True:
            happening = self._next_happening()
            if isinstance(happening, _Stop):
                break
            try:
                self._handle(happening)
            except Exception:  # a bug in here must not leave WhatsApp unwatched
                log.exception("the WhatsApp supervisor failed", extra=fields(at=type(happening).__name__))
        self._end_child()
        self._notice(Notice(NoticeKind.STOPPED, self._clock.now()))
        self._supervisor = None

    def _next_happening(self) -> _Happening:
        try:
            return self._happenings.get(timeout=self._due.wait(self._clock.monotonic()))
        except queue.Empty:
            return _Tick()

    def _handle(self, happening: _Happening) -> None:
        match happening:
            case _Told(child, said):
                if child is self._child:
                    self._on_told(said)
            case _ChildEnded(child, ended):
                if child is self._child:
                    self._end_child()
                    self._notice(Notice(NoticeKind.DIED, self._clock.now(), _meaning(ended.code), ended.code))
            case _Hangs(child, why):
                if child is self._child:
                    self._on_hang(why)
            case _Reconnect():
                self._end_child()
                self._start_child()
            case _Tick():
                self._on_tick()
            case _Stop():
                raise AssertionError("handled before")

    def _on_told(self, said: dict[str, Any]) -> None:
        self._due.pong = self._clock.monotonic() + self._patience.pong.total_seconds()
        match Tell(said["tell"]):
            case Tell.HERE:
                self._tell_whom_to_watch()
            case Tell.APPENDED:
                self._on_wake()
            case Tell.NOTICE:
                self._notice(from_document(Notice, said["notice"]))
            case Tell.PONG | Tell.ANSWER:
                pass

    def _tell_whom_to_watch(self) -> None:
        """A process that does not listen yet is told when it says that it does."""
        child = self._child
        if child is not None and self._watched is not None:
            child.say(Do.WATCH, watched=to_document(self._watched))

    def _on_hang(self, why: str) -> None:
        log.warning("the WhatsApp process hangs and is replaced", extra=fields(why=why))
        self._end_child(politely=False)
        self._notice(Notice(NoticeKind.HUNG, self._clock.now(), why))

    def _on_tick(self) -> None:
        now = self._clock.monotonic()
        if self._due.restart is not None and now >= self._due.restart:
            self._start_child()
        elif self._due.deadline is not None and now >= self._due.deadline:
            self._on_hang(f"{self._link.state} for too long")
        elif self._child is not None and now >= self._due.pong:
            self._on_hang("no answer to a ping")
        elif self._child is not None and now >= self._due.ping:
            self._due.ping = now + self._patience.ping_every.total_seconds()
            self._child.say(Do.PING)

    def _notice(self, notice: Notice) -> None:
        """The state machine's step, and what follows from it."""
        before, after = self._link, advance(self._link, notice)
        if after.retry_at is not None and after.retry_at != before.retry_at:
            after = replace(after, retry_at=notice.at + self._spread(after.retry_at - notice.at))
        if after != before:
            self._publish(before, after)
        if not after.keeps_process:
            self._end_child()
        self._due.plan(after, self._clock)
        self._on_wake()

    def _publish(self, before: Link, after: Link) -> None:
        with self._changed:
            self._link = after
            self._transitions.append(after)
            self._changed.notify_all()
        if after.state != before.state:
            log.info("link changed", extra=fields(state=after.state, detail=after.detail, reason=after.reason))

    def _spread(self, wait: timedelta) -> timedelta:
        share = 1 + random.uniform(-self._patience.jitter, self._patience.jitter)
        return wait * share * self._patience.backoff_scale

    def _start_child(self) -> None:
        self._notice(Notice(NoticeKind.STARTED, self._clock.now()))
        now = self._clock.monotonic()
        self._due.ping = now + self._patience.ping_every.total_seconds()
        self._due.pong = now + self._patience.pong.total_seconds()
        try:
            self._child = Child(
                self._command,
                self._configuration,
                lambda child, said: self._happenings.put(_Told(child, said)),
                lambda child, ended: self._happenings.put(_ChildEnded(child, ended)),
            )
        except OSError as error:
            log.error("the WhatsApp process cannot be started", extra=fields(error=error))
            self._notice(Notice(NoticeKind.DIED, self._clock.now(), f"it cannot be started: {error}", -1))
        self._on_wake()

    def _end_child(self, politely: bool = True) -> None:
        """End the process and wait for it: two of them must never share a session."""
        child, self._child = self._child, None
        self._due.expect_no_pings()
        if child is None:
            return
        if politely and child.say(Do.STOP) and child.join(self._patience.stop.total_seconds()):
            return
        child.kill()
        child.join(5)


# ------------------------------------------------------------------------------------ what the supervisor waits for


class _Due:
    """When the supervisor must act next, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.restart: float | None = None
        self.deadline: float | None = None
        self.expect_no_pings()

    def expect_no_pings(self) -> None:
        self.ping = self.pong = float("inf")

    def plan(self, link: Link, clock: Clock) -> None:
        """Take the times of a state; they are of the wall clock, which may jump."""
        now, monotonic = clock.now(), clock.monotonic()

        def due(at: Any) -> float | None:
            return None if at is None else monotonic + (at - now).total_seconds()

        self.restart, self.deadline = due(link.retry_at), due(link.deadline)

    def wait(self, now: float) -> float:
        """Seconds until the next of them; never long, so that a missed one is found."""
        times = [at for at in (self.restart, self.deadline, self.ping, self.pong) if at is not None]
        return min(max(min(times, default=now + 60) - now, 0.0), 60.0)


@dataclass(frozen=True)
class _Told:
    child: Child
    said: dict[str, Any]


@dataclass(frozen=True)
class _ChildEnded:
    child: Child
    ended: Ended


@dataclass(frozen=True)
class _Hangs:
    child: Child
    why: str


@dataclass(frozen=True)
class _Reconnect:
    pass


@dataclass(frozen=True)
class _Tick:
    pass


@dataclass(frozen=True)
class _Stop:
    pass


_Happening = _Told | _ChildEnded | _Hangs | _Reconnect | _Tick | _Stop

_MEANINGS: dict[int, str] = {
    Exit.PARENT_GONE: "it lost its connection to the bot",
    Exit.JOURNAL_HELD: "another process writes the inbox journal, or its folder cannot be used",
    Exit.CONNECT_FAILED: "WhatsApp cannot be reached: check the network and the proxy",
    Exit.EVENTS_ENDED: "the library stopped delivering events",
    Exit.BAD_START: "it could not be configured",
}


def _meaning(code: int) -> str:
    return _MEANINGS.get(code) or (f"killed by signal {-code}" if code < 0 else f"it ended with status {code}")

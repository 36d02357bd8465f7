"""The one thread that owns the WhatsApp process and the link's state: starts it, watches it, ends it, starts it again.

Everybody else puts happenings into its queue and reads the latest `Link`. What a state asks for (go on, end, start
again, a deadline) is decided in bot.model.link.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.logs import fields
from bot.model.document import from_document, to_document
from bot.model.errors import GatewayError
from bot.model.link import Link, LinkState, Notice, NoticeKind, advance
from bot.model.watched import Watched
from bot.whatsapp.child import Child, Ended
from bot.whatsapp.happenings import ChildEnded, Due, Hangs, Happening, Patience, Probed, Reconnect, Stop, Tick, Told
from bot.whatsapp.protocol import Configuration, Do, Exit, Tell

log = logging.getLogger(__name__)


class Supervisor:
    """`on_wake` is called, from its thread, when the journal or the link has changed."""

    def __init__(
        self,
        configuration: Configuration,
        command: Sequence[str],
        clock: Clock,
        patience: Patience,
        on_wake: Callable[[], None],
    ) -> None:
        self._configuration, self._command = configuration, tuple(command)
        self._clock, self._patience, self._on_wake = clock, patience, on_wake
        self._happenings: queue.SimpleQueue[Happening] = queue.SimpleQueue()
        self._transitions: list[Link] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._due = Due()
        self._watched: Watched | None = None
        self._heard_at = clock.now()
        self.link = Link(LinkState.STARTING, clock.now())
        self.child: Child | None = None  #: the process that runs now

    def start(self) -> None:
        if self._thread is None:
            self._happenings = queue.SimpleQueue()
            self.tell(Reconnect())
            self._thread = threading.Thread(target=self._supervise, name="whatsapp-supervisor", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        thread = self._thread
        if thread is not None:
            self.tell(Stop())
            thread.join(self._patience.stop.total_seconds() + 3)

    def tell(self, happening: Happening) -> None:
        """Any thread may."""
        self._happenings.put(happening)

    def transitions(self) -> list[Link]:
        """The links since the last call."""
        with self._changed:
            changed, self._transitions = self._transitions, []
        return changed

    def wait_for(self, is_so: Callable[[Link], bool], at_most: timedelta) -> None:
        with self._changed:
            self._changed.wait_for(lambda: is_so(self.link), at_most.total_seconds())

    def use_proxy(self, proxy: str) -> None:
        """All later processes go through this proxy; the one that runs is replaced at once."""
        self._configuration = replace(self._configuration, proxy=proxy)
        self.tell(Reconnect())

    def watch(self, watched: Watched) -> None:
        """Whom this process and all later ones are to listen to."""
        self._watched = watched
        self._tell_whom_to_watch()

    def _supervise(self) -> None:
        """The supervisor's life. The process must be started from this thread: on Linux it dies with its starter."""
        while True:
            happening = self._next_happening()
            if isinstance(happening, Stop):
                break
            try:
                self._handle(happening)
            except Exception:  # a bug in here must not leave WhatsApp unwatched
                log.exception("the WhatsApp supervisor failed", extra=fields(at=type(happening).__name__))
        self._end_child()
        self._notice(Notice(NoticeKind.STOPPED, self._clock.now()))
        self._thread = None

    def _next_happening(self) -> Happening:
        wait = self._due.wait(self._clock.monotonic(), self._patience.look.total_seconds())
        try:
            return self._happenings.get(timeout=wait)
        except queue.Empty:
            return Tick()

    def _handle(self, happening: Happening) -> None:
        match happening:
            case Told(child, said):
                if child is self.child:
                    self._on_told(said)
            case ChildEnded(child, ended):
                if child is self.child:
                    self._end_child()
                    self._notice(_end(ended, self._clock.now()))
            case Hangs(child, why):
                if child is self.child:
                    self._on_hang(why)
            case Probed(child, fault):
                if child is self.child:
                    self._on_probed(fault)
            case Reconnect():
                self._end_child()
                self._start_child()
            case Tick():
                self._on_tick()
            case Stop():
                raise AssertionError("handled before")

    def _on_told(self, said: dict[str, Any]) -> None:
        self._due.pong = self._clock.monotonic() + self._patience.pong.total_seconds()
        match Tell(said["tell"]):
            case Tell.HERE:  # pings begin: how long the start may take is the link's state's affair
                self._due.ping = self._clock.monotonic() + self._patience.ping_every.total_seconds()
                self._tell_whom_to_watch()
            case Tell.APPENDED:
                self._heard()
                self._on_wake()
            case Tell.NOTICE:
                self._notice(from_document(Notice, said["notice"]))
            case Tell.PONG | Tell.ANSWER:
                pass

    def _tell_whom_to_watch(self) -> None:
        """A process that does not listen yet is told when it says that it does."""
        child = self.child
        if child is not None and self._watched is not None:
            child.say(Do.WATCH, watched=to_document(self._watched))

    def _on_hang(self, why: str) -> None:
        log.warning("the WhatsApp process hangs and is replaced", extra=fields(why=why))
        self._end_child(politely=False)
        self._notice(Notice(NoticeKind.HUNG, self._clock.now(), why))

    def _heard(self) -> None:
        """A sign of life from WhatsApp: the next question whether anything comes through is put off."""
        self._heard_at = self._clock.now()
        self._due.probe = self._clock.monotonic() + self._patience.quiet.total_seconds()

    def _probe(self, child: Child) -> None:
        """Ask WhatsApp something that costs nobody anything; in a thread, for a deaf connection answers nothing."""
        try:
            child.request(Do.PROBE, self._patience.probe.total_seconds())
        except TimeoutError:
            self.tell(Probed(child, "WhatsApp does not answer"))
        except GatewayError as error:
            self.tell(Probed(child, "" if error.reason == "not_connected" else str(error)))
        else:
            self.tell(Probed(child))

    def _on_probed(self, fault: str) -> None:
        """Deaf since the last sign of life: nothing was received from then on, whatever the connection looked like."""
        if not fault:
            self._heard()
        elif self.link.state in (LinkState.CONNECTED, LinkState.DEAF):
            self._notice(Notice(NoticeKind.DEAF, self._heard_at, fault))
            self._on_hang(fault)

    def _on_tick(self) -> None:
        now = self._clock.monotonic()
        if self._due.restart is not None and now >= self._due.restart:
            self._start_child()
        elif self._due.deadline is not None and now >= self._due.deadline:
            self._on_hang(f"{self.link.state} for too long")
        elif self.child is not None and now >= self._due.pong:
            self._on_hang("no answer to a ping")
        elif self.child is not None and now >= self._due.ping:
            self._due.ping = now + self._patience.ping_every.total_seconds()
            self.child.say(Do.PING)
        elif self.child is not None and now >= self._due.probe:
            self._due.probe = float("inf")
            threading.Thread(target=self._probe, args=(self.child,), name="probe", daemon=True).start()

    def _notice(self, notice: Notice) -> None:
        """The state machine's step, and what follows from it."""
        before, after = self.link, advance(self.link, notice)
        if after.retry_at is not None and after.retry_at != before.retry_at:
            after = replace(after, retry_at=notice.at + self._spread(after.retry_at - notice.at))
        if after != before:
            self._publish(before, after)
        if after.state is LinkState.CONNECTED and before.state is not LinkState.CONNECTED:
            self._heard()
        elif after.state is not LinkState.CONNECTED:
            self._due.probe = float("inf")
        if not after.keeps_process:
            self._end_child()
        self._due.plan(after, self._clock)
        self._on_wake()

    def _publish(self, before: Link, after: Link) -> None:
        with self._changed:
            self.link = after
            self._transitions.append(after)
            self._changed.notify_all()
        if after.state != before.state:
            log.info("link changed", extra=fields(state=after.state, detail=after.detail, reason=after.reason))

    def _spread(self, wait: timedelta) -> timedelta:
        share = 1 + random.uniform(-self._patience.jitter, self._patience.jitter)
        return wait * share * self._patience.backoff_scale

    def _start_child(self) -> None:
        self._notice(Notice(NoticeKind.STARTED, self._clock.now()))
        try:
            self.child = Child(
                self._command,
                self._configuration,
                lambda child, said: self._happenings.put(Told(child, said)),
                lambda child, ended: self._happenings.put(ChildEnded(child, ended)),
            )
        except OSError as error:
            log.error("the WhatsApp process cannot be started", extra=fields(error=error))
            self._notice(Notice(NoticeKind.DIED, self._clock.now(), f"it cannot be started: {error}", -1))
        self._on_wake()

    def _end_child(self, politely: bool = True) -> None:
        """End the process and wait for it: two of them must never share a session."""
        child, self.child = self.child, None
        self._due.expect_no_pings()
        if child is None:
            return
        if politely and child.say(Do.STOP) and child.join(self._patience.stop.total_seconds()):
            return
        child.kill()
        child.join(5)


def _end(ended: Ended, now: datetime) -> Notice:
    """What it means that the process ended by itself."""
    meaning = _meaning(ended.code)
    match ended.code:
        case Exit.BANNED:
            return Notice(NoticeKind.BANNED, now, meaning)
        case Exit.REFUSED:
            return Notice(NoticeKind.REFUSED, now, meaning)
        case _:
            return Notice(NoticeKind.DIED, now, meaning, ended.code)


_MEANINGS: dict[int, str] = {
    Exit.BANNED: "a ban for a reason that the library does not know",
    Exit.REFUSED: "a refusal for a reason that the library does not know",
    Exit.PARENT_GONE: "it lost its connection to the bot",
    Exit.JOURNAL_HELD: "another process writes the inbox journal, or its folder cannot be used",
    Exit.CONNECT_FAILED: "WhatsApp cannot be reached: check the network and the proxy",
    Exit.EVENTS_ENDED: "the library stopped delivering events",
    Exit.BAD_START: "it could not be configured",
}


def _meaning(code: int) -> str:
    return _MEANINGS.get(code) or (f"killed by signal {-code}" if code < 0 else f"it ended with status {code}")

"""The whole product as a user starts it: `python -m bot run` in a process of its own, led to the WhatsApp double."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot.model.event import MessageSeen, ReceiptKind, ReceiptSeen, Scope
from bot.model.inbox import read_event
from storage.journal import JournalReader
from tests.support.qr_reader import read_qr
from tests.support.world import Person, World
from tests.whatsapp_double.server import Device

T = TypeVar("T")
E = TypeVar("E")

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
#: Between two looks at the page, in seconds.
GLANCE = 0.1
#: The gaps are the limits' own tests' business.
QUICK = {"SPAM_MIN_DELAY_MS": "0", "SPAM_MIN_DELAY_ANY_MS": "0", "TESTIGO_LANGUAGE": "en"}


class Product:
    """Start, look at the page, kill, start again over the same data folder."""

    def __init__(self, world: World, folder: Path, **settings: str) -> None:
        self._world = world
        self.data = folder / "data"
        self._port = _free_port()
        self._log = folder / f"product-{self._port}.log"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")},
            "PYTHONPATH": str(ROOT),
            "TESTIGO_DATA": str(self.data),
            "TESTIGO_WORKER_COMMAND": json.dumps(world.worker_command()),
            "HOST": "127.0.0.1",
            "PORT": str(self._port),
            **QUICK,
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self._port}/"

    def __enter__(self) -> Product:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=self._log.parent,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def link(self) -> Device:
        """Scan the QR code off the page with the owner's phone, and wait until the bot is online."""
        device = self._world.scan(self.wait_until(self.qr_on_page, "a QR code on the page"))
        self._world.wait_until_online()
        self.wait_for_state("connected")
        return device

    def qr_on_page(self) -> str | None:
        try:
            return read_qr(self.get("/qr.svg")) or None
        except urllib.error.HTTPError:
            return None

    def wait_for_state(self, state: str) -> dict[str, Any]:
        return self.wait_until(lambda: self._in_state(state), f"the link to be {state}")

    def wait_until(self, condition: Callable[[], T | None], what: str) -> T:
        """Look again and again until the condition gives something; raises TimeoutError with the log's end."""
        gone, end = threading.Event(), PATIENCE
        while end > 0:
            assert self.process is not None
            if self.process.poll() is not None:
                raise RuntimeError(f"the product ended with {self.process.returncode}:\n{self.log()}")
            try:
                if found := condition():
                    return found
            except (urllib.error.URLError, ConnectionError):
                pass  # not listening yet
            gone.wait(GLANCE)
            end -= GLANCE
        raise TimeoutError(f"in vain: {what}\n{self.log()}")

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def status(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.get("/api/status"))
        return document

    def terminate(self) -> int:
        """SIGTERM; returns the exit status. Raises TimeoutExpired after ten seconds."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def kill(self) -> None:
        """kill -9, in the middle of whatever it is doing."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The main process stands still; the WhatsApp process goes on receiving."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            if self.process.poll() is None:
                self.process.send_signal(signal.SIGCONT)

    def wait_for_journalled_statuses(self, count: int) -> None:
        """Wait until the WhatsApp process has made so many statuses durable."""

        def arrived() -> bool:
            seen = [event for event in self._journalled(MessageSeen) if event.scope is Scope.STATUS]
            return len({event.id for event in seen if event.content.media}) >= count

        self.wait_until(arrived, f"{count} statuses in the journal")

    def wait_for_journalled_receipt(self, reader: Person) -> None:
        """Wait until the WhatsApp process has made durable that a message reached this person."""
        addresses = {str(reader.account.pn), str(reader.account.lid)}

        def arrived() -> bool:
            receipts = [each for each in self._journalled(ReceiptSeen) if each.kind is ReceiptKind.DELIVERED]
            return any(str(each.reader) in addresses for each in receipts)

        self.wait_until(arrived, "a receipt in the journal")

    def _journalled(self, kind: type[E]) -> list[E]:
        """What the WhatsApp process has made durable, of one kind."""
        entries = JournalReader(self.data / "inbox").read(0, 10_000)
        events = [read_event(document) for _, document in entries if isinstance(document, dict)]
        return [event for event in events if isinstance(event, kind)]

    def kill_worker(self) -> None:
        """kill -9 of the WhatsApp process alone."""
        for child in self.workers():
            os.kill(child, signal.SIGKILL)

    def workers(self) -> list[int]:
        """Process numbers of the WhatsApp process (Linux)."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        found = [int(number) for thread in children.parent.parent.glob("*/children") for number in _words(thread)]
        return [number for number in found if b"run_worker" in Path(f"/proc/{number}/cmdline").read_bytes()]

    def log(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-40:])

    def count_in_log(self, words: str) -> int:
        """How often these words stand in the log of all its lives."""
        return self._log.read_text(errors="replace").count(words)

    def _in_state(self, state: str) -> dict[str, Any] | None:
        status = self.status()
        return status if status["link"]["state"] == state else None


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:  # the thread has ended
        return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""One WhatsApp process as the gateway sees it: started, talked to, ended. A next one is another object."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

from bot.model.document import to_document
from bot.model.errors import GatewayError
from bot.whatsapp.protocol import Configuration, Do, Tell, read, read_error, write

#: What the process needs of our environment; tokens and passwords in the rest are none of its business.
_INHERITED = frozenset(
    {
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
        "SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHONPATH", "PYTHONHOME", "PYTHONUTF8",
    }
)  # fmt: skip
_PROXY_VARIABLES = frozenset({"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"})
#: Go's soft limit for its own memory; downloads are the only large thing there.
_GO_MEMORY = "400MiB"


def worker_environment(proxy: str, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of the WhatsApp process: Go reads it at exec only, later changes do not reach it.

    An account's own proxy replaces the machine's proxy settings, so that nothing can pass beside it.
    """
    wanted = _INHERITED if proxy else _INHERITED | _PROXY_VARIABLES
    environment = {name: value for name, value in inherited.items() if name in wanted}
    if proxy:
        environment["HTTPS_PROXY"] = proxy
    # without it every direct message to a phone number carries the badge of a bot
    environment |= {"NEONIZE_BOT_TAG": "off", "GOMEMLIMIT": _GO_MEMORY, "PYTHONUNBUFFERED": "1"}
    return environment


@dataclass(frozen=True)
class Ended:
    """How the process ended; negative: by that signal."""

    code: int


class Child:
    """A running WhatsApp process. `on_tell` and `on_end` are called from threads of its own.

    Everything that was asked and not answered when the process ends fails with `interrupted`, in doubt.
    """

    def __init__(
        self,
        command: Sequence[str],
        configuration: Configuration,
        on_tell: Callable[[Child, dict[str, Any]], None],
        on_end: Callable[[Child, Ended], None],
    ) -> None:
        self._on_tell, self._on_end = on_tell, on_end
        key = secrets.token_bytes(32)
        self._listener = Listener(authkey=key)
        address = str(self._listener.address)  # gone once the listener is closed, as by a process that dies at once
        self._connection: Connection | None = None
        self._accepted = threading.Event()
        self._writing = threading.Lock()
        self._waiting: dict[int, _Waiting] = {}
        self._requests = 0
        self._state = threading.Lock()
        self._is_over = False
        try:
            self._process = _spawn(command, worker_environment(configuration.proxy))
        except OSError:
            self._listener.close()
            raise
        self._reader = threading.Thread(target=self._read, name="from-whatsapp-process", daemon=True)
        self._reader.start()
        self._watcher = threading.Thread(target=self._watch, name="whatsapp-process-end", daemon=True)
        self._watcher.start()
        self._configure(replace(configuration, address=address, key=key.hex()))

    @property
    def pid(self) -> int:
        return self._process.pid

    def request(self, do: Do, deadline: float, **fields: Any) -> Any:
        """Ask and wait at most `deadline` seconds. Raises GatewayError; TimeoutError when no answer came in time."""
        with self._state:
            if self._is_over:
                raise GatewayError("not_connected")
            self._requests += 1
            number, waiting = self._requests, _Waiting()
            self._waiting[number] = waiting
        try:
            if not self.say(do, request=number, **fields):
                raise GatewayError("not_connected")
            if not waiting.done.wait(deadline):
                raise TimeoutError(f"no answer to {do} within {deadline:g} s")
        finally:
            with self._state:
                self._waiting.pop(number, None)
        if waiting.error is not None:
            raise waiting.error
        return waiting.result

    def say(self, do: Do, **fields: Any) -> bool:
        """Say something without waiting. False when the process does not listen: not yet, or no more."""
        with self._writing:
            if self._connection is None:
                return False
            try:
                write(self._connection, {"do": do, **fields})
            except OSError:
                return False
        return True

    def kill(self) -> None:
        """End the process at once, whatever it is doing."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def join(self, timeout: float) -> bool:
        """Wait until the process has ended and is cleared away; whether it has."""
        self._watcher.join(timeout)
        return not self._watcher.is_alive()

    # ---------------------------------------------------------------------------------------------------------------

    def _configure(self, configuration: Configuration) -> None:
        line = json.dumps(to_document(configuration)) + "\n"
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # it has died already: the watcher will tell
            self._process.stdin.write(line.encode())
            self._process.stdin.close()

    def _read(self) -> None:
        try:
            connection = self._listener.accept()
        except (OSError, EOFError, AuthenticationError):
            self._accepted.set()
            return
        self._connection = connection
        self._accepted.set()
        with contextlib.suppress(OSError, EOFError):
            while True:
                self._heard(read(connection))
        self.kill()  # a process that cannot be talked to is of no use

    def _heard(self, said: dict[str, Any]) -> None:
        if said["tell"] == Tell.ANSWER:
            with self._state:
                waiting = self._waiting.get(said["request"])
            if waiting is not None:
                waiting.answer(said)
        else:
            self._on_tell(self, said)

    def _watch(self) -> None:
        code = self._process.wait()
        self._release_accept()
        self._reader.join()
        with self._state:
            self._is_over = True
            left = list(self._waiting.values())
        for waiting in left:
            waiting.fail(GatewayError("interrupted", "the WhatsApp process ended", in_doubt=True))
        with self._writing:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        self._listener.close()
        self._on_end(self, Ended(code))

    def _release_accept(self) -> None:
        """A process that died before it connected leaves the reader waiting; an empty connection wakes it."""
        if not self._accepted.is_set():
            with contextlib.suppress(OSError, EOFError):
                Client(self._listener.address).close()


def _spawn(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The library prints to standard output as it likes, so that nobody listens there."""
    return subprocess.Popen(
        list(command),
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        close_fds=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


class _Waiting:
    """Somebody waits for the answer to a request."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.result: Any = None
        self.error: GatewayError | None = None

    def answer(self, said: dict[str, Any]) -> None:
        if "error" in said:
            self.error = read_error(said["error"])
        else:
            self.result = said["result"]
        self.done.set()

    def fail(self, error: GatewayError) -> None:
        self.error = error
        self.done.set()

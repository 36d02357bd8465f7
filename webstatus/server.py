"""Serves the page from a thread of its own."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable

import waitress.server
from flask import Flask
from waitress import wasyncore

from bot.logs import fields
from bot.model.errors import ConfigError
from bot.settings.faults import is_loopback, needs_token

log = logging.getLogger(__name__)

#: Answers in parallel; a browser opens up to six connections.
THREADS = 8
CLOSING_SECONDS = 5.0


class Server:
    """A running page; `port` is the one listened at, also when 0 (any free one) was asked for."""

    def __init__(self, app: Flask, host: str, port: int) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for each request of a rush
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        self.host = host
        self.port = int(listener.getsockname()[1])
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        self._waitress = waitress.server.create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=THREADS,
            ident="",  # does not tell which server this is
            clear_untrusted_proxy_headers=False,  # the app looks at X-Forwarded-Proto, and knows not to trust it
        )
        self._thread = threading.Thread(target=self._waitress.run, name="page", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the page."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    def close(self) -> None:
        """Stop answering; returns when the thread has ended. May be called twice."""
        if self._thread.is_alive():
            self._call_in_thread(self._close_sockets)  # sockets belong to the page's thread
            self._thread.join(CLOSING_SECONDS)
            self._waitress.task_dispatcher.shutdown()

    def _call_in_thread(self, act: Callable[[], None]) -> None:
        """Have the page's thread do something.

        Under the trigger's own lock, for a thread that is awake already may do it, and so close the trigger, before the
        trigger is pulled: waitress's `pull_trigger(thunk)` writes to a closed file then.
        """
        trigger = self._waitress.trigger
        with trigger.lock:
            trigger.thunks.append(act)
            trigger.pull_trigger()

    def _close_sockets(self) -> None:
        wasyncore.close_all(self._sockets, ignore_all=True)


def serve(app: Flask, host: str, port: int) -> Server:
    """Answer at `host` and `port` from now on.

    Raises ConfigError when others could reach the page and it has no token, or when the port cannot be had.
    """
    if not app.config["HAS_TOKEN"] and not is_loopback(host):
        raise ConfigError([needs_token(host)])
    try:
        server = Server(app, host, port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(
            [
                f"The page cannot listen at {host}, port {port}: {reason}. Is another program or another bot there? "
                f"Set another PORT, and HOST={host} with it."
            ]
        ) from error
    log.info("page is served", extra=fields(host=host, port=server.port))
    return server

"""The page behind its real server, over a real socket."""

from __future__ import annotations

import http.client
import socket
import threading
from datetime import UTC, datetime

import pytest
from flask import Flask

from bot.i18n import Catalogue
from bot.model.errors import ConfigError
from tests.support.overviews import an_overview
from tests.web import load
from webstatus.app import create_app
from webstatus.server import THREADS, serve


@pytest.fixture
def app(catalogue: Catalogue) -> Flask:
    return create_app(lambda: an_overview(now=datetime.now(UTC)), catalogue.say)


def get(port: int, path: str = "/healthz") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_the_page_is_served_until_it_is_closed(app: Flask) -> None:
    server = serve(app, "127.0.0.1", 0)
    try:
        assert server.address == f"http://127.0.0.1:{server.port}/"
        answer = get(server.port)
        assert answer.status == 200
        assert answer.getheader("Server") is None
    finally:
        server.close()
    with pytest.raises(ConnectionRefusedError):
        get(server.port)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("page", "waitress"))]
    server.close()


def test_the_port_is_free_again_after_closing(app: Flask) -> None:
    first = serve(app, "127.0.0.1", 0)
    get(first.port)
    first.close()
    second = serve(app, "127.0.0.1", first.port)
    assert get(second.port).status == 200
    second.close()


def test_idle_browsers_do_not_keep_others_out(app: Flask) -> None:
    server = serve(app, "127.0.0.1", 0)
    idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(3 * THREADS)]
    try:
        for connection in idle:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n")  # never ends its headers
        assert get(server.port).status == 200
    finally:
        for connection in idle:
            connection.close()
        server.close()


def test_a_page_that_others_could_reach_needs_a_token(app: Flask) -> None:
    with pytest.raises(ConfigError, match="TESTIGO_TOKEN is not set"):
        serve(app, "0.0.0.0", 0)


def test_a_taken_port_is_told(app: Flask) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}"):
            serve(app, "127.0.0.1", port)


def test_a_host_without_an_address_is_told(app: Flask) -> None:
    app.config["HAS_TOKEN"] = True
    with pytest.raises(ConfigError, match=r"cannot listen at host\.invalid"):
        serve(app, "host.invalid", 0)


def test_fifty_readers_at_once_are_all_answered_and_the_engine_goes_on() -> None:
    """How fast that goes is measured by `python -m tests.web.load`."""
    server, board = load.start()
    try:
        measured = load.rush(server.port, board, readers=50, seconds=2, wait=0)
    finally:
        server.close()
    assert measured.failures == 0
    assert len(measured.answers) >= 50
    assert len(measured.late) >= 2

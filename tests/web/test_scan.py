"""The page as a scanner finds it, over raw sockets: bad hosts, tokens, methods, paths, and 2,000 rapid logins."""

from __future__ import annotations

import http.client
import itertools
import socket
import tracemalloc
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from bot.i18n import Catalogue
from bot.model.link import LinkState
from bot.model.overview import Overview
from tests.support.clock import FakeClock
from tests.support.overviews import ACCOUNT, QR_CODE, a_busy_overview, a_link
from webstatus.access import MOST_FAILURES
from webstatus.app import create_app
from webstatus.qr import qr_svg
from webstatus.server import Server, serve

TOKEN = "a-token-that-is-long-enough"
LOGINS = 2000
#: What only those who may see the page are shown; the QR code also as it is drawn.
TEXTS = (QR_CODE, "ABCD-EFGH", "Promo Mayo", "Ana", ACCOUNT.user, "4567", "qr_shown", "testigo_link", TOKEN)
SECRETS = (*(text.encode() for text in TEXTS), qr_svg(QR_CODE)[200:400])

PATHS = (
    "/", "/qr.svg", "/qr.svg?v=0", "/api/status", "/metrics", "//", "//qr.svg", "/./qr.svg", "/static/../qr.svg",
    "/%71r.svg", "/%2571r.svg", "/qr%2Esvg", "/QR.SVG", "/qr.svg/", "/qr.svg%00", "/qr.svg%0d%0aX-Injected:%20yes",
    "/api/status/..", "/api//status", "/api%2Fstatus", "/static/..%2f..%2fbot/wiring.py", "/static/%2e%2e/app.py",
    "/static/../templates/page.html", "/static/....//app.py", "/static/page.css%00.html", "/static/", "/static",
    "/../../../../etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/%c0%ae%c0%ae/etc/passwd", "/%ff%fe",
    "/\\..\\..\\windows", "/.git/config", "/.env", "/data/session.db", "/session.db",
    "/login/", "/login?code=", "/login?code=../../x",
    "/login?code=" + "A" * 3000, "/login?token=" + TOKEN, "/?token=" + TOKEN, "/?X-Auth-Token=" + TOKEN,
    "/?lang=../../x", "/?lang=%00", "/" + "A" * 5000, "/" + "../" * 500, 
    "/healthz/../qr.svg", "/login/../qr.svg", "/;/qr.svg",
    "/qr.svg;x", "http://127.0.0.1/qr.svg", "http://evil.example/qr.svg",
    "/server-status", "/console", "/debug", "/wp-login.php",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "G\tET")
HOSTS = (
    "evil.example", "127.0.0.1.evil.example", "evil.example:8765", "localhost.evil.example", "[::2]", "", " ",
    "a" * 3000, "127.0.0.1, evil.example", "127.0.0.1@evil.example", "http://127.0.0.1",
    "127.0.0.1/../", "127.0.0.1:99999:1",
    "\xff",
)  # fmt: skip
HEADERS = (
    {"X-Auth-Token": "wrong"}, {"X-Auth-Token": ""}, {"X-Auth-Token": TOKEN[:-1]}, {"X-Auth-Token": TOKEN + " x"},
    {"X-Auth-Token": "x" * 8000}, {"X-Auth-Token": "\xfc"}, {"Authorization": "Bearer " + TOKEN.upper()},
    {"Authorization": "Basic Og=="}, {"Authorization": "Bearer"}, {"Authorization": "\x01"}, {"Cookie": "testigo="},
    {"Cookie": "testigo=eyJpc19rbm93biI6dHJ1ZX0.aaaaaa.bbbbbbbbbbbb"}, {"Cookie": "testigo=" + "A" * 4000},
    {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Host": "127.0.0.1"}, {"X-Original-URL": "/qr.svg"},
    {"X-Rewrite-URL": "/qr.svg"}, {"X-HTTP-Method-Override": "GET"}, {"Forwarded": "for=127.0.0.1;host=127.0.0.1"},
)  # fmt: skip
RAW = (
    b"GET /qr.svg HTTP/0.9\r\n\r\n", b"GET /qr.svg\r\n\r\n", b"\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET\r\n\r\n",
    b"GET /qr.svg HTTP/1.1\r\n\r\n", b"GET /qr.svg HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\nGET /qr.svg HTTP/1.1\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
    b"GET /" + b"A" * 300_000 + b" HTTP/1.1\r\n\r\n", b"GET /qr.svg HTTP/1.1\r\nHost: 127.0.0.1\x00\r\n\r\n",
)  # fmt: skip


@dataclass
class Answer:
    status: int
    raw: bytes  #: status line, headers and body


class Scanner:
    """Sends what no browser would send."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(self, raw: bytes) -> Answer:
        """The answer to bytes as they are; status 0 when the connection is simply closed."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=30) as connection:
            try:
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            except (ConnectionResetError, BrokenPipeError):
                return Answer(0, b"")
        head = answer.partition(b"\r\n")[0].split()
        return Answer(int(head[1]) if len(head) > 1 and head[0].startswith(b"HTTP/") else 0, answer)

    def ask(self, method: str, path: str, host: str = "bot.example", **headers: str) -> Answer:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))


def overview() -> Overview:
    """Everything that could be betrayed: a QR code, names, numbers."""
    busy = a_busy_overview(LinkState.QR_SHOWN)
    return replace(busy, link=replace(a_link(LinkState.QR_SHOWN), account=ACCOUNT))


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def guarded(clock: FakeClock) -> Iterator[Server]:
    server = serve(create_app(overview, Catalogue.load().say, token=TOKEN, clock=clock), "127.0.0.1", 0)
    yield server
    server.close()


@pytest.fixture(scope="module")
def local(clock: FakeClock) -> Iterator[Server]:
    server = serve(create_app(overview, Catalogue.load().say, clock=clock), "127.0.0.1", 0)
    yield server
    server.close()


def assert_betrays_nothing(answer: Answer, asked: object, *, except_for: tuple[bytes, ...] = ()) -> None:
    for secret in SECRETS:
        if secret not in except_for:
            assert secret not in answer.raw, (asked, secret)
    assert b"Traceback" not in answer.raw, asked
    assert b"X-Injected" not in answer.raw.partition(b"\r\n\r\n")[0], asked
    assert answer.status < 500 or answer.status == 501, (asked, answer.raw[:200])


def test_the_scan_would_find_a_secret(local: Server) -> None:
    scanner = Scanner(local.port)
    page, picture = scanner.ask("GET", "/", "127.0.0.1"), scanner.ask("GET", "/qr.svg", "127.0.0.1")
    assert (page.status, picture.status) == (200, 200)
    assert b"Promo Mayo" in page.raw
    assert SECRETS[-1] in picture.raw


@pytest.mark.parametrize("path", PATHS, ids=lambda path: urllib.parse.quote(path[:40]))
def test_no_path_leads_past_the_token(guarded: Server, path: str) -> None:
    scanner = Scanner(guarded.port)
    for method in ("GET", "HEAD", "POST"):
        assert_betrays_nothing(scanner.ask(method, path), (method, path))


@pytest.mark.parametrize("method", METHODS)
def test_no_method_leads_past_the_token(guarded: Server, method: str) -> None:
    scanner = Scanner(guarded.port)
    for path in ("/", "/qr.svg", "/api/status", "/metrics", "/login"):
        assert_betrays_nothing(scanner.ask(method, path), (method, path))


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: str(headers)[:50])
def test_no_header_leads_past_the_token(guarded: Server, clock: FakeClock, headers: dict[str, str]) -> None:
    scanner = Scanner(guarded.port)
    for path in ("/", "/qr.svg", "/api/status", "/metrics", "/login"):
        assert_betrays_nothing(scanner.ask("GET", path, **headers), (path, headers))


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: repr(host[:40]))
def test_without_a_token_no_other_name_is_answered(local: Server, host: str) -> None:
    scanner = Scanner(local.port)
    for path, forged in itertools.product(("/", "/qr.svg", "/api/status", "/metrics"), ("", "127.0.0.1")):
        headers = {"X-Forwarded-Host": forged, "Origin": "http://127.0.0.1"} if forged else {}
        answer = scanner.ask("GET", path, host, **headers)
        assert_betrays_nothing(answer, (host, path))
        assert answer.status in (0, 400, 421, 431)


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: repr(raw[:30]))
def test_what_is_no_request_is_refused_and_the_next_one_served(guarded: Server, local: Server, raw: bytes) -> None:
    assert_betrays_nothing(Scanner(guarded.port).send(raw), raw[:60])
    for server in (guarded, local):
        Scanner(server.port).send(raw)
        assert Scanner(server.port).ask("GET", "/healthz", "127.0.0.1").status == 200


def test_without_a_token_paths_show_what_they_are_and_no_file(local: Server) -> None:
    scanner = Scanner(local.port)
    for path in PATHS:
        answer = scanner.ask("GET", path, "127.0.0.1")
        assert answer.status < 500, path
        for content in (b"root:", b"from __future__", b"{% ", b"[core]", b"SQLite format"):
            assert content not in answer.raw, path


def test_two_thousand_rapid_logins_open_nothing_and_fill_nothing(clock: FakeClock) -> None:
    server = serve(create_app(overview, Catalogue.load().say, token=TOKEN, clock=clock), "127.0.0.1", 0)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        statuses = [guess(connection, number) for number in range(200)]
        tracemalloc.start()
        statuses += [guess(connection, number) for number in range(200, LOGINS)]
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    finally:
        connection.close()
        server.close()
    assert statuses == [401] * MOST_FAILURES + [429] * (LOGINS - MOST_FAILURES)
    assert grown < 500_000  # bytes


def guess(connection: http.client.HTTPConnection, number: int) -> int:
    """One wrong key, each in one of the ways there are."""
    wrong = f"guess-number-{number}-of-many"
    match number % 3:
        case 0:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/login", f"token={wrong}", form)
        case 1:
            connection.request("GET", "/qr.svg", headers={"X-Auth-Token": wrong})
        case _:
            connection.request("GET", f"/login?code={wrong}")
    answer = connection.getresponse()
    text = answer.read()
    assert "Set-Cookie" not in answer.headers
    assert not [secret for secret in SECRETS if secret in text]
    return answer.status


def test_two_thousand_addresses_that_guess_are_remembered_in_bounded_memory(clock: FakeClock) -> None:
    app = create_app(overview, Catalogue.load().say, token=TOKEN, clock=clock)
    visitor = app.test_client()
    for number in range(LOGINS):
        address = {"REMOTE_ADDR": f"198.51.{number // 250}.{number % 250}"}
        assert visitor.get("/qr.svg", headers={"X-Auth-Token": "guess"}, environ_base=address).status_code == 401
    known = visitor.get("/qr.svg", headers={"X-Auth-Token": TOKEN}, environ_base={"REMOTE_ADDR": "203.0.113.1"})
    assert known.status_code == 200


def test_no_key_is_written_to_the_log(guarded: Server, caplog: pytest.LogCaptureFixture) -> None:
    scanner = Scanner(guarded.port)
    with caplog.at_level("DEBUG"):
        scanner.ask("GET", "/login?code=a-code-of-a-login-link")
        scanner.ask("GET", f"/?token={TOKEN}")
        scanner.ask("GET", "/qr.svg", **{"X-Auth-Token": "a-key-that-is-wrong"})
    for key in ("a-code-of-a-login-link", TOKEN, "a-key-that-is-wrong"):
        assert key not in caplog.text

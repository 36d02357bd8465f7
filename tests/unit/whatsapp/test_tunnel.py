"""Through every kind of proxy, and never beside one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bot.whatsapp.tunnel import ProxyRefused, connect, proxy_for

HELLO = b"hello from the host"


@contextmanager
def a_proxy(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on loopback that talks to one client; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                talk(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def an_http_proxy(status: str, asked: list[str]) -> Callable[[socket.socket], None]:
    def talk(client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(4096)
        asked.extend(head.decode().splitlines())
        client.sendall(f"HTTP/1.1 {status}\r\nServer: x\r\n\r\n".encode() + HELLO)

    return talk


def test_an_http_proxy_is_asked_for_the_host_and_leaves_its_first_words_to_us() -> None:
    asked: list[str] = []
    with a_proxy(an_http_proxy("200 Connection established", asked)) as port:
        with connect("mmg.whatsapp.net", 443, f"http://ana:p%40ss@127.0.0.1:{port}", 5) as through:
            assert through.recv(100) == HELLO
    assert asked[0] == "CONNECT mmg.whatsapp.net:443 HTTP/1.1"
    assert "Proxy-Authorization: Basic YW5hOnBAc3M=" in asked


def test_a_proxy_that_refuses_is_not_gone_around() -> None:
    with a_proxy(an_http_proxy("407 Proxy Authentication Required", [])) as port:
        with pytest.raises(ProxyRefused, match="407"):
            connect("mmg.whatsapp.net", 443, f"http://127.0.0.1:{port}", 5)


def a_socks_proxy(fault: int, asked: list[bytes]) -> Callable[[socket.socket], None]:
    def talk(client: socket.socket) -> None:
        asked.append(client.recv(10))
        client.sendall(b"\x05\x02")
        asked.append(client.recv(100))
        client.sendall(b"\x01\x00")
        asked.append(client.recv(100))
        client.sendall(bytes([5, fault, 0, 1]) + bytes(6) + HELLO)

    return talk


def test_a_socks_proxy_gets_the_password_and_resolves_the_name() -> None:
    asked: list[bytes] = []
    with a_proxy(a_socks_proxy(0, asked)) as port:
        with connect("mmg.whatsapp.net", 443, f"socks5://ana:secret@127.0.0.1:{port}", 5) as through:
            assert through.recv(100) == HELLO
    assert asked == [b"\x05\x02\x00\x02", b"\x01\x03ana\x06secret", b"\x05\x01\x00\x03\x10mmg.whatsapp.net\x01\xbb"]


def test_a_socks_proxy_says_why_it_refuses() -> None:
    with a_proxy(a_socks_proxy(5, [])) as port:
        with pytest.raises(ProxyRefused, match="connection refused"):
            connect("mmg.whatsapp.net", 443, f"socks5://ana:secret@127.0.0.1:{port}", 5)


def test_an_unknown_kind_of_proxy_is_not_gone_around() -> None:
    with pytest.raises(ProxyRefused, match="socks4"):
        connect("mmg.whatsapp.net", 443, "socks4://127.0.0.1:9", 5)


def test_the_accounts_own_proxy_comes_before_the_machines() -> None:
    machine = {"HTTPS_PROXY": "http://machine:3128"}
    assert proxy_for("mmg.whatsapp.net", "socks5://own:1080", machine) == "socks5://own:1080"
    assert proxy_for("mmg.whatsapp.net", "", machine) == "http://machine:3128"
    assert proxy_for("mmg.whatsapp.net", "", {}) == ""

"""A TCP connection to a host, straight or through the account's proxy: HTTP, HTTPS or SOCKS5; never beside it."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import urllib.request
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_MAX_ANSWER = 16_384  #: bytes of a proxy's answer to CONNECT

#: What a SOCKS5 proxy's refusal means (RFC 1928, section 6).
_SOCKS_FAULTS = {
    1: "general failure", 2: "not allowed by its rules", 3: "network unreachable", 4: "host unreachable",
    5: "connection refused", 6: "too slow", 7: "command not supported", 8: "address type not supported",
}  # fmt: skip


class ProxyRefused(OSError):
    """The proxy does not let us through."""


def proxy_for(host: str, own: str, environ: Mapping[str, str] = os.environ) -> str:
    """The proxy to use for a host: the account's own, else the machine's; empty for none."""
    if own:
        return own
    machine = environ.get("HTTPS_PROXY") or environ.get("https_proxy") or ""
    return "" if machine and urllib.request.proxy_bypass(host) else machine


def connect(host: str, port: int, proxy: str, timeout: float) -> socket.socket:
    """A connected socket; every operation on it may take `timeout` seconds. Raises OSError."""
    if not proxy:
        return socket.create_connection((host, port), timeout)
    address = urlsplit(proxy)
    if address.scheme not in _DEFAULT_PORTS or not address.hostname:
        raise ProxyRefused(f"a proxy must be http, https or socks5 with a host, not {address.scheme!r}")
    plain = socket.create_connection((address.hostname, address.port or _DEFAULT_PORTS[address.scheme]), timeout)
    try:
        if address.scheme == "socks5":
            _ask_socks(plain, address, host, port)
            return plain
        through = _over_tls(plain, address.hostname) if address.scheme == "https" else plain
        _ask_http(through, address, host, port)
        return through
    except BaseException:
        plain.close()
        raise


def _over_tls(plain: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _ask_http(proxy: socket.socket, address: SplitResult, host: str, port: int) -> None:
    """CONNECT (RFC 9110, section 9.3.6)."""
    request = f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
    if address.username is not None:
        pair = f"{unquote(address.username)}:{unquote(address.password or '')}"
        request += f"Proxy-Authorization: Basic {base64.b64encode(pair.encode()).decode()}\r\n"
    proxy.sendall(request.encode() + b"\r\n")
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):  # byte by byte: what follows belongs to the host
        byte = proxy.recv(1)
        if not byte or len(answer) > _MAX_ANSWER:
            raise ProxyRefused("the proxy broke off")
        answer += byte
    status = answer.split(b"\r\n", 1)[0].decode("latin1")
    if status.split(" ")[1:2] != ["200"]:
        raise ProxyRefused(f"the proxy says {status!r}")


def _ask_socks(proxy: socket.socket, address: SplitResult, host: str, port: int) -> None:
    """SOCKS5 (RFC 1928) with a password if there is one (RFC 1929); the proxy resolves the name."""
    methods = b"\x05\x01\x00" if address.username is None else b"\x05\x02\x00\x02"
    proxy.sendall(methods)
    chosen = _exactly(proxy, 2)[1]
    if chosen == 2 and address.username is not None:
        name, password = unquote(address.username).encode(), unquote(address.password or "").encode()
        proxy.sendall(b"\x01" + bytes([len(name)]) + name + bytes([len(password)]) + password)
        if _exactly(proxy, 2)[1] != 0:
            raise ProxyRefused("the proxy refuses the name or password")
    elif chosen != 0:
        raise ProxyRefused("the proxy asks for a password")
    name = host.encode("idna")
    proxy.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
    _, fault, _, kind = _exactly(proxy, 4)
    if fault:
        raise ProxyRefused(f"the proxy says: {_SOCKS_FAULTS.get(fault, f'fault {fault}')}")
    bound = {1: 4, 4: 16}.get(kind) or _exactly(proxy, 1)[0]
    _exactly(proxy, bound + 2)


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = source.recv(count - len(data))
        if not part:
            raise ProxyRefused("the proxy broke off")
        data += part
    return data

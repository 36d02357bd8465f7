"""The layers below the stanzas: TLS with a throw-away authority, websocket frames (RFC 6455), and Noise."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime
import hashlib
import ssl
import struct
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.whatsapp_double import pb
from tests.whatsapp_double.crypto import KeyPair, hkdf

# --------------------------------------------------------------------------------------------------------------- TLS


def make_tls(folder: Path, hosts: list[str]) -> tuple[ssl.SSLContext, Path]:
    """A server context for `hosts`, and the certificate of the authority that a client must trust (PEM file)."""
    folder.mkdir(parents=True, exist_ok=True)
    authority_key, host_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("Test authority", "Test authority", authority_key.public_key(), authority_key)
    host = _certificate(hosts[0], "Test authority", host_key.public_key(), authority_key, hosts)
    authority_file, host_file = folder / "authority.pem", folder / "host.pem"
    pem = serialization.Encoding.PEM
    authority_file.write_bytes(authority.public_bytes(pem))
    key = host_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    host_file.write_bytes(key + host.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host_file)
    context.set_alpn_protocols(["http/1.1"])
    return context, authority_file


def _certificate(
    subject: str,
    issuer: str,
    key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str] = (),
) -> x509.Certificate:
    """For some hosts; without any, an authority's."""
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


# --------------------------------------------------------------------------------------------------------- websocket

_WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_BINARY, _CLOSE, _PING, _PONG = 2, 8, 9, 10
_LAST_FRAME, _MASKED = 0x80, 0x80


class SocketClosed(Exception):
    """The client is gone."""


class WebSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._is_closed = False

    @staticmethod
    def accept(key: str) -> bytes:
        """The answer to a client's upgrade request."""
        digest = hashlib.sha1(key.encode() + _WEBSOCKET_GUID).digest()
        return (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n\r\n"
        ).encode()

    async def send(self, data: bytes, kind: int = _BINARY) -> None:
        if self._is_closed:
            raise SocketClosed
        self._writer.write(_frame_head(kind, len(data)) + data)
        await self._writer.drain()

    async def receive(self) -> bytes:
        """The next message. Raises SocketClosed."""
        message = b""
        while True:
            try:
                kind, is_last, data = await self._frame()
            except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError) as error:
                self._is_closed = True
                raise SocketClosed from error
            if kind == _CLOSE:
                await self.close()
                raise SocketClosed
            if kind == _PING:
                await self.send(data, _PONG)
            elif kind != _PONG:
                message += data
                if is_last:
                    return message

    async def _frame(self) -> tuple[int, bool, bytes]:
        first, second = await self._reader.readexactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack(">H", await self._reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self._reader.readexactly(8))
        mask = await self._reader.readexactly(4) if second & _MASKED else b"\0\0\0\0"
        data = await self._reader.readexactly(size)
        return first & 15, bool(first & _LAST_FRAME), _unmasked(data, mask)

    async def close(self) -> None:
        """Politely, with status 1000."""
        if not self._is_closed:
            with contextlib.suppress(OSError, SocketClosed):
                await self.send(struct.pack(">H", 1000), _CLOSE)
        self._is_closed = True
        self._writer.close()

    def abort(self) -> None:
        self._is_closed = True
        self._writer.transport.abort()


def _frame_head(kind: int, size: int) -> bytes:
    first = bytes((_LAST_FRAME | kind,))
    if size < 126:
        return first + bytes((size,))
    if size < 1 << 16:
        return first + b"\x7e" + struct.pack(">H", size)
    return first + b"\x7f" + struct.pack(">Q", size)


def _unmasked(data: bytes, mask: bytes) -> bytes:
    """Four bytes over and over, as one big number: byte by byte would take seconds for a picture."""
    size = len(data)
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")


# ------------------------------------------------------------------------------------------------------------- Noise

_PATTERN = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"
#: The first bytes of a connection, also the handshake's prologue: magic, and the dictionary's version.
_HEADER = b"WA\x06\x03"
_ROUTING = b"ED"  # an optional prefix: ED 00 01, three bytes of length, routing information


class NoiseRoot:
    """The chain of certificates: root (which the client trusts), intermediate, the server's static key."""

    def __init__(self) -> None:
        self.root, self.intermediate, self.static = KeyPair(), KeyPair(), KeyPair()
        intermediate = _details(1, 0, self.intermediate.pub)
        leaf = _details(2, 1, self.static.pub)
        self.chain = pb.enc(
            (1, pb.enc((1, leaf), (2, self.intermediate.sign(leaf)))),
            (2, pb.enc((1, intermediate), (2, self.root.sign(intermediate)))),
        )


def _details(serial: int, issuer: int, key: bytes) -> bytes:
    """Serial, issuer's serial (0 for the root), key, valid from and until."""
    now = int(time.time())
    return pb.enc((1, serial), (2, issuer), (3, key), (4, now - 86400), (5, now + 30 * 86400))


class Noise:
    """The answering side of WhatsApp's Noise_XX_25519_AESGCM_SHA256."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._buffer = b""
        self._has_header = False
        self._hash = self._salt = _PATTERN
        self._cipher, self._counter = AESGCM(_PATTERN), 0
        self._read_count = self._write_count = 0
        self._authenticate(_HEADER)

    async def handshake(self, root: NoiseRoot) -> tuple[bytes, bytes]:
        """The client's static public key, and its serialised ClientPayload."""
        hello = pb.dec(pb.get(pb.dec(await self._receive_frame()), 2))
        client_ephemeral = pb.get(hello, 1)
        self._authenticate(client_ephemeral)
        ephemeral = KeyPair()
        self._authenticate(ephemeral.pub)
        self._mix(ephemeral.dh(client_ephemeral))
        static = self._encrypt(root.static.pub)
        self._mix(root.static.dh(client_ephemeral))
        certificates = self._encrypt(root.chain)
        await self._send_frame(pb.enc((3, pb.enc((1, ephemeral.pub), (2, static), (3, certificates)))))
        finish = pb.dec(pb.get(pb.dec(await self._receive_frame()), 4))
        client_static = self._decrypt(pb.get(finish, 1))
        self._mix(ephemeral.dh(client_static))
        payload = self._decrypt(pb.get(finish, 2))
        keys = hkdf(b"", 64, self._salt)
        self._read_cipher, self._write_cipher = AESGCM(keys[:32]), AESGCM(keys[32:])
        return client_static, payload

    async def receive(self) -> bytes:
        encrypted = await self._receive_frame()
        plain = self._read_cipher.decrypt(_nonce(self._read_count), encrypted, None)
        self._read_count += 1
        return plain

    async def send(self, plain: bytes) -> None:
        encrypted = self._write_cipher.encrypt(_nonce(self._write_count), plain, None)
        self._write_count += 1
        await self._send_frame(encrypted)

    # frames: three bytes of length, then the content; they do not care for the websocket's messages

    async def _receive_frame(self) -> bytes:
        while True:
            if not self._has_header:
                self._take_header()
            if self._has_header and len(self._buffer) >= 3:
                end = 3 + int.from_bytes(self._buffer[:3], "big")
                if len(self._buffer) >= end:
                    frame, self._buffer = self._buffer[3:end], self._buffer[end:]
                    return frame
            self._buffer += await self._socket.receive()

    def _take_header(self) -> None:
        start = 0
        if self._buffer.startswith(_ROUTING) and len(self._buffer) >= 7:
            start = 7 + int.from_bytes(self._buffer[4:7], "big")
        if len(self._buffer) < start + len(_HEADER):
            return
        if self._buffer[start : start + len(_HEADER)] != _HEADER:
            raise ValueError("the client speaks another version of the protocol")
        self._buffer, self._has_header = self._buffer[start + len(_HEADER) :], True

    async def _send_frame(self, content: bytes) -> None:
        await self._socket.send(len(content).to_bytes(3, "big") + content)

    # the handshake's symmetric state

    def _authenticate(self, data: bytes) -> None:
        self._hash = hashlib.sha256(self._hash + data).digest()

    def _mix(self, secret: bytes) -> None:
        keys = hkdf(secret, 64, self._salt)
        self._salt, self._cipher, self._counter = keys[:32], AESGCM(keys[32:]), 0

    def _encrypt(self, plain: bytes) -> bytes:
        encrypted = self._cipher.encrypt(self._next_nonce(), plain, self._hash)
        self._authenticate(encrypted)
        return encrypted

    def _decrypt(self, encrypted: bytes) -> bytes:
        plain = self._cipher.decrypt(self._next_nonce(), encrypted, self._hash)
        self._authenticate(encrypted)
        return plain

    def _next_nonce(self) -> bytes:
        self._counter += 1
        return _nonce(self._counter - 1)


def _nonce(count: int) -> bytes:
    return b"\0" * 8 + struct.pack(">I", count)

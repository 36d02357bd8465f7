"""Our own download of a media file, for when the library's fails: fetched from WhatsApp's media host and decrypted.

Unlike the library's it has a deadline and a limit. Source of the scheme: whatsmeow's download.go.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import Message

from bot.model.errors import GatewayError
from bot.whatsapp import tunnel
from bot.whatsapp.faults import download_fault

HOST = "mmg.whatsapp.net"
#: A file ends with the first bytes of its HMAC.
MAC_LENGTH = 10
_BLOCK = 16  #: bytes of an AES block: what encryption adds at most
_CHUNK = 65_536
#: Without these the host refuses some files.
_HEADERS = {"Origin": "https://web.whatsapp.com", "Referer": "https://web.whatsapp.com/"}


@dataclass(frozen=True)
class _Family:
    """How one kind of media is named at the media host and in the derivation of its keys."""

    field: str
    mms_type: str
    key_info: bytes


_FAMILIES = (
    _Family("imageMessage", "image", b"WhatsApp Image Keys"),
    _Family("videoMessage", "video", b"WhatsApp Video Keys"),
    _Family("documentMessage", "document", b"WhatsApp Document Keys"),
)


def fetch(payload: str, proxy: str, max_bytes: int, deadline: timedelta) -> bytes:
    """The decrypted file of a message (base64 of the serialised `waE2E.Message`).

    Raises GatewayError: permanent when the host no longer has the file or the content is not what was announced.
    """
    source, family = _part(Message.FromString(b64decode(payload)))
    ends = time.monotonic() + deadline.total_seconds()
    try:
        encrypted = _get(_path(source, family), proxy, max_bytes + _BLOCK + MAC_LENGTH, ends)
    except (OSError, http.client.HTTPException) as error:
        raise GatewayError("media_server", f"{type(error).__name__}: {error}") from error
    return decrypted(encrypted, source, family.key_info)


def decrypted(encrypted: bytes, source: Any, key_info: bytes) -> bytes:
    """Check and decrypt a file: HKDF-SHA256 gives iv, cipher key and MAC key; AES-256-CBC; HMAC over iv and text.

    `source` has `mediaKey`, `fileEncSHA256` and `fileSHA256`. Raises a permanent GatewayError (`corrupt`).
    """
    if source.fileEncSHA256 and hashlib.sha256(encrypted).digest() != source.fileEncSHA256:
        raise _corrupt("hash of the encrypted file")
    keys = HKDF(SHA256(), 112, salt=None, info=key_info).derive(source.mediaKey)
    iv, cipher_key, mac_key = keys[:16], keys[16:48], keys[48:80]
    text, mac = encrypted[:-MAC_LENGTH], encrypted[-MAC_LENGTH:]
    if not hmac.compare_digest(hmac.digest(mac_key, iv + text, "sha256")[:MAC_LENGTH], mac):
        raise _corrupt("hmac")
    content = _unpadded(text, cipher_key, iv)
    if source.fileSHA256 and hashlib.sha256(content).digest() != source.fileSHA256:
        raise _corrupt("hash of the file")
    return content


def _part(message: Any) -> tuple[Any, _Family]:
    for family in _FAMILIES:
        if message.HasField(family.field):
            return getattr(message, family.field), family
    raise _corrupt("nothing downloadable")


def _path(source: Any, family: _Family) -> str:
    """Only the path is the sender's to say, never the host: a stranger's message must not make us call anywhere."""
    if not source.directPath.startswith("/") or not source.mediaKey:
        raise _corrupt("no path or key")
    joint = "&" if "?" in source.directPath else "?"
    wanted = urlsafe_b64encode(source.fileEncSHA256).decode()
    return f"{source.directPath}{joint}hash={wanted}&mms-type={family.mms_type}&__wa-mms="


def _get(path: str, proxy: str, max_bytes: int, ends: float) -> bytes:
    plain = tunnel.connect(HOST, 443, tunnel.proxy_for(HOST, proxy), _left(ends))
    with ssl.create_default_context().wrap_socket(plain, server_hostname=HOST) as secure:
        host = http.client.HTTPSConnection(HOST)
        host.sock = secure
        host.request("GET", path, headers=_HEADERS)
        answer = host.getresponse()
        if answer.status != 200:
            raise download_fault(f"download failed with status code {answer.status}")
        return _body(answer, secure, max_bytes, ends)


def _body(answer: http.client.HTTPResponse, secure: ssl.SSLSocket, max_bytes: int, ends: float) -> bytes:
    body = bytearray()
    while True:
        secure.settimeout(_left(ends))
        part = answer.read1(_CHUNK)
        if not part:
            break
        body += part
        if len(body) > max_bytes:
            raise GatewayError("too_large", f"more than {max_bytes} bytes", permanent=True)
    if answer.length:
        raise GatewayError("media_server", f"cut off, {answer.length} bytes are missing")
    return bytes(body)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise GatewayError("deadline", "our own download took too long")
    return left


def _unpadded(text: bytes, key: bytes, iv: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(_BLOCK * 8).unpadder()
    try:
        return unpadder.update(decryptor.update(text) + decryptor.finalize()) + unpadder.finalize()
    except ValueError as error:
        raise _corrupt(f"padding ({error})") from error


def _corrupt(what: str) -> GatewayError:
    return GatewayError("corrupt", f"mismatch: {what}", permanent=True)

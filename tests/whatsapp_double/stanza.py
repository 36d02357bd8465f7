"""WhatsApp's binary XML ("WABinary"), dictionary version 3: elements, addresses, and their codec."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.whatsapp_double import tokens

LIST_EMPTY, DICT0 = 0, 236
INTEROP_JID, FB_JID, AD_JID, LIST8, LIST16, JID_PAIR = 245, 246, 247, 248, 249, 250
HEX8, BIN8, BIN20, BIN32, NIBBLE8 = 251, 252, 253, 254, 255


_NIBBLES, _HEX = "0123456789-.\0\0\0\0", "0123456789ABCDEF"
_AGENT_SERVERS = {0: "s.whatsapp.net", 1: "lid", 128: "hosted", 129: "hosted.lid"}


@dataclass(frozen=True)
class Jid:
    """An address with its device part; in stanzas it must be encoded as one, never as text."""

    user: str
    server: str
    device: int = 0

    @classmethod
    def parse(cls, text: str) -> Jid:
        user, _, server = text.rpartition("@")
        dev = 0
        if ":" in user:
            user, d = user.split(":")
            dev = int(d)
        return cls(user.split(".")[0] if server in ("s.whatsapp.net", "lid") else user, server, dev)

    def __str__(self) -> str:
        u = f"{self.user}:{self.device}" if self.device else self.user
        return f"{u}@{self.server}" if u else self.server

    def with_device(self, d: int) -> Jid:
        return Jid(self.user, self.server, d)


SERVER = Jid("", "s.whatsapp.net")
STATUS = Jid("status", "broadcast")


@dataclass
class Node:
    """An XML element: a tag, attributes, and either bytes or child elements."""

    tag: str
    attrs: dict[str, Any] = field(default_factory=dict)
    content: bytes | str | list[Node] | None = None

    @property
    def children(self) -> list[Node]:
        return self.content if isinstance(self.content, list) else []

    @property
    def bytes(self) -> bytes:
        assert isinstance(self.content, bytes), f"<{self.tag}> holds no bytes"
        return self.content

    def get(self, *path: str) -> Node | None:
        """The first element down a path of tags."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def all(self, tag: str) -> list[Node]:
        """The child elements with a tag."""
        return [child for child in self.children if child.tag == tag]

    def child(self, *path: str) -> Node:
        """The same, when it must be there."""
        found = self.get(*path)
        if found is None:
            raise LookupError(f"<{self.tag}> has no <{'/'.join(path)}>")
        return found

    def need(self, *path: str) -> bytes:
        """The bytes down a path of tags."""
        return self.child(*path).bytes

    def a(self, key: str, default: str = "") -> str:
        """An attribute as text."""
        value = self.attrs.get(key)
        return default if value is None else str(value)

    def jid(self, key: str) -> Jid:
        """An attribute that must be an address."""
        value = self.attrs[key]
        return value if isinstance(value, Jid) else Jid.parse(str(value))

    def xml(self, depth: int = 0) -> str:
        """For reading by people; long contents are shortened."""
        pad = "  " * depth
        opening = f"{pad}<{self.tag}" + "".join(f' {key}="{value}"' for key, value in self.attrs.items())
        if not self.content:
            return opening + "/>"
        if isinstance(self.content, list):
            inner = "\n".join(child.xml(depth + 1) for child in self.content[:12])
            more = f"\n{pad}  ... {len(self.content)} in all" if len(self.content) > 12 else ""
            return f"{opening}>\n{inner}{more}\n{pad}</{self.tag}>"
        return f"{opening}>[{len(self.content)} bytes]</{self.tag}>"


@cache
def _dictionaries() -> tuple[list[str], list[list[str]]]:
    """Tokens of one byte, and four tables of tokens of two; read when first needed, for not every system has them."""
    return tokens.load()


@cache
def _tokens_by_text() -> dict[str, bytes]:
    single, double = _dictionaries()
    two = {
        text: bytes((DICT0 + table, place)) for table, texts in enumerate(double) for place, text in enumerate(texts)
    }
    return two | {text: bytes((place,)) for place, text in enumerate(single) if text}


# ------------------------------------------------------------------------------------------------------------ encode


def encode(node: Node) -> bytes:
    return b"\0" + _node(node)  # flags: not compressed


def _node(node: Node) -> bytes:
    attributes = {key: value for key, value in node.attrs.items() if value is not None and value != ""}
    out = [_list_size(1 + 2 * len(attributes) + (node.content is not None)), _string(node.tag)]
    for key, value in attributes.items():
        out += (_string(key), _value(value))
    if isinstance(node.content, list):
        out.append(_list_size(len(node.content)))
        out += [_node(child) for child in node.content]
    elif node.content is not None:
        out.append(_value(node.content))
    return b"".join(out)


def _value(value: Any) -> bytes:
    if isinstance(value, Jid):
        return _jid(value)
    if isinstance(value, bytes):
        return _bytes_size(len(value)) + value
    return _string(str(value))


def _jid(jid: Jid) -> bytes:
    if jid.server in ("s.whatsapp.net", "lid") and jid.device:
        return bytes((AD_JID, 1 if jid.server == "lid" else 0, jid.device)) + _string(jid.user)
    user = _string(jid.user) if jid.user else bytes((LIST_EMPTY,))
    return bytes((JID_PAIR,)) + user + _string(jid.server)


def _string(text: str) -> bytes:
    """A token of one or two bytes, or plain; packing digits in nibbles is optional on the wire."""
    token = _tokens_by_text().get(text)
    if token is not None:
        return token
    return _bytes_size(len(text.encode())) + text.encode()


def _bytes_size(size: int) -> bytes:
    if size < 256:
        return bytes((BIN8, size))
    if size < 1 << 20:
        return bytes((BIN20,)) + size.to_bytes(3, "big")
    return bytes((BIN32,)) + size.to_bytes(4, "big")


def _list_size(size: int) -> bytes:
    if size == 0:
        return bytes((LIST_EMPTY,))
    return bytes((LIST8, size)) if size < 256 else bytes((LIST16,)) + size.to_bytes(2, "big")


# ------------------------------------------------------------------------------------------------------------ decode


def decode(data: bytes) -> Node:
    """Raises EOFError or ValueError for what is no element. Bit 1 of the first byte: compressed."""
    return _Reader(zlib.decompress(data[1:]) if data[0] & 2 else data[1:]).node()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def node(self) -> Node:
        size = self._list_size(self._number(1))
        tag = self._read(as_text=True)
        attributes = {}
        for _ in range((size - 1) // 2):
            key = self._read(as_text=True)
            attributes[key] = self._read(as_text=True)
        content = self._read(as_text=False) if size % 2 == 0 else None
        if isinstance(content, (str, Jid)):
            content = str(content).encode()
        return Node(tag, attributes, content)

    def _read(self, as_text: bool) -> Any:
        tag = self._number(1)
        if tag == LIST_EMPTY:
            return None
        if tag in (LIST8, LIST16):
            return [self.node() for _ in range(self._list_size(tag))]
        if tag in (BIN8, BIN20, BIN32):
            return self._bytes(tag, as_text)
        if DICT0 <= tag < DICT0 + 4:
            return _dictionaries()[1][tag - DICT0][self._number(1)]
        if tag == JID_PAIR:
            user, server = self._read(as_text=True), self._read(as_text=True)
            return Jid(user or "", server)
        if tag == AD_JID:
            agent, device = self._number(1), self._number(1)
            return Jid(self._read(as_text=True), _AGENT_SERVERS.get(agent, "s.whatsapp.net"), device)
        if tag in (NIBBLE8, HEX8):
            return self._packed(_NIBBLES if tag == NIBBLE8 else _HEX)
        single, _ = _dictionaries()
        if 0 < tag < len(single):
            return single[tag]
        raise ValueError(f"unexpected token {tag} at {self._place}")

    def _bytes(self, tag: int, as_text: bool) -> bytes | str:
        size = {BIN8: 1, BIN20: 3, BIN32: 4}[tag]
        length = self._number(size) & (0xFFFFF if tag == BIN20 else 0xFFFFFFFF)
        data = self._take(length)
        return data.decode() if as_text else data

    def _packed(self, alphabet: str) -> str:
        """Two characters to a byte; the top bit of the length says that the last one is filling."""
        start = self._number(1)
        data = self._take(start & 127)
        text = "".join(alphabet[byte >> 4] + alphabet[byte & 15] for byte in data)
        return text[:-1] if start & 128 else text

    def _list_size(self, tag: int) -> int:
        if tag == LIST_EMPTY:
            return 0
        if tag in (LIST8, LIST16):
            return self._number(1 if tag == LIST8 else 2)
        raise ValueError(f"{tag} begins no list")

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _take(self, size: int) -> bytes:
        if self._place + size > len(self._data):
            raise EOFError
        data = self._data[self._place : self._place + size]
        self._place += size
        return bytes(data)

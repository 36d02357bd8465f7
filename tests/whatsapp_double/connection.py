"""One Noise-encrypted websocket of a client."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.whatsapp_double.stanza import Node, encode
from tests.whatsapp_double.wire import Noise, WebSocket

if TYPE_CHECKING:
    from tests.whatsapp_double.accounts import Device
    from tests.whatsapp_double.server import WhatsAppDouble


@dataclass(frozen=True)
class Registration:
    """The keys that a client without account presents when it wants to be linked."""

    noise: bytes
    registration: bytes
    identity: bytes
    signed_prekey: tuple[bytes, bytes, bytes]


class Connection:
    def __init__(self, server: WhatsAppDouble, socket: WebSocket) -> None:
        self._server = server
        self.socket, self.noise = socket, Noise(socket)
        self.device: Device | None = None  #: after the login
        self.registration: Registration | None = None  #: of a client that is not linked
        self.refs: list[str] = []  #: the references in the QR codes that it was given
        self.answers: dict[str, asyncio.Future[Node]] = {}  #: to our own queries, by id
        self._sending = asyncio.Lock()
        self._queries = 0

    def next_id(self) -> str:
        self._queries += 1
        return f"srv-{self._queries}-{os.urandom(2).hex()}"

    async def send(self, node: Node) -> None:
        self._server.trace("->", str(self.device.jid()) if self.device else "unpaired", node)
        async with self._sending:
            await self.noise.send(encode(node))

    async def ask(self, node: Node, timeout: float = 10) -> Node:
        """Send a query (iq) and wait for its answer."""
        answer = asyncio.get_running_loop().create_future()
        self.answers[node.a("id")] = answer
        await self.send(node)
        return await asyncio.wait_for(answer, timeout)

    async def drop(self, abort: bool = True) -> None:
        """Cut the connection, as a lost network does; or close it politely."""
        if abort:
            self.socket.abort()
        else:
            await self.socket.close()

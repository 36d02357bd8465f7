"""Accounts and their devices, as the server knows them."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.whatsapp_double import pb
from tests.whatsapp_double.appstate import AppState
from tests.whatsapp_double.crypto import KeyPair
from tests.whatsapp_double.stanza import Jid, Node

if TYPE_CHECKING:
    from tests.whatsapp_double.connection import Connection


@dataclass(eq=False)
class Device:
    """A phone (id 0) or a companion. Either a connection or a handler takes what is delivered to it."""

    account: Account
    id: int
    noise: bytes = b""  #: public key by which a companion logs in
    identity: bytes = b""
    registration: bytes = b"\0\0\0\1"
    signed_prekey: tuple[bytes, bytes, bytes] = (b"", b"", b"")  #: id (3 bytes), key (32), signature (64)
    prekeys: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict)
    signed_identity: bytes = b""  #: serialised ADVSignedDeviceIdentity of a companion
    connection: Connection | None = None
    handler: Callable[[Node], Awaitable[None]] | None = None  #: a device simulated in Python
    inbox: OrderedDict[str, Node] = field(default_factory=OrderedDict)  #: not acknowledged yet, by message id
    live: bool = False  #: it said that it is active, and takes messages

    def jid(self, lid: bool = False) -> Jid:
        return (self.account.lid if lid else self.account.pn).with_device(self.id)


class Account:
    """Somebody with a phone number (`pn`) and a LID."""

    def __init__(self, pn: str, lid: str, name: str) -> None:
        self.pn, self.lid, self.name = Jid(pn, "s.whatsapp.net"), Jid(lid, "lid"), name
        self.signature_key = KeyPair()  # also the identity key of the phone
        self.devices: dict[int, Device] = {}
        self.next_device = 1
        self.app_state = AppState()
        self._raw_id = int.from_bytes(os.urandom(3), "big")
        self._next_key_index = 1

    def sign_device(self, identity: bytes) -> tuple[bytes, bytes]:
        """What the phone signs when it links a device: (ADVSignedDeviceIdentity, its details), serialised."""
        details = pb.enc((1, self._raw_id), (2, int(time.time())), (3, self._next_key_index))
        self._next_key_index += 1
        signature = self.signature_key.sign(b"\x06\x00" + details + identity)
        return pb.enc((1, details), (2, self.signature_key.pub), (3, signature)), details

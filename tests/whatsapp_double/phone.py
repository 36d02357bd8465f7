"""A phone in Python: encrypts, decrypts, posts statuses, answers with receipts and retries."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.whatsapp_double import pb
from tests.whatsapp_double.accounts import Account, Device
from tests.whatsapp_double.crypto import hkdf
from tests.whatsapp_double.server import WhatsAppDouble
from tests.whatsapp_double.signal_protocol import Bundle, SignalStore, aes_cbc
from tests.whatsapp_double.stanza import STATUS, Jid, Node

MEDIA_INFO = {
    "image": b"WhatsApp Image Keys",
    "video": b"WhatsApp Video Keys",
    "audio": b"WhatsApp Audio Keys",
    "document": b"WhatsApp Document Keys",
    "history": b"WhatsApp History Keys",
}


def encrypt_media(plain: bytes, kind: str) -> tuple[bytes, dict[str, bytes]]:
    """A file as the media host keeps it (AES-CBC, then ten bytes of HMAC), and its fields in a message."""
    key = os.urandom(32)
    keys = hkdf(key, 112, info=MEDIA_INFO[kind])
    iv, cipher_key, mac_key = keys[:16], keys[16:48], keys[48:80]
    encrypted = aes_cbc(cipher_key, iv, plain, True)
    blob = encrypted + hmac.new(mac_key, iv + encrypted, hashlib.sha256).digest()[:10]
    return blob, {
        "mediaKey": key,
        "fileSHA256": hashlib.sha256(plain).digest(),
        "fileEncSHA256": hashlib.sha256(blob).digest(),
    }


@dataclass(frozen=True)
class Got:
    """A message that arrived."""

    node: Node
    plain: bytes | None  #: serialised `waE2E.Message`; None when it could not be decrypted


class Phone:
    """The primary device (number 0) of an account; its identity key is the account's signature key."""

    def __init__(self, server: WhatsAppDouble, account: Account) -> None:
        self._server, self.account = server, account
        self._signal = SignalStore(account.signature_key)
        self.device = self._register()
        self.inbox: list[Got] = []
        self.sends_receipts = True
        self.answers_retries = True
        self._sent: dict[str, tuple[Jid, bytes]] = {}

    def _register(self) -> Device:
        signal = self._signal
        registration = signal.registration.to_bytes(4, "big")
        device = Device(self.account, 0, identity=signal.identity.pub, registration=registration)
        device.signed_prekey = (signal.signed_prekey_id.to_bytes(3, "big"), signal.signed_prekey.pub, signal.signature)
        for number, key in signal.prekeys.items():
            device.prekeys[number.to_bytes(3, "big")] = key.pub
        device.handler = self._take
        self.account.devices[0] = device
        return device

    # ---------------------------------------------------------------------------------------------------- out

    async def send(self, to: Jid, message: bytes, kind: str = "text") -> str:
        """A serialised `waE2E.Message` to all devices of `to`, and a copy to the own ones; its id."""
        account = self._server.account_of(to)
        assert account is not None, f"nobody has the address {to}"
        number = self._remember(to, message)
        own_copy = pb.enc((31, pb.enc((1, str(account.lid)), (2, message))))  # deviceSentMessage
        targets = list(account.devices.values())
        if account is not self.account:
            targets += self.account.devices.values()
        copies = [
            Node("to", {"jid": each.jid(True)}, [self._encrypted(each, own_copy if self._owns(each) else message)])
            for each in targets
            if each is not self.device
        ]
        attributes = {"id": number, "to": account.lid, "type": kind}
        await self._server.router.message(self.device, Node("message", attributes, [Node("participants", {}, copies)]))
        return number

    async def send_peer(self, to: Device, message: bytes) -> str:
        """To one own companion: keys, notices of history."""
        number = _new_id()
        attributes = {"id": number, "to": to.jid(), "type": "text", "category": "peer"}
        await self._server.router.message(self.device, Node("message", attributes, [self._encrypted(to, message)]))
        return number

    async def post_status(
        self,
        message: bytes,
        to: Iterable[Account],
        kind: str = "media",
        mediatype: str | None = "image",
        without_key: Iterable[Device] = (),
        garbled: bool = False,
    ) -> str:
        """A status: one ciphertext for all, and the sender key for each device. Faults: no key for some; garbled."""
        return await self._broadcast(STATUS, message, to, kind, mediatype, without_key, garbled)

    async def send_to_group(self, group: Jid, message: bytes, kind: str = "text") -> str:
        """A message in a group: one ciphertext for all members."""
        return await self._broadcast(group, message, self._server.groups.members(group), kind, None)

    async def _broadcast(
        self,
        chat: Jid,
        message: bytes,
        to: Iterable[Account],
        kind: str,
        mediatype: str | None,
        without_key: Iterable[Device] = (),
        garbled: bool = False,
    ) -> str:
        number = self._remember(chat, message)
        group = str(chat)
        key = pb.enc((2, pb.enc((1, group), (2, self._signal.sender_key_message(group)))))
        left_out = set(without_key)
        audience = [device for account in dict.fromkeys((*to, self.account)) for device in account.devices.values()]
        keys = [
            Node("to", {"jid": each.jid(True)}, [] if each in left_out else [self._encrypted(each, key)])
            for each in audience
            if each is not self.device
        ]
        encrypted = self._signal.encrypt_for_group(group, message)
        if garbled:
            encrypted = encrypted[:-64] + bytes(64)  # the signature
        content = Node("enc", {"v": "2", "type": "skmsg", "mediatype": mediatype}, encrypted)
        attributes = {"id": number, "to": chat, "type": kind}
        posted = Node("message", attributes, [Node("participants", {}, keys), content])
        await self._server.router.message(self.device, posted)
        return number

    def _remember(self, to: Jid, message: bytes) -> str:
        number = _new_id()
        self._sent[number] = (to, message)
        return number

    def _owns(self, device: Device) -> bool:
        return device.account is self.account

    def _encrypted(self, device: Device, plain: bytes, **attributes: Any) -> Node:
        if device not in self._signal.sessions:
            self._signal.start(device, _bundle(self._server.queries.key_bundle(device.jid())))
        kind, encrypted = self._signal.encrypt(device, plain)
        return Node("enc", {"v": "2", "type": kind, **attributes}, encrypted)

    # ----------------------------------------------------------------------------------------------------- in

    async def _take(self, node: Node) -> None:
        if node.tag == "receipt" and node.a("type") == "retry" and self.answers_retries:
            await self._send_again(node)
        if node.tag == "message":
            await self._take_message(node)

    async def _take_message(self, node: Node) -> None:
        sender = self._server.device_of(node.jid("participant" if "participant" in node.attrs else "from"))
        assert sender is not None
        try:
            got = Got(node, self._decrypted(sender, node))
        except (AssertionError, LookupError):  # a wrong signature, or no key for it
            got = Got(node, None)
        self.inbox.append(got)
        if self.sends_receipts and got.plain is not None:
            await self._send_receipt(node, "sender" if self._owns(sender) else "")

    def _decrypted(self, sender: Device, node: Node) -> bytes | None:
        """The last part that could be decrypted; sender keys on the way are taken in."""
        group, plain = str(node.jid("from")), None
        for part in node.children:
            if part.tag == "enc" and part.a("type") == "skmsg":
                plain = self._signal.decrypt_from_group(group, sender, part.bytes)
            elif part.tag == "enc":
                plain = self._signal.decrypt(sender, part.a("type"), part.bytes)
                key = pb.get(pb.dec(plain), 2)
                if key:
                    self._signal.take_sender_key(group, sender, pb.get(pb.dec(key), 2))
        return plain

    async def _send_receipt(self, node: Node, kind: str) -> None:
        """`kind`: empty for delivered, `sender` among own devices."""
        receipt = {"id": node.a("id"), "to": node.attrs["from"], "type": kind}
        receipt |= {name: node.attrs[name] for name in ("participant", "recipient") if name in node.attrs}
        await self._server.router.receipt(self.device, Node("receipt", receipt))

    async def _send_again(self, retry: Node) -> None:
        """A device could not decrypt: a new session, and with a status its sender key."""
        number, count = retry.a("id"), retry.child("retry").a("count")
        if number not in self._sent:
            return
        to, message = self._sent[number]
        device = self._server.device_of(retry.jid("participant" if "participant" in retry.attrs else "from"))
        assert device is not None
        if retry.get("keys"):
            keys = [Node("registration", {}, retry.need("registration")), *retry.child("keys").children]
            self._signal.start(device, _bundle(Node("user", {}, keys)))
        attributes: dict[str, Any] = {"id": number, "type": "text", "to": device.jid(True)}
        if to.server in ("broadcast", "g.us"):
            group = str(to)
            message += pb.enc((2, pb.enc((1, group), (2, self._signal.sender_key_message(group)))))
            attributes |= {"to": to, "participant": device.jid(True)}
        again = Node("message", attributes, [self._encrypted(device, message, count=count)])
        await self._server.router.message(self.device, again)


def _bundle(keys: Node) -> Bundle:
    key, signed = keys.get("key"), keys.child("skey")
    return Bundle(
        int.from_bytes(keys.need("registration"), "big"),
        keys.need("identity"),
        int.from_bytes(signed.need("id"), "big"),
        signed.need("value"),
        signed.need("signature"),
        int.from_bytes(key.need("id"), "big") if key else None,
        key.need("value") if key else None,
    )


def _new_id() -> str:
    return "3EB0" + os.urandom(9).hex().upper()

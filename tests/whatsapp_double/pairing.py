"""Linking a companion: what the server and the owner's phone do, by QR code or by pairing code."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.whatsapp_double import pb
from tests.whatsapp_double.accounts import Account, Device
from tests.whatsapp_double.connection import Connection, Registration
from tests.whatsapp_double.crypto import KeyPair, hkdf, xeddsa_verify
from tests.whatsapp_double.stanza import SERVER, Jid, Node

if TYPE_CHECKING:
    from tests.whatsapp_double.server import WhatsAppDouble


@dataclass(frozen=True)
class CodeRequest:
    """A client asked to be linked by a code; `wrapped` is its ephemeral key, encrypted with that code."""

    connection: Connection
    phone: Jid
    wrapped: bytes
    ref: bytes


class Pairing:
    def __init__(self, server: WhatsAppDouble) -> None:
        self._server = server
        self.ref_count = 6  #: QR codes handed out; with none the client reports the time-out at once
        self._code_requests: list[CodeRequest] = []
        self._key_bundles: dict[bytes, asyncio.Future[bytes]] = {}

    async def offer(self, connection: Connection) -> None:
        """Hand out the references of the QR codes: the client shows the first for 60 s, the others for 20 s each."""
        connection.refs = [f"2@{base64.b64encode(os.urandom(48)).decode()}" for _ in range(self.ref_count)]
        refs = [Node("ref", {}, ref.encode()) for ref in connection.refs]
        query = {"from": SERVER, "type": "set", "id": connection.next_id(), "xmlns": "md"}
        await connection.send(Node("iq", query, [Node("pair-device", {}, refs)]))
        await self._server.notify()

    async def scan(self, qr: str, account: Account, bad_hmac: bool = False) -> Device:
        """The phone scans a QR code: reference, Noise key, identity key and ADV secret, all in base64."""
        ref, noise, identity, adv_secret, _client_type = qr.split("#", 1)[-1].split(",")
        connection = next(each for each in self._server.connections if ref in each.refs)
        registration = registration_of(connection)
        assert base64.b64decode(identity) == registration.identity
        assert base64.b64decode(noise) == registration.noise
        return await self._finish(connection, account, base64.b64decode(adv_secret), bad_hmac)

    # --------------------------------------------------------------------------------------------- by pairing code

    def on_code_query(self, connection: Connection, query: Node) -> Node | None:
        """The client's two steps; what comes back in the result."""
        step = query.children[0]
        if step.a("stage") == "companion_hello":
            ref = b"ref" + os.urandom(8).hex().encode()
            wrapped = step.need("link_code_pairing_wrapped_companion_ephemeral_pub")
            self._code_requests.append(CodeRequest(connection, step.jid("jid"), wrapped, ref))
            content = [Node("link_code_pairing_ref", {}, ref)]
            return Node("link_code_companion_reg", {"stage": "companion_hello"}, content)
        bundle = self._key_bundles.pop(step.need("link_code_pairing_ref"))
        bundle.set_result(step.need("link_code_pairing_wrapped_key_bundle"))
        return None

    async def enter_code(self, code: str, account: Account) -> Device:
        """The owner types the code on the phone: a Diffie-Hellman whose public keys are encrypted with the code."""
        request = next(each for each in self._code_requests if each.phone.user == account.pn.user)
        code = code.replace("-", "")
        companion = _code_cipher(code, request.wrapped[:32], request.wrapped[32:48], request.wrapped[48:80])
        ephemeral, salt, iv = KeyPair(), os.urandom(32), os.urandom(16)
        bundle = asyncio.get_running_loop().create_future()
        self._key_bundles[request.ref] = bundle
        await request.connection.send(
            _primary_hello(request, account, salt + iv + _code_cipher(code, salt, iv, ephemeral.pub))
        )
        secret = _open_bundle(await asyncio.wait_for(bundle, 20), ephemeral.dh(companion), account, request.connection)
        return await self._finish(request.connection, account, secret)

    # --------------------------------------------------------------------------------------------------- both ways

    async def _finish(
        self, connection: Connection, account: Account, adv_secret: bytes, bad_hmac: bool = False
    ) -> Device:
        """The phone signs the companion's identity, the companion signs back, and must connect anew (515)."""
        keys = registration_of(connection)
        device = Device(account, account.next_device, keys.noise, keys.identity, keys.registration, keys.signed_prekey)
        signed, details = account.sign_device(keys.identity)
        mac = bytes(32) if bad_hmac else hmac.new(adv_secret, signed, hashlib.sha256).digest()
        answer = await connection.ask(_pair_success(connection.next_id(), device, pb.enc((1, signed), (2, mac))))
        if answer.a("type") == "error":
            raise RuntimeError("pairing refused: " + answer.xml())
        device.signed_identity = _check_device_signature(answer, details, device)
        account.devices[device.id] = device
        account.next_device += 1
        await connection.send(Node("stream:error", {"code": "515"}))
        await self._server.notify()
        return device


def registration_of(connection: Connection) -> Registration:
    assert connection.registration is not None, "this client is linked already"
    return connection.registration


def _pair_success(query_id: str, device: Device, identity: bytes) -> Node:
    query = {"from": SERVER, "type": "set", "id": query_id, "xmlns": "md", "t": str(int(time.time()))}
    facts = [
        Node("device-identity", {}, identity),
        Node("biz", {"name": ""}),
        Node("device", {"jid": device.jid(), "lid": device.jid(True)}),
        Node("platform", {"name": "android"}),
    ]
    return Node("iq", query, [Node("pair-success", {}, facts)])


def _check_device_signature(answer: Node, details: bytes, device: Device) -> bytes:
    """The ADVSignedDeviceIdentity with both signatures, which the server shows to other devices."""
    identity = pb.dec(answer.need("pair-device-sign", "device-identity"))
    account_signature, device_signature = pb.get(identity, 3), pb.get(identity, 4)
    account_key = device.account.signature_key.pub
    if not xeddsa_verify(device.identity, b"\x06\x01" + details + device.identity + account_key, device_signature):
        raise RuntimeError("the device's signature is wrong")
    return pb.enc((1, details), (2, account_key), (3, account_signature), (4, device_signature))


def _primary_hello(request: CodeRequest, account: Account, wrapped: bytes) -> Node:
    attributes = {
        "from": SERVER,
        "type": "link_code_companion_reg",
        "id": request.connection.next_id(),
        "t": str(int(time.time())),
    }
    facts = [
        Node("link_code_pairing_wrapped_primary_ephemeral_pub", {}, wrapped),
        Node("primary_identity_pub", {}, account.signature_key.pub),
        Node("link_code_pairing_ref", {}, request.ref),
    ]
    return Node("notification", attributes, [Node("link_code_companion_reg", {"stage": "primary_hello"}, facts)])


def _code_cipher(code: str, salt: bytes, iv: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, 2 << 16, 32)
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor().update(data)


def _open_bundle(bundle: bytes, shared: bytes, account: Account, connection: Connection) -> bytes:
    """Check the client's key bundle (salt 32, nonce 12, ciphertext) and derive the ADV secret."""
    key = hkdf(shared, 32, bundle[:32], b"link_code_pairing_key_bundle_encryption_key")
    plain = AESGCM(key).decrypt(bundle[32:44], bundle[44:], None)
    companion_identity, phone_identity, random = plain[:32], plain[32:64], plain[64:96]
    assert companion_identity == registration_of(connection).identity
    assert phone_identity == account.signature_key.pub
    return hkdf(shared + account.signature_key.dh(companion_identity) + random, 32, info=b"adv_secret")

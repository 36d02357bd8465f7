"""Messages and receipts from device to device, with the attributes that the server puts on them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.whatsapp_double.accounts import Device
from tests.whatsapp_double.stanza import Jid, Node

if TYPE_CHECKING:
    from tests.whatsapp_double.server import WhatsAppDouble


class Router:
    def __init__(self, server: WhatsAppDouble) -> None:
        self._server = server
        self.chats_by_lid = True  #: who wrote is told by LID in chats, or by phone number
        self.statuses_by_lid = False  #: the same for statuses
        self.statuses_tell_both = True  #: statuses carry the author's other address, too
        #: an answer of its own for a stanza, e.g. {"error": "479"}; None acknowledges it
        self.acknowledge: Callable[[Device, Node], dict[str, str] | None] = lambda device, node: None
        self.withholds_acknowledgements = False  #: delivers what clients send, and does not tell them

    async def message(self, source: Device, sent: Node) -> None:
        """Acknowledge a message and deliver each device's own copy of it."""
        extra = self.acknowledge(source, sent) or {}
        await self._acknowledge(source, sent, extra)
        if "error" in extra:
            return
        identity = sent.get("device-identity")
        for target, copies in self._copies(sent):
            if target is source:
                continue
            content = list(copies)
            if identity and any(copy.a("type") == "pkmsg" for copy in copies):
                content.append(identity)
            await self._server.deliver(target, Node("message", self._attributes(source, target, sent), content))

    def _copies(self, sent: Node) -> list[tuple[Device, list[Node]]]:
        """The encrypted parts for each device: its own, and those for everybody."""
        to = sent.jid("to")
        common = sent.all("enc")
        participants = sent.get("participants")
        if participants:
            everybody = common if to.server in ("broadcast", "g.us") else []
            wanted = [(part.jid("jid"), [*part.all("enc"), *everybody]) for part in participants.children]
        else:  # to one device: a peer message, or a retry of a status
            wanted = [(to if to.server in ("s.whatsapp.net", "lid") else sent.jid("participant"), common)]
        return [(device, parts) for jid, parts in wanted if (device := self._server.device_of(jid))]

    def _attributes(self, source: Device, target: Device, sent: Node) -> dict[str, Any]:
        attributes: dict[str, Any] = {
            "id": sent.a("id"),
            "t": str(int(time.time())),
            "type": sent.a("type", "text"),
            "notify": source.account.name,
        }
        attributes |= {name: sent.a(name) for name in ("edit", "category") if sent.a(name)}
        to = sent.jid("to")
        if to.server == "broadcast":
            return attributes | self._status_author(source, to)
        if to.server == "g.us":
            author = {"participant": source.jid(True), "participant_pn": source.account.pn, "addressing_mode": "lid"}
            return attributes | {"from": to, **author}
        lid = self.chats_by_lid
        attributes["from"] = source.jid(lid)
        if target.account is not source.account:
            return attributes | {"sender_pn" if lid else "sender_lid": _other_address(source, lid)}
        peer = self._server.account_of(to)
        attributes["recipient"] = (peer.lid if lid else peer.pn) if peer else to
        if peer:
            attributes["peer_recipient_pn" if lid else "peer_recipient_lid"] = peer.pn if lid else peer.lid
        return attributes

    def _status_author(self, source: Device, to: Jid) -> dict[str, Any]:
        """Four ways of addressing exist: by phone number or LID, with the other one or without."""
        lid = self.statuses_by_lid
        author: dict[str, Any] = {"from": to, "participant": source.jid(lid)}
        if self.statuses_tell_both:
            author["participant_pn" if lid else "participant_lid"] = _other_address(source, lid)
            if lid:
                author["addressing_mode"] = "lid"
        return author

    async def receipt(self, source: Device, sent: Node) -> None:
        """Acknowledge a receipt and pass it on to who wrote the message."""
        await self._acknowledge(source, sent, {})
        kind = sent.a("type")
        if kind != "retry":
            source.inbox.pop(sent.a("id"), None)
        receipt: dict[str, Any] = {"id": sent.a("id"), "t": sent.a("t") or str(int(time.time()))}
        if kind:
            receipt["type"] = kind
        if sent.jid("to").server in ("broadcast", "g.us"):
            by_lid = self.statuses_by_lid or sent.jid("to").server == "g.us"
            receipt |= {"from": sent.jid("to"), "participant": source.jid(by_lid)}
            targets = [self._server.device_of(sent.jid("participant"))] if "participant" in sent.attrs else []
        else:
            receipt["from"] = source.jid(self.chats_by_lid)
            if "recipient" in sent.attrs:
                receipt["recipient"] = sent.jid("recipient")
            targets = self._receivers(source, sent)
        for target in targets:
            if target:
                await self._server.deliver(target, Node("receipt", receipt, sent.content), keep=False)

    def _receivers(self, source: Device, sent: Node) -> list[Device | None]:
        """The device that is named, or all of an account's; receipts between own devices go nowhere, but retries do."""
        kind, target = sent.a("type"), self._server.device_of(sent.jid("to"))
        own = target is not None and target.account is source.account
        if kind in ("sender", "peer_msg", "hist_sync") or (own and kind != "retry"):
            return []
        if target is not None:
            return [target]
        account = self._server.account_of(sent.jid("to"))
        return list(account.devices.values()) if account else []

    async def _acknowledge(self, device: Device, node: Node, extra: dict[str, str]) -> None:
        if self.withholds_acknowledgements:
            return
        attributes = {"class": node.tag, "id": node.attrs["id"], "from": node.attrs.get("to")}
        answer = Node("ack", attributes | {"t": str(int(time.time())), **extra})
        if node.tag == "receipt" and node.a("type"):
            answer.attrs["type"] = node.a("type")
        if "participant" in node.attrs:
            answer.attrs["participant"] = node.attrs["participant"]
        if device.connection:
            await device.connection.send(answer)
        elif device.handler:
            await device.handler(answer)

    async def announce_app_state(self, device: Device, *names: str) -> None:
        """Tell a companion that collections of its account's settings have changed."""
        versions = {name: str(device.account.app_state.collections[name].version) for name in names}
        changed = [Node("collection", {"name": name, "version": version}) for name, version in versions.items()]
        attributes = {
            "type": "server_sync",
            "from": device.account.pn,
            "id": os.urandom(5).hex(),
            "t": str(int(time.time())),
        }
        await self._server.deliver(device, Node("notification", attributes, changed), keep=False)


def _other_address(device: Device, lid: bool) -> Jid:
    """The address that `from` does not tell: of the device when by phone number, else of the account."""
    return device.account.pn if lid else device.account.lid

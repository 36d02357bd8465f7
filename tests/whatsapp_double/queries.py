"""The server's answers to a client's queries (iq stanzas), by their namespace."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.whatsapp_double import pb
from tests.whatsapp_double.accounts import Account, Device
from tests.whatsapp_double.appstate import Collection
from tests.whatsapp_double.connection import Connection
from tests.whatsapp_double.stanza import SERVER, Jid, Node

if TYPE_CHECKING:
    from tests.whatsapp_double.server import WhatsAppDouble

#: With at least one key on the server a fresh client uploads 50 prekeys; with none 812, which takes a second.
_CLAIMED_PREKEYS = 1
_PRIVACY = ("last", "online", "profile", "status", "readreceipts", "groupadd", "calladd")
_NOT_FOUND = Node("error", {"code": "404", "text": "item-not-found"})


class Queries:
    def __init__(self, server: WhatsAppDouble) -> None:
        self._server = server

    def answer(self, connection: Connection, query: Node) -> Node:
        """The result; empty for everything that the client asks and nobody tests."""
        content = self._content(connection, query)
        attributes = {"from": SERVER, "id": query.attrs["id"], "type": "result"}
        return Node("iq", attributes, [content] if content else None)

    def _content(self, connection: Connection, query: Node) -> Node | None:
        asked = query.children[0] if query.children else Node("")
        match query.a("xmlns"), asked.tag:
            case "usync", _:
                return self._usync(asked)
            case "w:m", _:
                return self._media_connection()
            case "md", "link_code_companion_reg":
                return self._server.pairing.on_code_query(connection, query)
        device = connection.device
        if device is None:
            return None
        match query.a("xmlns"), query.a("type"), asked.tag:
            case "encrypt", "get", "count":
                return Node("count", {"value": str(max(len(device.prekeys), _CLAIMED_PREKEYS))})
            case "encrypt", "set", _ if query.get("list"):
                _take_prekeys(device, query)
            case "encrypt", "get", "key":
                return Node("list", {}, [self.key_bundle(user.jid("jid")) for user in asked.children])
            case "status", _, "privacy":
                return Node("privacy", {}, [Node("list", {"type": "contacts", "default": "true"})])
            case "privacy", "get", _:
                return Node("privacy", {}, [Node("category", {"name": name, "value": "all"}) for name in _PRIVACY])
            case "w:g2", "get", "query":
                return self._server.groups.info(query.jid("to"))
            case "w:sync:app:state", _, _:
                return _app_state(device.account, query)
            case "md", _, "remove-companion-device":
                device.account.devices.pop(device.id, None)
        return None

    def key_bundle(self, jid: Jid) -> Node:
        """A device's keys for a new Signal session; each one-time prekey is given out once."""
        device = self._server.device_of(jid)
        if device is None:
            return Node("user", {"jid": jid}, [_NOT_FOUND])
        key_id, key, signature = device.signed_prekey
        signed = [Node("id", {}, key_id), Node("value", {}, key), Node("signature", {}, signature)]
        bundle = [
            Node("registration", {}, device.registration),
            Node("type", {}, b"\x05"),
            Node("identity", {}, device.identity),
            Node("skey", {}, signed),
        ]
        if device.prekeys:
            prekey_id, prekey = device.prekeys.popitem(last=False)
            bundle.append(Node("key", {}, [Node("id", {}, prekey_id), Node("value", {}, prekey)]))
        if device.signed_identity:
            bundle.append(Node("device-identity", {}, device.signed_identity))
        return Node("user", {"jid": jid, "t": str(int(time.time()))}, bundle)

    def _usync(self, asked: Node) -> Node:
        """Who is on WhatsApp, with which devices and LID. Without a LID the client refuses to send."""
        topics = {topic.tag for topic in asked.child("query").children}
        users = [self._user(user, topics) for user in asked.child("list").children]
        return Node("usync", dict(asked.attrs), [Node("list", {}, users)])

    def _user(self, user: Node, topics: set[str]) -> Node:
        contact = user.get("contact")
        if contact and isinstance(contact.content, bytes) and "jid" not in user.attrs:
            jid = Jid(contact.content.decode().lstrip("+").split("@")[0], "s.whatsapp.net")
        else:
            jid = user.jid("jid")
        account = self._server.account_of(jid)
        facts = []
        if "contact" in topics:
            facts.append(Node("contact", {"type": "in" if account else "out"}, contact.content if contact else None))
        if account and "devices" in topics:
            facts.append(_device_list(account))
        if account and "lid" in topics:
            facts.append(Node("lid", {"val": account.lid}))
        return Node("user", {"jid": account.pn if account and jid.server == "s.whatsapp.net" else jid}, facts or None)

    def _media_connection(self) -> Node:
        lifetimes = {"auth": "testauth", "ttl": "3600", "auth_ttl": "3600", "max_buckets": "12"}
        return Node("media_conn", lifetimes, [Node("host", {"hostname": self._server.media_host_name})])


def _take_prekeys(device: Device, query: Node) -> None:
    for key in query.child("list").children:
        device.prekeys[key.need("id")] = key.need("value")
    signed = query.child("skey")
    device.signed_prekey = (signed.need("id"), signed.need("value"), signed.need("signature"))
    device.registration, device.identity = query.need("registration"), query.need("identity")


def _device_list(account: Account) -> Node:
    devices = [
        Node("device", {"id": str(number), **({"key-index": "1"} if number else {})})
        for number in sorted(account.devices)
    ]
    return Node("devices", {}, [Node("device-list", {"hash": "2:test"}, devices)])


def _app_state(account: Account, query: Node) -> Node:
    """The patches since the client's version; or, when it uploads one (its push name), the new version."""
    collections = []
    for wanted in query.child("sync").children:
        name = wanted.a("name")
        collection = account.app_state.collections.setdefault(name, Collection())
        uploaded = wanted.get("patch")
        patches = []
        if uploaded is not None:
            collection.version += 1
            collection.patches.append(pb.enc((1, pb.enc((1, collection.version)))) + uploaded.bytes)
        else:
            since = int(wanted.a("version") or 0)
            patches = [Node("patches", {}, [Node("patch", {}, patch) for patch in collection.patches[since:]])]
        collections.append(Node("collection", {"name": name, "version": str(collection.version)}, patches or None))
    return Node("sync", {}, collections)

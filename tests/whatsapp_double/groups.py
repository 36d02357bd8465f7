"""Groups: who is in them, as the server tells it. Members are addressed by their LIDs, as in groups of today."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable

from tests.whatsapp_double.accounts import Account
from tests.whatsapp_double.stanza import Jid, Node


class Groups:
    def __init__(self) -> None:
        self._members: dict[str, list[Account]] = {}
        self._numbers = itertools.count(1)

    def add(self, members: Iterable[Account]) -> Jid:
        group = Jid(f"1203630000000{next(self._numbers):05d}", "g.us")
        self._members[str(group)] = list(members)
        return group

    def members(self, group: Jid) -> list[Account]:
        return self._members[str(group)]

    def info(self, group: Jid) -> Node | None:
        """What a client asks for before it writes to a group."""
        members = self._members.get(str(group))
        if members is None:
            return None
        people = [Node("participant", {"jid": each.lid, "phone_number": each.pn, "lid": each.lid}) for each in members]
        now = str(int(time.time()))
        attributes = {"id": group.user, "subject": "Promo team", "s_t": now, "creation": now, "addressing_mode": "lid"}
        return Node("group", attributes, people)

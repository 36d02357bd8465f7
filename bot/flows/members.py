"""Who may do what: the owner everywhere, members in the control group; to all others the bot is deaf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.flows.linking import ACCOUNT, ACCOUNT_LID
from bot.model.chat import Role
from bot.model.event import MessageSeen, Scope
from bot.model.identity import Jid
from bot.model.member import Member
from bot.model.preference import Preference
from storage.query import where
from storage.tables import Tables

#: Name of the preference that names the control group; without it only the chat with oneself is heard.
GROUP = "control_group"


def control_group(tables: Tables) -> Jid | None:
    """The group in which commands are heard, besides the owner's chat with themselves."""
    named = tables.preferences.one(where("name") == GROUP)
    return Jid.parse(named.text) if named is not None else None


def listen_to_group(tables: Tables, group: Jid | None, now: datetime) -> None:
    """Hear commands in this group from now on; in none with None."""
    before = tables.preferences.one(where("name") == GROUP)
    if before is not None:
        tables.preferences.remove(before)
    if group is not None:
        tables.preferences.add(Preference(0, GROUP, str(group), now))


def speaker(tables: Tables, message: MessageSeen) -> Jid | None:
    """Under which address a person is known who wrote in a control chat; None for those to whom the bot is deaf."""
    own = _own(tables)
    if message.scope is Scope.SELF or message.from_me:  # the owner may also name a group that is none yet
        return own[0] if own else message.author
    if message.chat != control_group(tables):
        return None
    if set(message.authors) & set(own):
        return own[0]
    member = member_of(tables, message.authors)
    if member is None:
        return None
    _learn(tables, member, message.authors)
    return member.jid


def role_in(tables: Tables, chat: Jid, person: Jid) -> Role | None:
    """What a person may do in a chat now; nobody but the account itself is in the chat with oneself."""
    if chat == person or person in _own(tables):
        return Role.OWNER
    member = member_of(tables, (person,))
    return member.role if member is not None else None


def is_owner(tables: Tables, jid: Jid) -> bool:
    return jid in _own(tables)


def member_of(tables: Tables, addresses: Iterable[Jid]) -> Member | None:
    """The member known under any of these addresses."""
    known = {str(address) for address in addresses}
    return next((member for member in tables.members.all() if known & {member.key, member.other}), None)


def admit(tables: Tables, addresses: Sequence[Jid], name: str, role: Role, now: datetime) -> Member:
    """Give a person a role; the first address is what they are known by."""
    known = member_of(tables, addresses)
    if known is not None:
        return tables.members.save(replace(known, role=role))
    key, *others = map(str, addresses)
    return tables.members.add(Member(0, key, next(iter(others), ""), name, role, now))


def _learn(tables: Tables, member: Member, addresses: Iterable[Jid]) -> None:
    """A message may show the second address of its author."""
    new = [str(address) for address in addresses if str(address) not in (member.key, member.other)]
    if new and not member.other:
        tables.members.save(replace(member, other=new[0]))


def _own(tables: Tables) -> list[Jid]:
    """The linked account's number and LID."""
    return [Jid.parse(str(jid)) for name in (ACCOUNT, ACCOUNT_LID) if (jid := tables.facts.get(name))]

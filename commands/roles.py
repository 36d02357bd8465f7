"""`!role …` and `!group …`: who else may use the bot, and in which group."""

from __future__ import annotations

from bot.flows import members
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.member import Member
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Choice
from commands.people_kinds import AnyPerson, Person

_ROLES = Choice({Role.OPERATOR: ("operator", "operador", "operadora"), Role.VIEWER: ("viewer", "lector", "lectora")})
_PERSON = Argument(
    "person", AnyPerson(), en="number, name, @mention or reply", es="número, nombre, @mención o respuesta"
)


@command(
    en=("role list", "role", "roles"),
    es=("rol lista", "rol", "roles"),
    group=Group.GENERAL,
    role=Role.OPERATOR,
    examples=both(Example("!role list", "Only you"), Example("!rol lista", "Solo tú")),
)
def role_list(ask: Ask) -> Reply:
    found = sorted(ask.tables.members.all(), key=lambda member: (-member.role, member.name.casefold()))
    if not found:
        return Reply((say("member.none"), _where(ask)))
    return Reply((say("member.title"), *(_row(member) for member in found), _where(ask)))


@command(
    en=("role set", "role add"),
    es=("rol poner", "rol agregar"),
    group=Group.GENERAL,
    role=Role.OWNER,
    arguments=(Argument("role", _ROLES, en="operator | viewer", es="operador | lector"), _PERSON),
    more=True,
    examples=both(
        (Example("!role set operator +57 310 555 0101", "is now operator"),
         Example("!role set viewer Ana", "*Ana* is now viewer")),
        (Example("!rol poner operador +57 310 555 0101", "ahora es operador"),
         Example("!rol poner lector Ana", "*Ana* ahora es lector")),
    ),
)  # fmt: skip
def role_set(ask: Ask, role: Role, person: Person) -> Reply:
    if any(members.is_owner(ask.tables, jid) for jid in person.addresses):
        raise UserError("member.is_owner")
    member = members.admit(ask.tables, person.addresses, person.name, role, ask.now)
    lines = [say("member.set", name=member.name, role=_named(role))]
    if members.control_group(ask.tables) is None:
        lines.append(say("member.needs_group"))
    return Reply(tuple(lines))


@command(
    en=("role remove",),
    es=("rol quitar",),
    group=Group.GENERAL,
    role=Role.OWNER,
    arguments=(_PERSON,),
    examples=both(Example("!role remove Ana", "has no role"), Example("!rol quitar Ana", "no tiene ningún rol")),
)
def role_remove(ask: Ask, person: Person) -> Reply:
    member = members.member_of(ask.tables, person.addresses)
    if member is None:
        raise UserError("member.unknown", name=person.name)
    ask.tables.members.remove(member)
    return Reply((say("member.removed", name=member.name),))


@command(
    en=("group here",),
    es=("grupo aquí",),
    group=Group.GENERAL,
    role=Role.OWNER,
    more=True,
    examples=both(Example("!group here", "Write it in the group"), Example("!grupo aquí", "Escríbelo en el grupo")),
)
def group_here(ask: Ask) -> Reply:
    if ask.order.chat.server != "g.us":
        raise UserError("control_group.not_here")
    members.listen_to_group(ask.tables, ask.order.chat, ask.now)
    return Reply((say("control_group.set"), *_who(ask)))


@command(
    en=("group off",),
    es=("grupo quitar",),
    group=Group.GENERAL,
    role=Role.OWNER,
    examples=both(Example("!group off", "no control group"), Example("!grupo quitar", "Ningún grupo")),
)
def group_off(ask: Ask) -> Reply:
    members.listen_to_group(ask.tables, None, ask.now)
    return Reply((say("control_group.none"),))


def _who(ask: Ask) -> tuple[Phrase, ...]:
    found = ask.tables.members.all()
    return tuple(_row(member) for member in found) if found else (say("member.none"),)


def _where(ask: Ask) -> Phrase:
    return say("control_group.none" if members.control_group(ask.tables) is None else "control_group.is_set")


def _row(member: Member) -> Phrase:
    return say("member.row", name=member.name, jid=member.jid.masked, role=_named(member.role))


def _named(role: Role) -> Phrase:
    return say(f"role.{role.name.lower()}")

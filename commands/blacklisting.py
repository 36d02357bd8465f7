"""`!blacklist`: numbers that nothing is sent to, whatever asks for it."""

from __future__ import annotations

from bot.flows import blacklist, people
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.identity import Jid, Phone
from bot.model.outbox import Blacklisted
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Text
from commands.options import PAGE
from commands.recipients import AnyNumber
from commands.text import footer, page_of

_NUMBER = Argument("phone", AnyNumber(), en="contact or number", es="contacto o número")


@command(
    en=("blacklist add", "block number"),
    es=("lista negra agregar", "lista negra añadir"),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(_NUMBER, Argument("reason", Text(120), en="reason", es="motivo", required=False)),
    examples=both(
        Example("!blacklist add Ana asked me by phone", "Nothing more is sent to"),
        Example("!lista negra agregar Ana me lo pidió por teléfono", "Ya no se envía nada a"),
    ),
)
def blacklist_add(ask: Ask, phone: Phone, reason: str | None) -> Reply:
    _, is_new = blacklist.add(ask.tables, phone, reason or "", str(ask.order.person), ask.now)
    return Reply((say("blacklist.added" if is_new else "blacklist.known", who=_who(ask, phone)),))


@command(
    en=("blacklist remove",),
    es=("lista negra quitar",),
    group=Group.SENDING,
    role=Role.OPERATOR,
    arguments=(_NUMBER,),
    examples=both(
        Example("!blacklist remove +57 310 555-0101", "was not on the blacklist"),
        Example("!lista negra quitar +57 310 555-0101", "no estaba en la lista negra"),
    ),
)
def blacklist_remove(ask: Ask, phone: Phone) -> Reply:
    removed = blacklist.remove(ask.tables, phone)
    return Reply((say("blacklist.removed" if removed else "blacklist.not_there", who=_who(ask, phone)),))


@command(
    en=("blacklist", "blacklist list"),
    es=("lista negra", "lista negra ver"),
    group=Group.SENDING,
    role=Role.VIEWER,
    options=(PAGE,),
    examples=both(Example("!blacklist", "Nobody is on the blacklist"), Example("!lista negra", "No hay nadie")),
)
def blacklist_list(ask: Ask, page: int | None) -> Reply:
    entries = ask.tables.blacklist.all()
    if not entries:
        return Reply((say("blacklist.empty"),))
    rows = [_row(ask, entry) for entry in page_of(entries, page)]
    return Reply((say("blacklist.title", count=len(entries)), *rows, *footer(entries, page)))


def _row(ask: Ask, entry: Blacklisted) -> Phrase:
    phone = Jid.parse(entry.jid).phone
    if phone is None:
        raise UserError("blacklist.empty")
    key = "blacklist.row_reason" if entry.reason else "blacklist.row"
    return say(key, who=_who(ask, phone), at=entry.added_at, reason=entry.reason)


def _who(ask: Ask, phone: Phone) -> Phrase:
    contact = people.contact_of(ask.tables, (phone.jid,))
    if contact is not None:
        return say("named", name=contact.name, id=contact.id)
    return say("blacklist.number", phone=phone)

"""`!consent`: who agreed, when and how that is known."""

from __future__ import annotations

from dataclasses import replace

from bot.flows import suppression
from bot.model.chat import Reply, Role, say
from bot.model.contact import Consent, Contact
from bot.model.errors import UserError
from bot.model.identity import Phone
from commands.declaration import Argument, Ask, Example, Group, both, command
from commands.kinds import Choice, PhoneNumber, Text
from commands.options import PAGE, SEARCH, matches
from commands.targets import ContactTarget
from commands.text import footer, page_of

_HOW = Choice(
    {
        Consent.DECLARED: ("declared", "declarado", "yes", "sí"),
        Consent.WITHDRAWN: ("withdrawn", "retirado", "no"),
    }
)


@command(
    en=("consent list", "consents"),
    es=("consentimiento lista", "consentimientos"),
    group=Group.DATA,
    role=Role.VIEWER,
    options=(SEARCH, PAGE),
    examples=both(Example("!consent list", "Ana"), Example("!consentimiento lista", "Ana")),
)
def consent_list(ask: Ask, search: str | None, page: int | None) -> Reply:
    found = [contact for contact in ask.tables.contacts.all() if matches(contact.name, search)]
    if not found:
        return Reply((say("consent.nobody"),))
    found.sort(key=lambda contact: contact.name.casefold())
    rows = [
        say(
            "consent.row_source" if contact.consent_source else "consent.row", name=contact.name, id=contact.id,
            how=say(f"privacy.consent_how.{contact.consent}"), at=contact.consent_at, source=contact.consent_source,
        )
        for contact in page_of(found, page)
    ]  # fmt: skip
    return Reply((say("consent.title", count=len(found)), *rows, *footer(found, page)))


@command(
    en=("consent set",),
    es=("consentimiento poner", "consentimiento fijar"),
    group=Group.DATA,
    role=Role.OPERATOR,
    arguments=(
        Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto"),
        Argument("how", _HOW, en="declared|withdrawn", es="declarado|retirado"),
        Argument("source", Text(120), en="source", es="fuente", required=False),
    ),
    examples=both(
        Example("!consent set Ana declared signed form 12", "signed form 12"),
        Example("!consentimiento poner Ana declarado formulario 12", "formulario 12"),
    ),
)
def consent_set(ask: Ask, contact: Contact, how: Consent, source: str | None) -> Reply:
    """Who left by their own word comes back by their own word only."""
    if contact.consent is Consent.WITHDRAWN and how is not Consent.WITHDRAWN:
        raise UserError("consent.theirs", name=contact.name)
    kept = Consent.GIVEN if contact.consent is Consent.GIVEN and how is Consent.DECLARED else how
    changed = replace(contact, consent=kept, consent_at=ask.now, consent_source=source or "")
    ask.tables.contacts.save(changed)
    said = say(f"privacy.consent_how.{kept}")
    return Reply((say("consent.set", name=contact.name, how=said, source=source or "–"),))


@command(
    en=("consent allow",),
    es=("consentimiento permitir",),
    group=Group.DATA,
    role=Role.OWNER,
    arguments=(Argument("phone", PhoneNumber(), en="number", es="número", anywhere=True),),
    examples=both(
        Example("!consent allow +57 310 555 0101", "was not deleted"),
        Example("!consentimiento permitir +57 310 555 0101", "no fue borrado"),
    ),
)
def consent_allow(ask: Ask, phone: Phone) -> Reply:
    """Somebody whose data was deleted agreed anew."""
    was = suppression.allow(ask.tables, phone)
    return Reply((say("consent.allowed" if was else "consent.not_deleted", phone=phone),))

"""`!export` and `!contact export`: results, contacts, messages and the audit as files."""

from __future__ import annotations

from dataclasses import replace

from bot.model.campaign import Campaign
from bot.model.chat import Paper, Reply, Role
from commands.declaration import Argument, Ask, Example, Group, Option, WrongUse, both, command
from commands.general import role_refused
from commands.kinds import Choice, ChoiceOrCampaign
from commands.targets import CampaignTarget, OptionalCampaignTarget
from commands.words import echo

_FORMATS = {"xlsx": ("xlsx", "excel", "xls"), "csv": ("csv",), "pdf": ("pdf",)}
_FORMAT = Argument("format_", Choice(_FORMATS), en="xlsx|csv|pdf", es="xlsx|csv|pdf", required=False)
_WHAT = Option(
    "what",
    Choice(
        {
            "results": ("results", "resultados"),
            "contacts": ("contacts", "contactos"),
            "deliveries": ("messages", "mensajes", "deliveries", "envíos"),
            "audit": ("audit", "auditoría"),
        }
    ),
    en="what",
    es="qué",
    value_en="contacts",
    value_es="contactos",
)
_NUMBERS = Option(
    "numbers", Choice({True: ("yes", "sí"), False: ("no",)}), en="numbers", es="números", value_en="yes", value_es="sí"
)


@command(
    en=("export",),
    es=("exportar",),
    group=Group.RESULTS,
    role=Role.VIEWER,
    arguments=(
        replace(_FORMAT, kind=ChoiceOrCampaign(_FORMATS)),
        Argument("campaign", OptionalCampaignTarget(), en="campaign", es="campaña", required=False),
    ),
    options=(_WHAT, _NUMBERS),
    more=True,
    examples=both(
        (
            Example("!export xlsx promo", "📎 *Promo Mayo (#1)*", paper="export"),
            Example("!export pdf promo", "📎 *Promo Mayo (#1)*", paper="export"),
            Example("!export csv promo numbers:yes", "phone numbers in full", paper="export"),
            Example("!export 1", "📎 *Promo Mayo (#1)*", paper="export"),
            Example("!export xlsx what:messages", "📎 *Messages* · 0 rows", paper="export"),
        ),
        (
            Example("!exportar xlsx promo", "📎 *Promo Mayo (#1)*", paper="export"),
            Example("!exportar pdf promo", "📎 *Promo Mayo (#1)*", paper="export"),
            Example("!exportar csv promo números:sí", "números de teléfono completos", paper="export"),
            Example("!exportar 1", "📎 *Promo Mayo (#1)*", paper="export"),
            Example("!exportar xlsx qué:mensajes", "📎 *Mensajes* · 0 filas", paper="export"),
        ),
    ),
)
def export(ask: Ask, format_: str | None, campaign: Campaign | None, what: str | None, numbers: bool | None) -> Reply:
    if what in (None, "results"):
        about = campaign or CampaignTarget().take((), ask)[0]
        assert about is not None
        return _promise(ask, "results", format_, numbers, about)
    if campaign is not None:
        raise WrongUse("use.too_much", words=echo(campaign.name))
    if what == "audit" and ask.role < Role.OWNER:
        raise role_refused(Role.OWNER)
    return _promise(ask, str(what), format_, numbers)


@command(
    en=("contact export", "export contacts"),
    es=("contacto exportar", "exportar contactos"),
    group=Group.CONTACTS,
    role=Role.VIEWER,
    arguments=(_FORMAT,),
    options=(_NUMBERS,),
    examples=both(
        (
            Example("!contact export", "📎 *Contacts* · 3 rows", paper="export"),
            Example("!contact export csv numbers:yes", "phone numbers in full", paper="export"),
        ),
        (
            Example("!contacto exportar", "📎 *Contactos* · 3 filas", paper="export"),
            Example("!contacto exportar csv números:sí", "números de teléfono completos", paper="export"),
        ),
    ),
)
def contact_export(ask: Ask, format_: str | None, numbers: bool | None) -> Reply:
    return _promise(ask, "contacts", format_, numbers)


def _promise(ask: Ask, what: str, format_: str | None, numbers: bool | None, campaign: Campaign | None = None) -> Reply:
    """Viewers see masked numbers, here as everywhere."""
    if numbers and ask.role < Role.OPERATOR:
        raise role_refused(Role.OPERATOR)
    return Reply(papers=(spreadsheet(what, campaign, format_ or "xlsx", numbers=bool(numbers)),))


def spreadsheet(what: str, campaign: Campaign | None = None, format_: str = "xlsx", *, numbers: bool = False) -> Paper:
    """The promise of a file; also what lists send that are too long for the chat."""
    return Paper(
        "export", {"what": what, "campaign": campaign.id if campaign else None, "format": format_, "numbers": numbers}
    )

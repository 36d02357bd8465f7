"""`!blocks`: who has probably blocked the account, with the evidence; never more than probable."""

from __future__ import annotations

from bot.flows import blocks as flow
from bot.model.blocks import Band, BlockIssue, IssueState
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.contact import Contact
from bot.model.errors import UserError
from commands.declaration import Argument, Ask, Example, Group, Option, WrongUse, both, command
from commands.kinds import Number, Text
from commands.options import PAGE
from commands.targets import ContactTarget
from commands.text import footer, page_of

_CONTACT = Argument("contact", ContactTarget(), en="contact", es="contacto")
_ICONS = {Band.ACTIVE: "🟢", Band.SUSPICIOUS: "🟠", Band.BLOCKED: "🔴"}


@command(
    en=("blocks", "block list"),
    es=("bloqueos", "bloqueo lista"),
    group=Group.BLOCKS,
    role=Role.VIEWER,
    options=(PAGE,),
    more=True,
    examples=both(Example("!blocks", "0 written to"), Example("!bloqueos", "0 contactos")),
)
def blocks(ask: Ask, page: int | None) -> Reply:
    found = flow.statistics(ask.tables, flow.rules(ask.tables), ask.now)
    totals = say(
        "block.totals",
        contacts=found.contacts,
        active=found.active,
        suspicious=found.suspicious,
        blocked=found.blocked,
        mean=found.mean,
    )
    issues = flow.open_issues(ask.tables)
    if not issues:
        return Reply((totals, say("block.none")))
    rows = [_row(ask, issue) for issue in page_of(issues, page)]
    return Reply((totals, *rows, *footer(issues, page), say("block.probable")))


@command(
    en=("block show",),
    es=("bloqueo ver", "bloqueo mostrar"),
    group=Group.BLOCKS,
    role=Role.VIEWER,
    arguments=(_CONTACT,),
    examples=both(
        Example("!block show Ana", "Nothing suggests that Ana"), Example("!bloqueo ver Ana", "Nada indica que Ana")
    ),
)
def block_show(ask: Ask, contact: Contact) -> Reply:
    issue = _issue(ask, contact)
    weights = [
        say("block.weight", points=weight.points, factor=say(f"block.factor.{weight.factor.value}", n=weight.value))
        for weight in issue.weights
    ]
    notes = [say("block.note", at=note.at, text=note.text) for note in issue.notes]
    state = () if issue.state is IssueState.OPEN else (say(f"block.state.{issue.state.value}", at=issue.closed_at),)
    paused = (say("block.reminders_paused"),) if issue.paused else ()
    since = say("block.since", since=issue.oldest_at, checked=issue.checked_at)
    return Reply((_row(ask, issue), *state, since, *weights, *paused, *notes, say("block.probable")))


@command(
    en=("block reactivate",),
    es=("bloqueo reactivar",),
    group=Group.BLOCKS,
    role=Role.OPERATOR,
    arguments=(_CONTACT,),
    examples=both(
        Example("!block reactivate Ana", "Nothing suggests that Ana"),
        Example("!bloqueo reactivar Ana", "Nada indica que Ana"),
    ),
)
def block_reactivate(ask: Ask, contact: Contact) -> Reply:
    count = flow.reactivate(ask.tables, _issue(ask, contact), ask.now)
    return Reply((say("block.reactivated", name=contact.name, id=contact.id, count=count),))


@command(
    en=("blocks reactivate all", "block reactivate all", "reactivate all"),
    es=("bloqueos reactivar todos", "bloqueo reactivar todos", "reactivar todos"),
    group=Group.BLOCKS,
    role=Role.OPERATOR,
    examples=both(Example("!reactivate all", "0 contacts"), Example("!reactivar todos", "0 contactos")),
)
def reactivate_all(ask: Ask) -> Reply:
    issues = flow.open_issues(ask.tables)
    count = sum(flow.reactivate(ask.tables, issue, ask.now) for issue in issues)
    return Reply((say("block.all_reactivated", count=len(issues), sequences=count),))


@command(
    en=("block note",),
    es=("bloqueo nota",),
    group=Group.BLOCKS,
    role=Role.OPERATOR,
    arguments=(
        Argument("contact", ContactTarget(is_last=False), en="contact", es="contacto"),
        Argument("text", Text(300), en="text", es="texto"),
    ),
    examples=both(
        Example("!block note Ana changed her phone", "Nothing suggests that Ana"),
        Example("!bloqueo nota Ana cambió de teléfono", "Nada indica que Ana"),
    ),
)
def block_note(ask: Ask, contact: Contact, text: str) -> Reply:
    flow.annotate(ask.tables, _issue(ask, contact), str(ask.order.person), text, ask.now)
    return Reply((say("block.noted", name=contact.name, id=contact.id),))


def _what_is_lost(ask: Ask, contact: Contact) -> tuple[Phrase, ...]:
    issue = _issue(ask, contact)
    return (say("block.ask_delete", name=contact.name, id=contact.id, count=len(issue.notes)),)


@command(
    en=("block delete",),
    es=("bloqueo borrar", "bloqueo eliminar"),
    group=Group.BLOCKS,
    role=Role.OPERATOR,
    arguments=(_CONTACT,),
    confirm=_what_is_lost,
    examples=both(
        Example("!block delete Ana", "Nothing suggests that Ana"), Example("!bloqueo borrar Ana", "Nada indica que Ana")
    ),
)
def block_delete(ask: Ask, contact: Contact) -> Reply:
    flow.delete(ask.tables, _issue(ask, contact), ask.now)
    return Reply((say("block.deleted", name=contact.name, id=contact.id),))


@command(
    en=("blocks thresholds", "block thresholds"),
    es=("bloqueos umbrales", "bloqueo umbrales"),
    group=Group.BLOCKS,
    role=Role.OWNER,
    arguments=(
        Argument("suspicious_from", Number(), en="suspicious from", es="sospechoso desde", required=False),
        Argument("blocked_from", Number(), en="blocked from", es="bloqueado desde", required=False),
    ),
    options=(Option("every", Number(), en="every", es="cada", value_en="hours", value_es="horas"),),
    more=True,
    examples=both(
        (Example("!blocks thresholds 50 80", "from 50"), Example("!blocks thresholds every:12", "every 12 h")),
        (Example("!bloqueos umbrales 50 80", "desde 50"), Example("!bloqueos umbrales cada:12", "cada 12 h")),
    ),
)
def block_thresholds(ask: Ask, suspicious_from: int | None, blocked_from: int | None, every: int | None) -> Reply:
    if (suspicious_from is None) != (blocked_from is None):
        raise WrongUse("block.both_thresholds")
    if suspicious_from is not None and blocked_from is not None:
        if not 1 <= suspicious_from < blocked_from <= 100:
            raise WrongUse("block.bad_thresholds")
        flow.choose_thresholds(ask.tables, suspicious_from, blocked_from)
    if every is not None:
        if every not in (1, 2, 3, 4, 6, 8, 12, 24):
            raise UserError("block.bad_hours")
        flow.choose_hours(ask.tables, every)
    rules = flow.rules(ask.tables)
    return Reply(
        (say("block.thresholds", suspicious=rules.suspicious_from, blocked=rules.blocked_from,
             hours=flow.hours(ask.tables)),)
    )  # fmt: skip


@command(
    en=("blocks now", "block now"),
    es=("bloqueos ahora", "bloqueo ahora"),
    group=Group.BLOCKS,
    role=Role.OPERATOR,
    undoable=False,
    examples=both(Example("!blocks now", "Examined: 0"), Example("!bloqueos ahora", "Examinados: 0")),
)
def block_now(ask: Ask) -> Reply:
    found = flow.examine(ask.tables, flow.rules(ask.tables), ask.now)
    return Reply((say("block.examined", count=found.contacts, suspicious=found.suspicious, blocked=found.blocked),))


def _issue(ask: Ask, contact: Contact) -> BlockIssue:
    issue = flow.issue_of(ask.tables, contact)
    if issue is None:
        raise UserError("block.no_issue", name=contact.name)
    return issue


def _row(ask: Ask, issue: BlockIssue) -> Phrase:
    contact = ask.tables.contacts.get(issue.contact_id)
    name = contact.name if contact else "?"
    band = say(f"block.band.{issue.band.value}")
    return say(
        "block.row", icon=_ICONS[issue.band], name=name, id=issue.contact_id, probability=issue.probability, band=band,
        undelivered=issue.undelivered,
    )  # fmt: skip

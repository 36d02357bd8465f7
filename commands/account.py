"""`!link`, `!logout`, `!reconnect`, `!uptime`, `!log`: the account's link to WhatsApp."""

from __future__ import annotations

from bot.flows import wishes
from bot.flows.chronicle import newest
from bot.flows.coverage_lines import lately
from bot.model.chat import Paper, Phrase, Reply, Role, say
from bot.model.wish import WishKind
from commands.declaration import Ask, Example, Group, Option, both, command
from commands.kinds import Number
from commands.options import PAGE
from commands.text import footer, page_of

#: So many events are shown at most, over all pages.
MOST_EVENTS = 200
MOST_DAYS = 60
_DAYS = Option("days", Number(), en="days", es="días", value_en="14", value_es="14")


@command(
    en=("link",),
    es=("vincular", "enlace"),
    group=Group.ACCOUNT,
    role=Role.OWNER,
    examples=both(Example("!link", "Linked as"), Example("!vincular", "Vinculado como")),
)
def link(ask: Ask) -> Reply:
    """How the account is linked, and how one links another: where one can ask this, a link there is."""
    now = ask.overview.link
    account = now.account.phone if now.account else None
    head = say("account.linked", account=account, since=now.since) if account else say("account.not_linked")
    return Reply((head, say(f"link.{now.state}"), say("account.link_anew"), say("account.ways")))


def _what_is_lost(ask: Ask) -> tuple[Phrase, ...]:
    return (say("account.logout_ask"),)


@command(
    en=("logout", "unlink"),
    es=("desvincular", "cerrar sesión"),
    group=Group.ACCOUNT,
    role=Role.OWNER,
    confirm=_what_is_lost,
    undoable=False,
    examples=both(Example("!logout", "unlinks this device"), Example("!desvincular", "se desvincula")),
)
def logout(ask: Ask) -> Reply:
    wishes.make(ask.tables, WishKind.LOGOUT, ask.order, ask.language, ask.now)
    return Reply((say("account.logout"),))


@command(
    en=("reconnect",),
    es=("reconectar",),
    group=Group.ACCOUNT,
    role=Role.OPERATOR,
    undoable=False,
    examples=both(Example("!reconnect", "started again"), Example("!reconectar", "arranca de nuevo")),
)
def reconnect(ask: Ask) -> Reply:
    wishes.make(ask.tables, WishKind.RECONNECT, ask.order, ask.language, ask.now)
    return Reply((say("account.reconnect"),))


@command(
    en=("uptime",),
    es=("disponibilidad", "actividad"),
    group=Group.ACCOUNT,
    role=Role.VIEWER,
    options=(_DAYS,),
    examples=both(
        Example("!uptime", "Coverage by day", paper="chart"),
        Example("!disponibilidad", "Cobertura por día", paper="chart"),
    ),
)
def uptime(ask: Ask, days: int | None) -> Reply:
    """The last day in words, more days as a chart."""
    shown = min(days or 14, MOST_DAYS)
    running = say("account.running", since=ask.overview.started_at)
    chart = Paper("chart", {"chart": "uptime", "campaign": None, "days": shown})
    return Reply((running, lately(ask.tables, ask.zone, ask.now)), papers=(chart,))


@command(
    en=("log", "events"),
    es=("registro", "eventos"),
    group=Group.ACCOUNT,
    role=Role.OPERATOR,
    options=(PAGE,),
    examples=both(Example("!log", "Recent events"), Example("!registro", "Sucesos recientes")),
)
def log(ask: Ask, page: int | None) -> Reply:
    events = newest(ask.tables, MOST_EVENTS)
    if not events:
        return Reply((say("account.log_title"), say("account.log_empty")))
    rows = [say("account.log_row", at=each.at, what=say(f"event.{each.key}", **each.facts)) for each in events]
    return Reply((say("account.log_title"), *page_of(rows, page), *footer(rows, page)))

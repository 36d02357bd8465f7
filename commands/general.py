"""`!help`, `!start`, `!cancel` and `!more`."""

from __future__ import annotations

from bot.flows import people
from bot.model.campaign import CampaignState
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.errors import UserError
from bot.model.link import LinkState
from commands.conversation import Talk
from commands.declaration import Argument, Ask, Command, Example, Group, both, command
from commands.kinds import GROUP_WORDS, CommandName
from commands.usage import full_help, group_help, overview, short_help
from storage.query import where

MORE = "more"


@command(
    en=("help", "commands"),
    es=("ayuda", "comandos"),
    group=Group.GENERAL,
    role=Role.VIEWER,
    arguments=(Argument("about", CommandName(), en="group or command", es="grupo o comando", required=False),),
    examples=both(
        (
            Example("!help", "!campaign new"),
            Example("!help campaigns", "*!campaign clone*"),
            Example("!help campaign new", "!campaign new <name>"),
        ),
        (
            Example("!ayuda", "!campaña nueva"),
            Example("!ayuda campañas", "*!campaña clonar*"),
            Example("!ayuda campaña nueva", "!campaña nueva <nombre>"),
        ),
    ),
)
def help_command(ask: Ask, about: Command | Group | tuple[Command, ...] | None) -> Reply:
    allowed = [command for command in ask.commands if command.role <= ask.role]
    if about is None:
        return Reply((say("help.intro"), say("help.how"), *overview(allowed, ask.language)))
    if isinstance(about, Group):
        return Reply((*group_help(allowed, about, ask.language), say("help.group_outro")))
    if isinstance(about, Command):
        if about not in allowed:
            raise refused(about)
        is_groups_name = about.name(ask.language) in GROUP_WORDS[about.group]
        related = group_help(allowed, about.group, ask.language) if is_groups_name else ()
        return Reply((*full_help(about, ask.language), *related))
    return Reply(short_help([command for command in about if command in allowed], ask.language))


@command(
    en=("start",),
    es=("inicio", "empezar"),
    group=Group.GENERAL,
    role=Role.VIEWER,
    examples=both(Example("!start", "✅ 1."), Example("!inicio", "✅ 1.")),
)
def start(ask: Ask) -> Reply:
    """The first steps, and which of them are done."""
    active = ask.tables.campaigns.find(where("state") == CampaignState.ACTIVE.value)
    looked_at = any(people.participants(ask.tables, campaign) for campaign in active)
    steps = (
        (ask.overview.link.state is LinkState.CONNECTED, say("start.linked")),
        (len(ask.tables.contacts) > 0, say("start.contacts", count=len(ask.tables.contacts))),
        (bool(active), say("start.campaign", count=len(active))),
        (looked_at, say("start.audience")),
        (ask.overview.captures.seen > 0, say("start.seen", count=ask.overview.captures.seen)),
    )
    rows = tuple(_step(number, *step) for number, step in enumerate(steps, 1))
    return Reply((say("start.title"), *rows, say("start.help")))


@command(
    en=("cancel",),
    es=("cancelar",),
    group=Group.GENERAL,
    role=Role.VIEWER,
    examples=both(Example("!cancel", "nothing to cancel"), Example("!cancelar", "nada que cancelar")),
)
def cancel(ask: Ask) -> Reply:
    if ask.conversation is None:
        return Reply((say("cancel.nothing"),))
    return Reply((say("cancel.done"),), ends=True)


@command(
    en=("more",),
    es=("más",),
    group=Group.GENERAL,
    role=Role.VIEWER,
    examples=both(Example("!more", "no more"), Example("!más", "no hay más")),
)
def more(ask: Ask) -> Reply:
    """The rest of a long answer."""
    if ask.conversation is None or ask.conversation.kind != MORE:
        return Reply((say("more.nothing"),))
    return Reply((say("more.text", text=ask.conversation.data["text"]),), ends=True)


def refused(command: Command) -> UserError:
    """The error for somebody whose role does not suffice."""
    return role_refused(command.role)


def role_refused(needed: Role) -> UserError:
    return UserError("role.refused", role=say(f"role.{needed.name.lower()}"))


def _answer_more(ask: Ask, text: str) -> Reply:
    reply: Reply = more.run(ask)
    return reply


MORE_TALK = Talk(MORE, frozenset({"more", "mas"}), _answer_more)


def _step(number: int, is_done: bool, what: Phrase) -> Phrase:
    return say("start.done" if is_done else "start.open", n=number, what=what)

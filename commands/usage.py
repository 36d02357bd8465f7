"""How a command is used, in words made from its declaration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.model.chat import Language, Phrase, Role, say
from commands.declaration import Argument, Command, Example, Group, Option
from commands.vocabulary import PREFIX

#: So many commands with the same beginning are named in the overview, which must fit a phone's screen.
SHOWN_OF_FAMILY = 5


def usage(command: Command, language: Language) -> str:
    """For example `!results [campaign] [status:outcome] [page:number]`: what stands in brackets may be left out."""
    arguments = [_argument(argument, language) for argument in command.arguments]
    options = [_option(option, language) for option in command.options]
    return " ".join([PREFIX + command.name(language), *arguments, *options])


def correction(command: Command, language: Language) -> tuple[Phrase, ...]:
    """What is added to the answer to a wrong use: the usage and one example."""
    return (say("use.usage", usage=usage(command, language)), _example(command.examples[language][0]))


def full_help(command: Command, language: Language) -> tuple[Phrase, ...]:
    """All that is known about one command."""
    lines = [say("help.title", name=command.name(language)), say(f"command.{command.key}")]
    if command.more:
        lines.append(say(f"command_more.{command.key}"))
    lines.append(say("use.usage", usage=usage(command, language)))
    lines += [_example(example) for example in command.examples[language]]
    if aliases := ", ".join(PREFIX + name for name in command.names[language][1:]):
        lines.append(say("help.aliases", names=aliases))
    if command.role > Role.VIEWER:
        lines.append(say("help.role", role=say(f"role.{command.role.name.lower()}")))
    return tuple(lines)


def short_help(commands: Iterable[Command], language: Language) -> tuple[Phrase, ...]:
    """One line for each command: its usage and what it does."""
    return tuple(
        say("help.row", usage=usage(command, language), does=say(f"command.{command.key}")) for command in commands
    )


def overview(commands: Iterable[Command], language: Language) -> tuple[Phrase, ...]:
    """The names by group, those with the same beginning together: `!campaign new · list · show …, !test`."""
    known = tuple(commands)
    lines = []
    for group in Group:
        names = [command.name(language) for command in known if command.group is group]
        if names:
            families = ", ".join(PREFIX + _family(head, tails) for head, tails in _by_family(names).items())
            lines.append(say("help.group", group=say(f"group.{group.value}"), names=families))
    return tuple(lines)


def group_help(commands: Iterable[Command], group: Group, language: Language) -> tuple[Phrase, ...]:
    """A line for each command of a group."""
    title = say("help.group_title", group=say(f"group.{group.value}"))
    rows = (
        say("help.brief", name=command.name(language), does=say(f"command.{command.key}"))
        for command in commands
        if command.group is group
    )
    return (title, *rows)


def _by_family(names: Sequence[str]) -> dict[str, list[str]]:
    """What follows each beginning; an empty text where the beginning is a name itself."""
    families: dict[str, list[str]] = {}
    for name in names:
        is_head = any(other.startswith(f"{name} ") for other in names)
        above = max((other for other in names if name.startswith(f"{other} ")), key=len, default="")
        head = above or (name if is_head or " " not in name else name.rpartition(" ")[0])
        families.setdefault(head, []).append(name.removeprefix(head).strip())
    return families


def _family(head: str, tails: Sequence[str]) -> str:
    """The head with its first few tails: `campaign new · list · show …`, `blacklist · add · remove`."""
    first, *others = sorted(tails, key=bool)
    shown = " · ".join([f"{head} {first}".rstrip(), *others[: SHOWN_OF_FAMILY - 1]])
    return f"{shown} …" if len(tails) > SHOWN_OF_FAMILY else shown


def _example(example: Example) -> Phrase:
    if example.pictures:
        return say("use.example_with_pictures", example=example.text, count=example.pictures)
    if example.cards:
        return say("use.example_with_cards", example=example.text, count=example.cards)
    return say("use.example", example=example.text)


def _argument(argument: Argument, language: Language) -> str:
    called = argument.called(language)
    return f"<{called}>" if argument.required else f"[{called}]"


def _option(option: Option, language: Language) -> str:
    label, value = option.called(language)
    return f"[{label}:{value}]"

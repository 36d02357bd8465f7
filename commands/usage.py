"""How a command is used, in words made from its declaration."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.chat import Language, Phrase, Role, say
from commands.declaration import Argument, Command, Example, Group, Option
from commands.vocabulary import PREFIX


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
    """All names, by group."""
    known = tuple(commands)
    lines = []
    for group in Group:
        names = [PREFIX + command.name(language) for command in known if command.group is group]
        if names:
            lines.append(say("help.group", group=say(f"group.{group.value}"), names=" · ".join(names)))
    return tuple(lines)


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

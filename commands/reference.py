"""The table of commands for docs/commands.md, made from their declarations."""

from __future__ import annotations

from collections.abc import Iterable

from bot.i18n import Catalogue
from bot.model.chat import Language
from commands.declaration import Command, Group
from commands.usage import usage

_HEAD = """\
# Commands

Made by `python -m commands > docs/commands.md`; a test fails when it is not current.

Write them in your own WhatsApp chat. English and Spanish names both work, with or without accents and in any letter
case, and the answer is in the language of the name. `<…>` must be written, `[…]` may be left out. Contacts and
campaigns are named by `#id`, name, the beginning of a name, phone number, shared contact card, or by replying to a
message about them: an answer, an evidence picture, a report. Names with several words need no quotes, except names that
hold a comma. When only one campaign is active, its name may be left out. Pictures are sent with the command as their
caption, one or as an album; or the command is written in reply to a picture, such as a forwarded status.
"""


def reference(commands: Iterable[Command], catalogue: Catalogue) -> str:
    """Markdown: a table for each group."""
    known = tuple(commands)
    parts = [_HEAD]
    for group in Group:
        rows = [_row(command, catalogue) for command in known if command.group is group]
        title = catalogue.say(f"group.{group.value}", Language.EN)
        parts.append(f"\n## {title}\n\n| English | Spanish | what it does | role | examples |\n|---|---|---|---|---|\n")
        parts += rows
    return "".join(parts)


def _row(command: Command, catalogue: Catalogue) -> str:
    names = [_cell(_names(command, language)) for language in Language]
    does = catalogue.say(f"command.{command.key}", Language.EN)
    if command.more:
        does += ". " + catalogue.say(f"command_more.{command.key}", Language.EN)
    role = catalogue.say(f"role.{command.role.name.lower()}", Language.EN)
    examples = "<br>".join(f"`{example.text}`" for shown in command.examples.values() for example in shown)
    return f"| {names[0]} | {names[1]} | {_cell(does)} | {role} | {_cell(examples)} |\n"


def _names(command: Command, language: Language) -> str:
    aliases = command.names[language][1:]
    also = f"<br>also: {', '.join(f'`!{name}`' for name in aliases)}" if aliases else ""
    return f"`{usage(command, language)}`{also}"


def _cell(text: str) -> str:
    """Text that does not end its cell."""
    return text.replace("|", "\\|")

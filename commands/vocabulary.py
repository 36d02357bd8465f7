"""Which command is meant: the longest name wins, in either language, and a slip of the finger is understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.model.chat import Language
from commands.declaration import Command
from commands.words import LIKENESS, Words, alike, folded, joined, likeness, nearest, split

PREFIX = "!"
#: A command is the prefix and a letter at once: `!`, `!!!` and `!?` are only feelings.
_COMMAND = re.compile(r"!(\s?)[^\W\d_]")
#: So much less like (0-1) may a name of the asker's language be, and is still the one that is meant.
NEARLY_AS_LIKE = 0.05
#: So much less like (0-1) than the likeliest name may others be that are offered with it, and how many in all.
AS_LIKELY, MOST_MEANT = 0.1, 4
#: Two words are alike by chance more easily than one.
LIKENESS_OF_TWO = 0.75


@dataclass(frozen=True)
class Heard:
    """A command, the language of the name that was used, and the words after the name."""

    command: Command
    language: Language
    words: Words


@dataclass(frozen=True)
class Family:
    """Only the first word of some commands was written, e.g. `!campaign`."""

    commands: tuple[Command, ...]
    language: Language


@dataclass(frozen=True)
class Unknown:
    """No command has this name; `meant` is the text with the nearest names in its place, the nearest first."""

    name: str
    language: Language
    meant: tuple[str, ...] = ()


def is_command(text: str, commands: Iterable[Command], language: Language) -> bool:
    """Whether a cleaned text is addressed to the bot: after a space, which some keyboards add, only by a known name."""
    found = _COMMAND.match(text)
    if found is None:
        return False
    return not found[1] or isinstance(hear(text, commands, language), Heard)


def hear(text: str, commands: Iterable[Command], language: Language) -> Heard | Family | Unknown:
    """Find the command of a cleaned text; `language` decides where a name is the same in both."""
    known = tuple(commands)
    words = split(text.removeprefix(PREFIX).lstrip())
    return (
        _named(words, known, language)
        or _turned_round(words, known, language)
        or _family(words, known, language)
        or _unknown(words, known, language)
    )


def named(words: Words, commands: Iterable[Command], language: Language) -> Command | None:
    """The command that these words, all of them, are the name of."""
    heard = _named(words, tuple(commands), language)
    return heard.command if heard is not None and not heard.words else None


def names_of(commands: Iterable[Command]) -> list[tuple[str, Command, Language]]:
    """Every name of every command, with its language."""
    return [
        (name, command, language) for command in commands for language, names in command.names.items() for name in names
    ]


def _named(words: Words, commands: tuple[Command, ...], language: Language) -> Heard | None:
    named_so: dict[str, list[tuple[Command, Language]]] = {}
    for name, command, tongue in names_of(commands):
        named_so.setdefault(folded(name), []).append((command, tongue))
    longest = max(len(name.split()) for name in named_so)
    for length in range(min(longest, len(words)), 0, -1):
        found = named_so.get(folded(joined(words[:length])))
        if found and not any(word.quoted for word in words[:length]):
            command, tongue = next((each for each in found if each[1] is language), found[0])
            return Heard(command, tongue, words[length:])
    return None


def _turned_round(words: Words, commands: tuple[Command, ...], language: Language) -> Heard | None:
    """`delete contact` is `contact delete`."""
    heard = _named((words[1], words[0]), commands, language) if len(words) > 1 else None
    return Heard(heard.command, heard.language, words[2:]) if heard is not None and not heard.words else None


def _family(words: Words, commands: tuple[Command, ...], language: Language) -> Family | None:
    """The commands whose names begin with the first word, unless the next word nearly names one of them."""
    first = folded(words[0].text) if words else ""
    related = [each for each in names_of(commands) if folded(each[0]).startswith(f"{first} ")]
    if not related:
        return None
    if len(words) > 1 and _is_slip(words, {name: tongue for name, _, tongue in related}, language):
        return None
    tongues = {tongue for _, _, tongue in related}
    tongue = language if language in tongues else related[0][2]
    return Family(tuple(dict.fromkeys(command for _, command, _ in related)), tongue)


def _is_slip(words: Words, names: Mapping[str, Language], language: Language) -> bool:
    """Whether the first two words nearly are one of the names, and so is the second word by itself."""
    seconds = {name.split()[1] for name in names}
    return bool(nearest(words[1].text, seconds, LIKENESS_OF_TWO) and _nearly(words, 2, names, language))


def _unknown(words: Words, commands: tuple[Command, ...], language: Language) -> Unknown:
    names = {name: tongue for name, _, tongue in names_of(commands)}
    heads = {name.split()[0]: tongue for name, tongue in names.items()}
    for length, candidates in ((2, names), (1, heads)):
        if found := _nearly(words, length, candidates, language):
            rest = " ".join(f'"{word.text}"' if word.quoted else word.text for word in words[length:])
            text = joined(words[:length])
            meant = tuple(f"{PREFIX}{name} {rest}".rstrip() for name in _as_likely(text, found, candidates, commands))
            return Unknown(text, candidates[found], meant)
    return Unknown(words[0].text if words else "", language)


def _as_likely(text: str, found: str, names: Mapping[str, Language], commands: tuple[Command, ...]) -> tuple[str, ...]:
    """The likeliest name, then the others of its language that are nearly as like, and other commands."""
    length, least = len(found.split()), max(LIKENESS, likeness(text, found) - AS_LIKELY)
    related = [name for name in names if names[name] is names[found] and len(name.split()) == length]
    command_of = {name: command for name, command, _ in names_of(commands)}
    meant = {command_of.get(found, found): found}
    for name in alike(text, related, least, MOST_MEANT):
        if not name.startswith(found):
            meant.setdefault(command_of.get(name, name), name)
    return tuple(meant.values())


def _nearly(words: Words, length: int, names: Mapping[str, Language], language: Language) -> str | None:
    """The name of so many words that the first words are most like; of two that are nearly as like, the own one."""
    candidates = [name for name in names if len(name.split()) == length]
    if len(words) < length:
        return None
    text, least = joined(words[:length]), LIKENESS_OF_TWO if length == 2 else LIKENESS
    best = nearest(text, candidates, least)
    own = nearest(text, [name for name in candidates if names[name] is language], least)
    is_near = best and own and likeness(text, own) >= likeness(text, best) - NEARLY_AS_LIKE
    return own if is_near else best

"""The plain types of arguments: text, one of some words, a number, a phone number, the name of a command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model.chat import Language
from bot.model.errors import UserError
from bot.model.identity import BadPhone, Phone
from commands.declaration import Ask, Command, Group, WrongUse, nearly
from commands.vocabulary import PREFIX, named, names_of
from commands.words import Word, Words, echo, folded, joined, nearest

#: What a page or an id may have at most; more is a slip, or mischief.
MOST_DIGITS = 6
#: The fewest digits that are taken for a phone number rather than for a part of a name.
PHONE_DIGITS = 7
#: How the groups of the help are called, by their names in the catalogues first.
GROUP_WORDS = {
    Group.GENERAL: ("general",),
    Group.ACCOUNT: ("account", "cuenta"),
    Group.CAMPAIGNS: ("campaigns", "campañas"),
    Group.CONTACTS: ("contacts", "contactos"),
    Group.RESULTS: ("results", "resultados"),
    Group.SENDING: ("sending", "envíos"),
    Group.SEQUENCES: ("reminders", "recordatorios", "sequences", "secuencias"),
    Group.BLOCKS: ("probable blocks", "bloqueos probables"),
    Group.SCHEDULE: ("schedule", "programación"),
    Group.DATA: ("data", "datos"),
}
#: How a word may look that is a phone number, or a part of one written with spaces.
_PHONE_PART = re.compile(r"[+\d()./\-‐‑–]*\d[\d()./\-‐‑–]*")


@dataclass(frozen=True)
class Text:
    """All the words that are left, as one text of at most so many characters."""

    most: int = 80

    def take(self, words: Words, ask: Ask) -> tuple[str | None, Words]:
        text = joined(words)
        if len(text) > self.most:
            raise WrongUse("text.too_long", most=self.most)
        return text or None, ()


@dataclass(frozen=True)
class Choice:
    """One of some values, each with the words that stand for it; the first of them is the one that is shown.

    What stands for a value may be several words, of which the longest that fits counts: `no capturado` before `no`.
    bilingual: the first is the English, the second the Spanish word, and the asker's own is shown.
    """

    words: Mapping[Any, tuple[str, ...]]
    bilingual: bool = False

    def take(self, words: Words, ask: Ask) -> tuple[Any, Words]:
        if not words:
            return None, ()
        length, values = self.reach(words), self._values()
        written = folded(joined(words[:length]))
        if written in values:
            return values[written], words[length:]
        written = words[0].text
        meant = nearest(written, [name for known in self.words.values() for name in known])
        if meant is not None:
            raise nearly("choice.did_you_mean", words[:1], meant)
        place = int(self.bilingual and ask.language is Language.ES)
        shown = ", ".join(known[place] for known in self.words.values())
        raise WrongUse("choice.unknown", text=echo(written), choices=shown)

    def reach(self, words: Words) -> int:
        """How many of the words stand for a value together; 1 when none do."""
        values = self._values()
        lengths = range(max(len(name.split()) for name in values), 1, -1)
        return next((length for length in lengths if folded(joined(words[:length])) in values), 1)

    def knows(self, words: Words) -> bool:
        """Whether all the words together stand for a value."""
        return folded(joined(words)) in self._values()

    def _values(self) -> dict[str, Any]:
        return {folded(name): value for value, known in self.words.items() for name in known}


@dataclass(frozen=True)
class ChoiceOrCampaign:
    """One of some values if the first word is one, or a slip of one that begins no campaign's name; else nothing."""

    words: Mapping[Any, tuple[str, ...]]

    @property
    def choice(self) -> Choice:
        return Choice(self.words)

    def take(self, words: Words, ask: Ask) -> tuple[Any, Words]:
        try:
            return self.choice.take(words, ask)
        except UserError as error:
            names = [folded(campaign.name) for campaign in ask.tables.campaigns.all()]
            begins_name = any(name.startswith(folded(words[0].text)) for name in names)
            if error.key == "choice.did_you_mean" and not begins_name and not words[0].quoted:
                raise
            return None, words


@dataclass(frozen=True)
class Number:
    """A whole number from 1 on."""

    def take(self, words: Words, ask: Ask) -> tuple[int | None, Words]:
        if not words:
            return None, ()
        number = whole(words[0].text)
        if number is None:
            raise UserError("number.bad", text=echo(words[0].text))
        return number, words[1:]


@dataclass(frozen=True)
class PhoneNumber:
    """A phone number as people write it, wherever it stands among the words."""

    def take(self, words: Words, ask: Ask) -> tuple[Phone | None, Words]:
        start, end = _longest_number(words)
        if start == end:
            return None, words
        return phone(joined(words[start:end]), ask.region), words[:start] + words[end:]


@dataclass(frozen=True)
class CommandName:
    """A command by its name, with or without the prefix; a group of the help; or all commands that begin so."""

    def take(self, words: Words, ask: Ask) -> tuple[Command | Group | tuple[Command, ...] | None, Words]:
        if not words:
            return None, ()
        written = joined(words).removeprefix(PREFIX)
        plain = tuple(Word(part) for part in written.split())
        command = named(plain, ask.commands, ask.language)
        group = next((group for group, known in GROUP_WORDS.items() if folded(written) in map(folded, known)), None)
        if group is not None and not _is_first_name(written, command):
            return group, ()
        if command is not None:
            return command, ()
        family = tuple(
            command
            for command in ask.commands
            if any(folded(name).startswith(f"{folded(written)} ") for names in command.names.values() for name in names)
        )
        if family:
            return family, ()
        groups = [word for known in GROUP_WORDS.values() for word in known]
        meant = nearest(written, [*(name for name, _, _ in names_of(ask.commands)), *groups])
        if meant is None:
            raise UserError("help.unknown", text=echo(written))
        raise nearly("help.did_you_mean", words, meant)


def _is_first_name(written: str, command: Command | None) -> bool:
    """Whether a command is called so in the first place, and not by an alias that is also a group's name."""
    return command is not None and folded(written) in [folded(command.name(language)) for language in Language]


def whole(text: str) -> int | None:
    """A number of plain digits, from 1 on; None for all else."""
    is_plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_plain and int(text) > 0 else None


def begins_number(word: Word) -> bool:
    """Whether a word is meant as a number, be it right or wrong."""
    return not word.quoted and word.text.lstrip("+-−")[:1].isdigit()


def phone(text: str, region: str | None) -> Phone:
    """Read a phone number; the errors say what is wrong with it."""
    try:
        return Phone.parse(text, region)
    except BadPhone:
        needs_country = region is None and not text.lstrip().startswith(("+", "00"))
        raise UserError("phone.needs_country" if needs_country else "phone.bad", text=echo(text)) from None


def looks_like_phone(text: str) -> bool:
    """Whether a text can only be meant as a phone number, be it right or wrong."""
    is_long = sum(sign.isdigit() for sign in text) >= PHONE_DIGITS
    return (is_long or text.startswith("+")) and all(_PHONE_PART.fullmatch(part) for part in text.split())


def _longest_number(words: Words) -> tuple[int, int]:
    """Where the run of words stands that together look like a phone number; an empty range when there is none."""
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and not words[end].quoted and _PHONE_PART.fullmatch(words[end].text):
            end += 1
            if end < len(words) and words[end].text.startswith("+"):
                break
        if looks_like_phone(joined(words[start:end])):
            return start, end
        start = max(end, start + 1)
    return 0, 0

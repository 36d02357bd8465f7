"""The words after a command's name become the arguments of its function."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from bot.model.chat import Language
from bot.model.errors import UserError
from commands.declaration import Ask, Command, Option, WrongUse
from commands.kinds import Choice, ChoiceOrCampaign
from commands.words import Word, Words, echo, folded, joined


def bind(command: Command, words: Words, ask: Ask) -> dict[str, object]:
    """The function's arguments by name. Raises WrongUse, or the UserError of an argument."""
    try:
        return _bound(command, words, ask)
    except UserError:
        for meant in _labels_left_out(command, words, ask.language):
            with suppress(UserError):
                return _bound(command, meant, ask)
        raise


def _bound(command: Command, words: Words, ask: Ask) -> dict[str, object]:
    values, words = _options(command, words, ask)
    for argument in sorted(command.arguments, key=lambda argument: not argument.anywhere):
        value, words = argument.kind.take(words, ask)
        if value is None and argument.required:
            raise WrongUse("use.missing", argument=argument.called(ask.language))
        values[argument.name] = value
    if words:
        raise WrongUse("use.too_much", words=echo(joined(words)))
    return values


def _labels_left_out(command: Command, words: Words, language: Language) -> Iterator[Words]:
    """`results promo pending` means `status:pending`, `export promo pdf` means `export pdf promo`."""
    for length in (2, 1):
        first, last = words[:-length], words[-length:]
        if not last or any(word.quoted for word in last):
            continue
        for option in command.options:
            if isinstance(option.kind, Choice) and option.kind.knows(last):
                yield (*first, Word(option.called(language)[0] + ":"), *last)
        for argument in command.arguments:
            if isinstance(argument.kind, ChoiceOrCampaign) and argument.kind.choice.knows(last):
                yield (*last, *first)


def _options(command: Command, words: Words, ask: Ask) -> tuple[dict[str, object], Words]:
    """Take out the labelled words of the command's own options; a label may stand apart from its value."""
    values: dict[str, object] = {option.name: None for option in command.options}
    kept: list[Word] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        option, value = _labelled(command, word)
        if option is None:
            kept.append(word)
            continue
        behind = (value, *waiting) if value else tuple(waiting)
        if not behind:
            raise WrongUse("use.missing", argument=option.called(ask.language)[0] + ":")
        values[option.name], left = _read(option, behind, ask)
        waiting = list(left)
    return values, tuple(kept)


def _labelled(command: Command, word: Word) -> tuple[Option | None, Word | None]:
    """The option whose label a word bears, and the rest of the word."""
    label, colon, text = word.text.partition(":")
    if not colon or word.quoted:
        return None, None
    for option in command.options:
        if folded(label) in {folded(option.called(language)[0]) for language in Language}:
            return option, word.part(len(label) + 1) if text else None
    return None, None


def _read(option: Option, words: Words, ask: Ask) -> tuple[object, Words]:
    """The value of an option, and the words behind it. It is one word, or several that are known to belong together."""
    length = option.kind.reach(words) if isinstance(option.kind, Choice) else 1
    found, left = option.kind.take(words[:length], ask)
    if found is None or left:
        raise UserError("use.bad_option", label=option.called(ask.language)[0], text=echo(words[0].text))
    return found, words[length:]

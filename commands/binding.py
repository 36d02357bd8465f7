"""The words after a command's name become the arguments of its function."""

from __future__ import annotations

from bot.model.chat import Language
from bot.model.errors import UserError
from commands.declaration import Ask, Command, Option, WrongUse
from commands.words import Word, Words, echo, folded, joined


def bind(command: Command, words: Words, ask: Ask) -> dict[str, object]:
    """The function's arguments by name. Raises WrongUse, or the UserError of an argument."""
    values, words = _options(command, words, ask)
    for argument in sorted(command.arguments, key=lambda argument: not argument.anywhere):
        value, words = argument.kind.take(words, ask)
        if value is None and argument.required:
            raise WrongUse("use.missing", argument=argument.called(ask.language))
        values[argument.name] = value
    if words:
        raise WrongUse("use.too_much", words=echo(joined(words)))
    return values


def _options(command: Command, words: Words, ask: Ask) -> tuple[dict[str, object], Words]:
    """Take out the labelled words of the command's own options; a label may stand apart from its value."""
    values: dict[str, object] = {option.name: None for option in command.options}
    kept: list[Word] = []
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        option, text = _labelled(command, word)
        if option is None:
            kept.append(word)
            continue
        value = Word(text) if text else waiting.pop(0) if waiting else None
        if value is None:
            raise WrongUse("use.missing", argument=option.called(ask.language)[0] + ":")
        values[option.name] = _read(option, value, ask)
    return values, tuple(kept)


def _labelled(command: Command, word: Word) -> tuple[Option | None, str]:
    label, colon, text = word.text.partition(":")
    if not colon or word.quoted:
        return None, ""
    for option in command.options:
        if folded(label) in {folded(option.called(language)[0]) for language in Language}:
            return option, text
    return None, ""


def _read(option: Option, value: Word, ask: Ask) -> object:
    found, left = option.kind.take((value,), ask)
    if found is None or left:
        raise UserError("use.bad_option", label=option.called(ask.language)[0], text=echo(value.text))
    return found

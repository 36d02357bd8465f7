"""Conversations: what the bot is waiting for in a chat, and which texts are meant for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.model.chat import Need, Order, Reply
from commands.declaration import Ask
from commands.words import folded

#: A menu: a number runs that one of the texts in its data, as if it had been sent with the order in its data.
MENU = "menu"
#: What takes the offer of a menu of one, and what turns any down.
YES_WORDS = frozenset({"1", "si", "yes", "ok"})
NO_WORDS = frozenset({"0", "no", "cancel", "cancelar"})

CANCEL_WORDS = frozenset({"cancel", "cancelar"})
DONE_WORDS = frozenset({"done", "listo", "lista", "ready", "ok"})


@dataclass(frozen=True)
class Talk:
    """A kind of conversation. The prefix is optional in it, and is taken off before `answer`."""

    kind: str
    words: frozenset[str]  #: what goes on with the conversation, or ends it
    answer: Callable[[Ask, str], Reply]  #: to one of the words, or to an order that is taken
    takes: Callable[[Order], bool] | None = None  #: whether what was sent, such as pictures, goes on with it
    #: a wizard: goes on when another command is used meanwhile; this answers whatever it does not hear
    otherwise: Callable[[Ask, str], Reply] | None = None
    #: what is said to an order that comes after the time is up
    ran_out: Callable[[Ask], Reply] | None = None
    need: Need = Need.NOTHING


def is_choice(text: str, offered: Sequence[str]) -> bool:
    """Whether an answer takes one of a menu's offers; of several by a number, be it right or wrong."""
    return _number(text) is not None if len(offered) > 1 else is_word(text, YES_WORDS)


def chosen(text: str, offered: Sequence[str]) -> str | None:
    """The offer that a choice takes; None when the menu has no such number."""
    number = 1 if len(offered) == 1 else _number(text) or 0
    return offered[number - 1] if 0 < number <= len(offered) else None


def is_word(text: str, words: frozenset[str]) -> bool:
    """Whether a text is one of these words, however it is written."""
    return folded(text).strip(".!") in words


def _number(text: str) -> int | None:
    digit = folded(text).strip(".! )")
    return int(digit) if len(digit) == 1 and digit.isascii() and digit.isdigit() else None

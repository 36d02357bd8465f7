"""Conversations: what the bot is waiting for in a chat, and which texts are meant for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.model.chat import Need, Order, Reply
from commands.declaration import Ask
from commands.words import folded

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


def is_word(text: str, words: frozenset[str]) -> bool:
    """Whether a text is one of these words, however it is written."""
    return folded(text).strip(".!") in words

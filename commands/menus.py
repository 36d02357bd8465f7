"""Menus: what may be meant is offered, and a number does it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.model.chat import Again, Conversation, Expect, Order, Reply, say
from commands.conversation import CANCEL_WORDS
from commands.declaration import Ask, Unclear
from commands.vocabulary import PREFIX
from commands.words import cleaned, echo, folded

#: A conversation that waits for nothing but a menu's number.
MENU = "menu"
#: So many offers have a number of one digit.
MOST_OFFERS = 9
#: What takes the offer of a menu of one, and what turns any down.
_YES = frozenset({"1", "si", "yes", "ok"})
_NO = frozenset({"0", "no"}) | CANCEL_WORDS


def menu(order: Order, texts: Sequence[str], minutes: int = 10) -> Expect:
    """Wait for the number of one of these texts, which is then done as if it had been sent with the order."""
    return Expect(MENU, {"order": order.id, "texts": list(texts)}, minutes)


def unknown(ask: Ask, name: str, meant: Sequence[str]) -> Reply:
    """No command has this name; those that were probably meant are offered."""
    if not meant:
        return Reply((say("use.unknown", name=echo(name)),))
    if len(meant) == 1:
        line = say("use.did_you_mean", name=echo(name), meant=echo(meant[0]))
        return Reply((line,), expect=menu(ask.order, meant))
    rows = (say("menu.row", n=n, text=text) for n, text in enumerate(meant, 1))
    return Reply((say("use.which_did_you_mean", name=echo(name)), *rows), expect=menu(ask.order, meant))


def unclear(ask: Ask, error: Unclear) -> Reply:
    """A command's words may mean several things, or nearly mean one: each is offered."""
    offers = error.offers[:MOST_OFFERS]
    said = cleaned(ask.order.text).removeprefix(PREFIX).lstrip()
    texts = [PREFIX + error.settled(said, offer) for offer in offers]
    lines = [say(error.key, **error.facts)]
    if len(offers) > 1:
        lines += [say("menu.offer", n=n, text=offer.shown) for n, offer in enumerate(offers, 1)]
    if len(offers) < len(error.offers):
        lines.append(say("menu.more", count=len(error.offers) - len(offers)))
    return Reply(tuple(lines), expect=menu(ask.order, texts))


def is_for_menu(text: str, conversation: Conversation) -> bool:
    """Whether a text without its prefix takes one of the offers that are open, or turns them down.

    In a wizard, whose words also are `ok` and `cancel`, a number alone; of several it may be right or wrong.
    """
    offered = _offered(conversation)
    if offered is None:
        return False
    if conversation.kind != MENU:
        return _number(text) is not None
    return _is(text, _NO) or (_is(text, _YES) if len(offered["texts"]) == 1 else _number(text) is not None)


def picked(text: str, conversation: Conversation) -> Again | Reply:
    """What is to be done after such a text."""
    offered = _offered(conversation)
    assert offered is not None
    texts = offered["texts"]
    if _is(text, _NO):
        return Reply((say("menu.dropped"),), ends=conversation.kind == MENU)
    number = 1 if _is(text, _YES) and len(texts) == 1 else _number(text) or 0
    if number > len(texts):
        return Reply((say("menu.no_such", most=len(texts)),), expect=Expect(MENU, offered))
    return Again(int(offered["order"]), texts[number - 1])


def _offered(conversation: Conversation) -> dict[str, Any] | None:
    return conversation.data if conversation.kind == MENU else conversation.offered


def _number(text: str) -> int | None:
    digit = folded(text).strip(".! )")
    return int(digit) if len(digit) == 1 and digit.isascii() and digit.isdigit() else None


def _is(text: str, words: frozenset[str]) -> bool:
    return folded(text).strip(".! )") in words

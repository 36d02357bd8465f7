"""The account's proxy: the one set in the chat, or else the settings' own. With a proxy nothing goes beside it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.model.chat import Phrase, say
from bot.model.proxy import Reached
from storage.tables import Tables

#: Name of the fact that holds what was set in the chat.
PROXY = "proxy"


def current(tables: Tables, own: str) -> str:
    """The proxy that WhatsApp is reached through, empty for none; `own` is the settings'."""
    chosen = tables.facts.get(PROXY)
    return chosen if isinstance(chosen, str) and chosen else own


def choose(tables: Tables, proxy: str) -> None:
    """Use this one from now on; an empty text goes back to the settings' own, or to none."""
    tables.facts.choose(PROXY, proxy)


def described(found: Iterable[Reached]) -> tuple[Phrase, ...]:
    """What a test found, a line for each host."""
    return tuple(
        say(
            "proxy.refused" if each.fault else "proxy.reached",
            host=say(f"proxy.host.{each.what}"),
            ms=round(each.after.total_seconds() * 1000),
            fault=each.fault,
        )
        for each in found
    )

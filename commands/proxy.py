"""`!proxy`: the way that this account takes to WhatsApp, shown masked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flows import proxying, wishes
from bot.model.chat import Phrase, Reply, Role, say
from bot.model.proxy import masked
from bot.model.wish import WishKind
from bot.settings import readers
from commands.declaration import Argument, Ask, Example, Group, WrongUse, both, command
from commands.words import Words


@dataclass(frozen=True)
class ProxyKind:
    """A proxy's address. What is wrong with it is told without repeating it: it may hold a password."""

    def take(self, words: Words, ask: Ask) -> tuple[str | None, Words]:
        if not words:
            return None, ()
        try:
            return readers.proxy(words[0].text), words[1:]
        except ValueError:
            raise WrongUse("proxy.bad") from None


@command(
    en=("proxy show", "proxy"),
    es=("proxy ver", "proxy mostrar"),
    group=Group.ACCOUNT,
    role=Role.OWNER,
    examples=both(Example("!proxy show", "No proxy of its own"), Example("!proxy ver", "Sin proxy propio")),
)
def proxy_show(ask: Ask) -> Reply:
    return Reply((_described(ask), say("proxy.closed")))


@command(
    en=("proxy set",),
    es=("proxy poner", "proxy fijar"),
    group=Group.ACCOUNT,
    role=Role.OWNER,
    arguments=(Argument("address", ProxyKind(), en="socks5://host:port", es="socks5://host:puerto"),),
    undoable=False,
    more=True,
    examples=both(
        Example("!proxy set socks5://10.0.0.2:1080", "through socks5://"),
        Example("!proxy poner socks5://10.0.0.2:1080", "por socks5://"),
    ),
)
def proxy_set(ask: Ask, address: str) -> Reply:
    proxying.choose(ask.tables, address)
    wishes.make(ask.tables, WishKind.PROXY, ask.order, ask.language, ask.now)
    return Reply((say("proxy.set", proxy=masked(address)), say("proxy.delete_message"), say("proxy.closed")))


@command(
    en=("proxy test",),
    es=("proxy probar",),
    group=Group.ACCOUNT,
    role=Role.OWNER,
    undoable=False,
    examples=both(Example("!proxy test", "being tried"), Example("!proxy probar", "Se prueba")),
)
def proxy_test(ask: Ask) -> Reply:
    wishes.make(ask.tables, WishKind.TEST_PROXY, ask.order, ask.language, ask.now)
    return Reply((say("proxy.trying"),))


def _what_follows(ask: Ask) -> tuple[Phrase, ...]:
    return (say("proxy.remove_ask"),)


@command(
    en=("proxy remove",),
    es=("proxy quitar",),
    group=Group.ACCOUNT,
    role=Role.OWNER,
    confirm=_what_follows,
    undoable=False,
    examples=both(Example("!proxy remove", "own address"), Example("!proxy quitar", "propia dirección")),
)
def proxy_remove(ask: Ask) -> Reply:
    proxying.choose(ask.tables, "")
    wishes.make(ask.tables, WishKind.PROXY, ask.order, ask.language, ask.now)
    return Reply((say("proxy.removed"),))


def _described(ask: Ask) -> Phrase:
    chosen = proxying.current(ask.tables, "")
    return say("proxy.own", proxy=masked(chosen)) if chosen else say("proxy.none")

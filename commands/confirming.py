"""Destructive commands ask for a code first; `!confirm` and the code do what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from bot.model.chat import Again, Phrase, Reply, Role, say
from bot.model.document import to_document
from bot.model.errors import UserError
from bot.model.ledger import Confirmation
from commands.attention import bare, talk_of
from commands.declaration import Argument, Ask, Command, Example, Group, both, command
from commands.kinds import Text
from commands.vocabulary import PREFIX
from commands.words import cleaned, echo
from storage.query import where

#: How long a code is good, and how long after that it is still known as one that is too old.
MINUTES = 2
REMEMBERED = timedelta(hours=1)
#: Without characters that look alike on a phone: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
SIGNS = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 4


@command(
    en=("confirm",),
    es=("confirmar",),
    group=Group.GENERAL,
    role=Role.VIEWER,
    arguments=(Argument("code", Text(20), en="code", es="código"),),
    examples=both(Example("!confirm 7K9Q", "No code 7K9Q"), Example("!confirmar 7K9Q", "Ningún código 7K9Q")),
)
def confirm(ask: Ask, code: str) -> Reply:
    """What waits for this code is done now."""
    written = "".join(code.upper().split())
    waiting = ask.tables.confirmations.one(where("key") == _key(ask, written))
    if waiting is None:
        raise UserError("confirm.unknown", code=echo(written))
    ask.tables.confirmations.remove(waiting)
    if waiting.expires_at <= ask.now:
        return Reply((say("confirm.expired", code=written, minutes=MINUTES),))
    return Reply(again=Again(waiting.order, waiting.text, waiting.asked))


def understood(command: Command, values: Mapping[str, object]) -> str:
    """A command and its arguments in a few words: what is confirmed is what was shown."""
    return " ".join([command.key, *(f"{name}={_named(value)}" for name, value in sorted(values.items()))])


def ask_first(ask: Ask, command: Command, values: Mapping[str, object], lost: tuple[Phrase, ...]) -> Reply:
    """Say what will be lost, and give the code."""
    _forget_old(ask)
    asked = understood(command, values)
    code = _code(f"{ask.order.key} {asked} {ask.now}")
    text = PREFIX + bare(cleaned(ask.order.text))
    expires_at = ask.now + timedelta(minutes=MINUTES)
    waiting = Confirmation(0, _key(ask, code), talk_of(ask.order), ask.order.id, text, asked, ask.language, expires_at)
    ask.tables.confirmations.add_once(waiting)
    write = f"{PREFIX}{confirm.name(ask.language)} {code}"
    changed = (say("confirm.changed"),) if ask.confirmed else ()
    return Reply((*changed, *lost, say("confirm.write", write=write, minutes=MINUTES)))


def _code(seed: str) -> str:
    """The same question gets the same code: a step that is done again after a crash says nothing new."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    signs = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(SIGNS))
        signs.append(SIGNS[place])
    return "".join(signs)


def _key(ask: Ask, code: str) -> str:
    return f"{talk_of(ask.order)}|{code}"


def _named(value: object) -> str:
    number = getattr(value, "id", None)
    if isinstance(value, tuple | list):
        return ",".join(_named(each) for each in value)
    return f"#{number}" if isinstance(number, int) else str(value)


def _forget_old(ask: Ask) -> None:
    for old in ask.tables.confirmations.find(where("expires_at") < to_document(ask.now - REMEMBERED)):
        ask.tables.confirmations.remove(old)

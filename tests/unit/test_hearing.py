"""What is heard in the control chat: the owner, and never the bot itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows import hearing, sending
from bot.flows.linking import ACCOUNT
from bot.model.chat import Language
from bot.model.event import Content, ContentKind, MessageSeen, Scope
from bot.model.outbox import SendState, To
from bot.model.outgoing import MARKER
from tests.commands.desk import CATALOGUE, OWNER, Desk


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.tables.facts.set(ACCOUNT, str(OWNER.jid))
    return desk


def is_heard(desk: Desk, text: str) -> bool:
    """Whether a text of the owner's account, written on another device, becomes an order."""
    before, now = len(desk.tables.orders), desk.clock.now()
    content = Content(ContentKind.TEXT, text)
    message = MessageSeen(f"X{before}", Scope.SELF, OWNER.jid, OWNER.jid, None, True, now, content)
    hearing.heard(desk.tables, message, CATALOGUE, Language.EN, now)
    return len(desk.tables.orders) > before


def being_sent(desk: Desk, text: str) -> None:
    """A message of ours whose id WhatsApp has not told yet."""
    now = desk.clock.now()
    item = sending.text("reply:1", OWNER.jid, To.CONTROL, f"{MARKER} {text}", now)
    desk.tables.outbox.add(replace(item, state=SendState.SENDING, sending_at=now))


def test_what_the_owner_writes_is_heard_and_what_has_our_marker_is_not(desk: Desk) -> None:
    assert is_heard(desk, "!status")
    assert not is_heard(desk, f"{MARKER} !status")


def test_our_own_words_that_come_back_without_their_marker_are_not_heard(desk: Desk) -> None:
    being_sent(desk, "!campaign new Coffee")
    assert not is_heard(desk, "!campaign new Coffee")
    assert is_heard(desk, "!campaign new Tea")


def test_the_owner_may_write_the_same_later(desk: Desk) -> None:
    being_sent(desk, "!campaign new Coffee")
    desk.clock.advance(hearing.ECHO + timedelta(seconds=1))
    assert is_heard(desk, "!campaign new Coffee")

"""What is written down, what is forgotten, and what waits a little for a contact to be registered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.model.event import (
    AddressLearned,
    Content,
    ContentKind,
    DirectSeen,
    Event,
    Media,
    MediaKind,
    MessageSeen,
    ReceiptKind,
    ReceiptSeen,
    Scope,
)
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.watched import Watched
from bot.whatsapp.sieve import HELD_FOR, MOST_HELD, Sieve
from tests.support.clock import FakeClock

AT = datetime(2026, 5, 6, 14, 0, tzinfo=UTC)
ME, ANA, ANA_LID = Jid("573001112233", "s.whatsapp.net"), Jid("573001200002", "s.whatsapp.net"), Jid("9911", "lid")
STRANGER, STRANGER_LID, GROUP = Jid("573009998877", "s.whatsapp.net"), Jid("8822", "lid"), Jid("1203", "g.us")
WATCHED = Watched(posters=frozenset({str(ANA), str(ANA_LID)}), writers=frozenset({str(ANA), str(ANA_LID)}))


def a_status(author: Jid, alternate: Jid | None = None, message_id: str = "M1") -> MessageSeen:
    content = Content(ContentKind.IMAGE)
    return MessageSeen(message_id, Scope.STATUS, STATUS_CHAT, author, alternate, False, AT, content)


def a_word(author: Jid, text: str, scope: Scope = Scope.DIRECT, chat: Jid | None = None) -> MessageSeen:
    return MessageSeen("W1", scope, chat or author, author, None, author == ME, AT, Content(ContentKind.TEXT, text))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def sieve(clock: FakeClock) -> Sieve:
    return Sieve(clock.monotonic)


def through(sieve: Sieve, event: Event) -> Event | None:
    return sieve.sift(event, lambda jid: jid == ME)


def test_before_it_is_told_whom_to_watch_every_status_is_written_down(sieve: Sieve) -> None:
    assert through(sieve, a_status(STRANGER)) == a_status(STRANGER)


@pytest.mark.parametrize("status", [a_status(ANA), a_status(ANA_LID), a_status(STRANGER_LID, ANA)])
def test_statuses_of_those_watched_are_written_down(sieve: Sieve, status: MessageSeen) -> None:
    sieve.watch(WATCHED)
    assert through(sieve, status) == status


@pytest.mark.parametrize(
    "event",
    [
        a_status(STRANGER, STRANGER_LID),
        a_status(STRANGER_LID),
        replace(a_status(ME), from_me=True),
        a_word(STRANGER, "STOP"),
        a_word(STRANGER, "see you at five"),
        a_word(ME, "see you at five", chat=STRANGER),
        a_word(ANA, "hello all", Scope.GROUP, GROUP),
        AddressLearned(STRANGER, STRANGER_LID),
        ReceiptSeen(("M1",), ReceiptKind.READ, STRANGER_LID, STRANGER_LID, AT),
    ],
)
def test_what_concerns_nobody_watched_is_not_written_down(sieve: Sieve, event: Event) -> None:
    sieve.watch(WATCHED)
    assert through(sieve, event) is None


def test_of_a_contacts_private_words_only_that_there_were_some_is_written_down(sieve: Sieve) -> None:
    sieve.watch(WATCHED)
    assert through(sieve, a_word(ANA, "STOP")) == a_word(ANA, "STOP")
    assert through(sieve, a_word(ANA, "see you at five")) == DirectSeen("W1", ANA, None, False, AT)
    assert through(sieve, a_word(ME, "at six", chat=ANA_LID)) == DirectSeen("W1", ME, None, True, AT)


def test_a_contacts_picture_with_the_word_for_proof_is_written_down_and_no_other(sieve: Sieve) -> None:
    sieve.watch(WATCHED)
    media = Media(MediaKind.IMAGE, "image/jpeg", 1, "", "")
    proof = replace(a_word(ANA, ""), content=Content(ContentKind.IMAGE, "Prueba", media))
    private = replace(proof, content=Content(ContentKind.IMAGE, "my dog", media))
    assert through(sieve, proof) == proof
    assert through(sieve, private) == DirectSeen("W1", ANA, None, False, AT)


def test_receipts_and_addresses_of_contacts_are_written_down(sieve: Sieve) -> None:
    sieve.watch(WATCHED)
    for chat in (ANA_LID, ME):
        receipt = ReceiptSeen(("M1",), ReceiptKind.DELIVERED, chat, ANA_LID if chat == ANA_LID else ME, AT)
        assert through(sieve, receipt) == receipt
    learned = AddressLearned(ANA, Jid("7733", "lid"))
    assert through(sieve, learned) == learned


def test_while_lids_are_asked_for_an_unknown_one_may_be_a_contacts(sieve: Sieve) -> None:
    sieve.watch(replace(WATCHED, asks_remain=True))
    assert through(sieve, a_status(STRANGER_LID)) is not None
    assert through(sieve, a_status(STRANGER_LID, STRANGER)) is None


def test_who_posts_just_before_being_registered_is_not_lost(sieve: Sieve) -> None:
    sieve.watch(Watched())
    for event in (a_status(ANA), a_status(STRANGER), a_word(ANA, "ACEPTO")):
        assert through(sieve, event) is None
    assert sieve.watch(WATCHED) == [a_status(ANA), a_word(ANA, "ACEPTO")]
    assert sieve.watch(WATCHED) == []  # once


def test_what_is_said_in_a_group_before_it_is_named_is_no_order(sieve: Sieve) -> None:
    sieve.watch(WATCHED)
    assert through(sieve, a_word(ANA, "!help", Scope.GROUP, GROUP)) is None
    assert sieve.watch(replace(WATCHED, groups=frozenset({str(GROUP)}))) == []


@pytest.mark.parametrize("text", ["!group here", "!Grupo aquí", " !GRUPO  AQUI "])
def test_the_owner_alone_can_name_a_group_from_inside(sieve: Sieve, text: str) -> None:
    sieve.watch(WATCHED)
    named = a_word(ME, text, Scope.GROUP, GROUP)
    assert through(sieve, named) == named
    assert through(sieve, a_word(ANA, text, Scope.GROUP, GROUP)) is None
    assert through(sieve, a_word(ME, text + " please", Scope.GROUP, GROUP)) is None


def test_a_control_groups_messages_wait_until_it_is_known_as_one(sieve: Sieve) -> None:
    order = a_word(ANA, "!help", Scope.GROUP, GROUP)
    assert through(sieve, order) is None
    assert sieve.watch(replace(WATCHED, groups=frozenset({str(GROUP)}))) == [order]
    assert through(sieve, order) == order


def test_what_was_held_back_is_soon_forgotten(sieve: Sieve, clock: FakeClock) -> None:
    sieve.watch(Watched())
    through(sieve, a_status(ANA))
    clock.advance(HELD_FOR)
    assert sieve.watch(WATCHED) == []


def test_strangers_cannot_fill_the_memory(sieve: Sieve) -> None:
    sieve.watch(Watched())
    for number in range(MOST_HELD + 10):
        through(sieve, a_status(ANA, message_id=f"M{number}"))
    assert [status.id for status in sieve.watch(WATCHED)] == [f"M{number}" for number in range(10, MOST_HELD + 10)]

"""The bot never talks to itself, and breaks a loop that somebody else makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows.bursts import MOST, PAUSE
from bot.model.event import Content, ContentKind, MediaKind, MessageSeen, Scope
from bot.model.outgoing import SendText
from storage.query import where
from tests.support.control_group import GROUP, stage_with_group
from tests.support.stage import OWNER, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_with_group(tmp_path) as stage:
        yield stage


def test_a_loop_is_left_alone_with_one_message_and_an_alert(stage: Stage) -> None:
    for number in range(3 * MOST):
        stage.owner.note(f"!{number}a")
    stage.settle()
    answers = [text for text in stage.texts() if "pictures" in text]
    pauses = [text for text in stage.texts() if "looks like a loop" in text]
    assert (len(answers), len(pauses)) == (MOST, 1)
    assert stage.tables.alerts.count(where("cause") != "") == 1


def test_other_chats_are_not_paused_and_the_pause_ends(stage: Stage) -> None:
    for number in range(2 * MOST):
        stage.owner.note(f"!{number}a")
    stage.owner.say_in(GROUP, "!elsewhere")
    stage.settle()
    assert any("!elsewhere" in text for text in stage.texts())
    stage.clock.advance(PAUSE)
    stage.owner.note("!again")
    stage.settle()
    assert any("!again" in text for text in stage.texts())


def test_twenty_commands_in_two_minutes_are_an_owner_in_a_hurry(stage: Stage) -> None:
    for number in range(2 * MOST):
        stage.owner.note(f"!{number}a")
        stage.settle()
        stage.clock.advance(timedelta(seconds=4))
    assert not any("looks like a loop" in text for text in stage.texts())


def test_many_pictures_one_by_one_are_no_loop(stage: Stage) -> None:
    for number in range(2 * MOST):
        stage.owner.note_images([b"picture %d" % number])
    stage.settle()
    assert stage.texts() == []


@pytest.mark.parametrize("scope", [Scope.SELF, Scope.GROUP])
def test_a_message_of_ours_that_comes_back_is_known_by_its_id_even_without_the_marker(
    stage: Stage, scope: Scope
) -> None:
    stage.owner.note("!hello")
    stage.settle()
    (said,) = [said for said in stage.said if isinstance(said.what, SendText)]
    chat = OWNER.jid if scope is Scope.SELF else GROUP
    content = Content(ContentKind.TEXT, "!hello")
    stage.gateway.receive(MessageSeen(said.sent.id, scope, chat, OWNER.jid, None, True, stage.clock.now(), content))
    stage.settle()
    assert len(stage.texts()) == 1


def test_the_hd_copy_of_a_picture_is_the_same_picture(stage: Stage) -> None:
    sent = stage.owner.note_images([b"small"], "!hello")[0]
    media = stage.gateway.upload(b"in high definition", MediaKind.IMAGE, "image/jpeg")
    content = Content(ContentKind.IMAGE, "", media)
    copy = MessageSeen("HD1", Scope.SELF, OWNER.jid, OWNER.jid, None, True, stage.clock.now(), content, twin_of=sent)
    stage.gateway.receive(copy)
    stage.settle()
    (order,) = stage.tables.orders.all()
    assert stage.texts() == ["🤖 !hello (1 pictures, [])"]
    assert stage.media.read(order.parts[0].sha256) == b"in high definition"

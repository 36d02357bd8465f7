"""Unknown authors: listed while WhatsApp is asked whose they are, assigned or ignored by the owner, else forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import strangers
from bot.model.contact import Contact
from bot.model.event import Content, ContentKind, MediaKind, MessageSeen, Scope
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.link import LinkState
from bot.model.result import Outcome
from storage.query import where
from tests.support.stage import Stage

POSTER = b"the poster of the campaign"
LID, OTHER_LID = Jid("88776655", "lid"), Jid("11223344", "lid")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A contact whose LID is being asked for, while nobody can be asked."""
    stage = Stage(tmp_path)
    stage.settle()
    stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567")
    stage.gateway.become(LinkState.RECONNECTING)
    stage.look_up("Ana")
    stage.engine.step()
    yield stage
    stage.close()


def post(stage: Stage, lid: Jid, message_id: str) -> None:
    media = stage.gateway.upload(POSTER, MediaKind.IMAGE, "image/jpeg")
    content = Content(ContentKind.IMAGE, media=media)
    now = stage.clock.now()
    stage.gateway.receive(MessageSeen(message_id, Scope.STATUS, STATUS_CHAT, lid, None, False, now, content))
    stage.settle(at_most=timedelta(seconds=2))


def ana(stage: Stage) -> Contact:
    contact = stage.tables.contacts.one(where("name") == "Ana")
    assert contact is not None
    return contact


def test_who_posts_under_an_unknown_lid_is_listed_by_how_often(stage: Stage) -> None:
    for lid, message_id in ((OTHER_LID, "M1"), (LID, "M2"), (LID, "M2")):
        post(stage, lid, message_id)
    stage.clock.advance(timedelta(minutes=1))
    post(stage, LID, "M3")
    listed = strangers.unknown(stage.tables)
    assert [(each.lid, each.statuses) for each in listed] == [(LID, 2), (OTHER_LID, 1)]
    assert listed[0].last_at - listed[0].first_at == timedelta(minutes=1)


def test_what_an_assigned_author_posted_counts(stage: Stage) -> None:
    post(stage, LID, "M1")
    assert strangers.assign(stage.tables, LID, ana(stage), stage.clock.now())
    stage.settle(at_most=timedelta(seconds=5))
    result = stage.result("Ana")
    assert result is not None
    assert result.outcome is Outcome.CUMPLE
    assert strangers.unknown(stage.tables) == []


def test_a_lid_that_is_somebodys_is_not_assigned_to_another(stage: Stage) -> None:
    stage.contact("Luis", "+573001234568")
    luis = stage.tables.contacts.one(where("name") == "Luis")
    assert luis is not None
    now = stage.clock.now()
    assert strangers.assign(stage.tables, LID, luis, now)
    assert not strangers.assign(stage.tables, LID, ana(stage), now)
    assert strangers.assign(stage.tables, LID, luis, now)


def test_an_ignored_author_is_forgotten_and_held_back_no_more(stage: Stage, tmp_path: Path) -> None:
    post(stage, LID, "M1")
    assert strangers.ignore(stage.tables, LID, stage.clock.now()) == 1
    post(stage, LID, "M2")
    assert strangers.unknown(stage.tables) == []
    (ignored,) = stage.tables.ignored.all()
    assert LID.user not in ignored.key


def test_an_ignored_author_who_turns_out_to_be_a_contact_counts_from_then_on(stage: Stage) -> None:
    strangers.ignore(stage.tables, LID, stage.clock.now())
    strangers.assign(stage.tables, LID, ana(stage), stage.clock.now())
    post(stage, LID, "M1")
    stage.settle(at_most=timedelta(seconds=5))
    assert stage.result("Ana") is not None
    assert len(stage.tables.ignored) == 0


def test_what_nobody_claims_within_a_day_is_forgotten(stage: Stage) -> None:
    post(stage, LID, "M1")
    stage.clock.advance(strangers.HELD_FOR)
    strangers.unparked(stage.tables, stage.clock.now() + timedelta(minutes=1))
    assert len(stage.tables.parked) == 0

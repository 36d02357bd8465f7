"""What the bot sends is decrypted and checked on the owner's phone or a contact's."""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.model.errors import GatewayError
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.outgoing import Quote, SendDocument, SendEdit, SendImage, SendReaction, SendText, ShowTyping
from tests.support.running import RunningGateway
from tests.support.world import PATIENCE, Person, World


def chat_of(person: Person) -> Jid:
    return Jid(person.account.pn.user, "s.whatsapp.net")


@pytest.fixture
def owner(world: World) -> Jid:
    return chat_of(world.phone)


def last_at(world: World) -> object:
    return world.wait(lambda: world.phone.inbox, "a message")[-1]


def test_a_text_arrives_with_the_id_that_was_returned(world: World, linked: RunningGateway, owner: Jid) -> None:
    sent = linked.gateway.send(owner, SendText("🤖 hello"))

    world.phone.wait_for_text("🤖 hello")
    assert world.phone.phone.inbox[-1].node.a("id") == sent.id


def test_a_text_with_a_phone_number_in_it_mentions_nobody(world: World, linked: RunningGateway, owner: Jid) -> None:
    linked.gateway.send(owner, SendText("@573001234567 posted"))
    world.phone.wait_for_text("posted")
    assert world.phone.inbox[-1].conversation == "@573001234567 posted"


def test_direct_messages_to_a_number_carry_no_badge_of_a_bot(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    linked.gateway.send(chat_of(alice), SendText("hello"))
    alice.wait_for_text("hello")
    sent = world.server.seen("<-", "message")[-1]
    assert sent.get("bot") is None


def test_an_answer_quotes_the_message_that_it_answers(world: World, linked: RunningGateway, owner: Jid) -> None:
    order = world.phone.say("!status")
    linked.gateway.send(owner, SendText("fine", Quote(order, owner, "!status")))

    world.phone.wait_for_text("fine")

    context = world.phone.inbox[-1].extendedTextMessage.contextInfo
    assert (context.stanzaID, context.participant, context.quotedMessage.conversation) == (order, str(owner), "!status")


def test_an_image_arrives_with_caption_size_and_preview(
    world: World, linked: RunningGateway, owner: Jid, tmp_path: Path
) -> None:
    picture = tmp_path / "chart.png"
    Image.new("RGBA", (640, 320), "teal").save(picture)

    linked.gateway.send(owner, SendImage(picture, "image/png", "41 cumple"))

    world.phone.wait_for_text("41 cumple")
    message = world.phone.inbox[-1]
    image = message.imageMessage
    assert (image.width, image.height, image.mimetype) == (640, 320, "image/png")
    assert Image.open(BytesIO(image.JPEGThumbnail)).size == (100, 50)
    assert world.phone.file_of(message) == picture.read_bytes()


def test_a_document_arrives_with_its_name(world: World, linked: RunningGateway, owner: Jid, tmp_path: Path) -> None:
    table = tmp_path / "3f7a"
    table.write_bytes(b"a;b\n1;2\n")

    linked.gateway.send(owner, SendDocument(table, "text/csv", "results.csv", "Here it is"))

    world.phone.wait_for_text("Here it is")
    message = world.phone.inbox[-1]
    assert (message.documentMessage.fileName, message.documentMessage.mimetype) == ("results.csv", "text/csv")
    assert world.phone.file_of(message) == table.read_bytes()


def test_a_reaction_and_an_edit_point_to_their_messages(world: World, linked: RunningGateway, owner: Jid) -> None:
    order = world.phone.say("!export")
    linked.gateway.send(owner, SendReaction(order, owner, "⏳"))
    world.phone.wait_for_text("⏳")
    reaction = world.phone.inbox[-1].reactionMessage
    assert (reaction.key.ID, reaction.key.fromMe) == (order, True)

    progress = linked.gateway.send(owner, SendText("1 of 9"))
    linked.gateway.send(owner, SendEdit(progress.id, "9 of 9"))
    world.phone.wait_for_text("9 of 9")
    edit = world.phone.inbox[-1].editedMessage.message.protocolMessage
    assert progress.id == edit.key.ID


def test_typing_is_shown_and_taken_back(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    linked.gateway.send(chat_of(alice), ShowTyping(True))
    world.wait(lambda: [n for n in world.server.seen("<-", "chatstate") if n.get("composing")], "typing")
    linked.gateway.send(chat_of(alice), ShowTyping(False))
    world.wait(lambda: [n for n in world.server.seen("<-", "chatstate") if n.get("paused")], "no more typing")


def test_typing_goes_with_presence_once_the_push_name_is_known(world: World, linked: RunningGateway) -> None:
    alice = chat_of(world.add_person("Alice"))
    linked.gateway.send(alice, ShowTyping(True))
    assert not world.server.seen("<-", "presence")

    world.share_app_state("Owner's name")

    def shows_presence() -> bool:  # when the library has taken the name in cannot be seen from outside
        linked.gateway.send(alice, ShowTyping(True))
        return bool(world.server.seen("<-", "presence", type="available"))

    give_up = time.monotonic() + PATIENCE
    while not shows_presence() and time.monotonic() < give_up:
        pass
    linked.gateway.send(alice, ShowTyping(False))
    world.wait(lambda: world.server.seen("<-", "presence", type="unavailable"), "absence")


@pytest.mark.parametrize(
    ("code", "reason", "permanent"),
    [("463", "reach_out_limit", True), ("479", "bad_address", True), ("429", "too_fast", False)],
)
def test_the_servers_refusals_are_told_apart(
    world: World, linked: RunningGateway, owner: Jid, code: str, reason: str, permanent: bool
) -> None:
    world.server.router.acknowledge = lambda device, message: {"error": code}

    with pytest.raises(GatewayError) as failed:
        linked.gateway.send(owner, SendText("hello"))

    assert (failed.value.reason, failed.value.permanent, failed.value.in_doubt) == (reason, permanent, False)


def test_a_number_without_whatsapp_is_a_permanent_error(world: World, linked: RunningGateway) -> None:
    with pytest.raises(GatewayError, match="not_on_whatsapp") as failed:
        linked.gateway.send(Jid("573009999999", "s.whatsapp.net"), SendText("hello"))
    assert failed.value.permanent


def test_a_file_that_is_gone_is_a_permanent_error(
    world: World, linked: RunningGateway, owner: Jid, tmp_path: Path
) -> None:
    with pytest.raises(GatewayError, match="no_file") as failed:
        linked.gateway.send(owner, SendImage(tmp_path / "gone.png", "image/png"))
    assert failed.value.permanent


def test_the_lid_of_a_number_is_found_and_a_stranger_is_none(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    assert str(linked.gateway.find(chat_of(alice))) == alice.lid
    assert linked.gateway.find(Jid("573009999999", "s.whatsapp.net")) is None


def test_an_own_status_is_taken_by_the_server(world: World, linked: RunningGateway) -> None:
    sent = linked.gateway.send(STATUS_CHAT, SendText("Today at the café"))
    assert sent.id
    posted = world.server.seen("<-", "message")[-1]
    assert str(posted.attrs["to"]) == str(STATUS_CHAT)


def test_an_own_status_with_a_picture_is_uploaded_and_readable_on_the_owners_phone(
    world: World, linked: RunningGateway, tmp_path: Path
) -> None:
    picture = tmp_path / "poster.jpg"
    Image.new("RGB", (540, 960), "teal").save(picture)

    linked.gateway.send(STATUS_CHAT, SendImage(picture, "image/jpeg", "Today at the café"))

    posted = world.server.seen("<-", "message")[-1]
    assert str(posted.attrs["to"]) == str(STATUS_CHAT)
    world.phone.wait_for_text("Today at the café")
    message = world.phone.inbox[-1]
    assert (message.imageMessage.width, message.imageMessage.height) == (540, 960)
    assert world.phone.file_of(message) == picture.read_bytes()

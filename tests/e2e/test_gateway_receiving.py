"""What is received reaches the inbox journal, whatever happens to the process in between."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.model.errors import GatewayError
from bot.model.event import ContentKind, Media, MessageSeen, ReceiptKind, ReceiptSeen, Scope
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.link import LinkState
from bot.model.outgoing import SendText
from tests.support import messages
from tests.support.running import QUICK, RunningGateway
from tests.support.world import World

MEDIA_DEADLINE = timedelta(seconds=40)


def is_image(seen: MessageSeen) -> bool:
    return seen.content.kind is ContentKind.IMAGE


@pytest.mark.parametrize("by_lid", [False, True])
@pytest.mark.parametrize("tells_the_other_address", [True, False])
def test_a_status_is_known_by_its_phone_number_in_every_addressing(
    world: World, linked: RunningGateway, by_lid: bool, tells_the_other_address: bool
) -> None:
    alice = world.add_person("Alice")
    word = alice.say("ACEPTO")  # a direct message tells the library which number and LID belong together
    linked.wait_for_message(word)
    world.server.router.statuses_by_lid = by_lid
    world.server.router.statuses_tell_both = tells_the_other_address

    post = alice.post_image(b"a picture", "our ad")

    seen = linked.wait_for_message(post, is_image)
    assert (seen.scope, seen.chat, seen.content.text, seen.push_name) == (Scope.STATUS, STATUS_CHAT, "our ad", "Alice")
    assert alice.number in {str(author.phone) for author in seen.authors}


def test_a_lid_that_the_library_does_not_know_stays_unknown(world: World, linked: RunningGateway) -> None:
    world.server.router.statuses_by_lid, world.server.router.statuses_tell_both = True, False

    stranger = world.add_person("Stranger")
    seen = linked.wait_for_message(stranger.post_image(b"a picture"), is_image)

    assert seen.author_alt is None
    assert str(seen.author) == stranger.lid


def test_chats_reach_the_journal_with_their_scope(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    order, word = world.phone.say("!help"), alice.say("STOP")

    assert linked.wait_for_message(order).scope is Scope.SELF
    assert linked.wait_for_message(order).from_me
    assert linked.wait_for_message(word).scope is Scope.DIRECT


def test_of_private_conversations_only_the_words_of_consent_reach_the_journal(
    world: World, linked: RunningGateway
) -> None:
    alice = world.add_person("Alice")
    private = [world.phone.say("between us", to=alice), world.phone.say("STOP", to=alice), alice.say("see you at five")]
    picture = alice.send_image(b"a picture")
    joins, leaves = alice.say("ACEPTO"), alice.say("STOP")

    assert linked.wait_for_message(joins).content.text == "ACEPTO"
    assert linked.wait_for_message(leaves).content.text == "STOP"

    assert [seen.id for seen in linked.messages()] == [joins, leaves]
    assert not {*private, picture} & {seen.id for seen in linked.messages()}


def test_an_album_its_captions_and_shared_cards_arrive(world: World, linked: RunningGateway) -> None:
    header, first, second = world.phone.send_album([b"one", b"two"], {1: "!campaign new May"})
    cards = world.phone.share_cards(("Ana", "+573001234567"), ("Luis", "+573007654321"))

    assert linked.wait_for_message(header).content.expected == 2
    assert linked.wait_for_message(first).album == header
    assert linked.wait_for_message(second).content.text == "!campaign new May"
    shared = linked.wait_for_message(cards).content.cards
    assert [(card.name, card.phones) for card in shared] == [("Ana", ("+573001234567",)), ("Luis", ("+573007654321",))]


def test_a_first_status_comes_as_its_sender_key_and_then_as_itself(world: World, linked: RunningGateway) -> None:
    """The library tells twice of one id: first of the key alone."""
    post = world.add_person("Alice").post_image(b"a picture")

    linked.wait_for_message(post, is_image)

    assert [seen.content.kind for seen in linked.messages(post)] == [ContentKind.KEY_ONLY, ContentKind.IMAGE]


def test_a_status_without_its_key_is_told_and_comes_after_the_retry(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    post = alice.post_image(b"a picture", without_key=[world.bot])

    linked.wait_for_message(post, is_image)

    assert [seen.content.kind for seen in linked.messages(post)] == [ContentKind.WITHHELD, ContentKind.IMAGE]


def test_a_status_that_cannot_be_decrypted_is_told(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    alice.phone.answers_retries = False
    post = alice.post_image(b"a picture", garbled=True)

    linked.wait_for_message(post, lambda seen: seen.content.kind is ContentKind.UNDECRYPTABLE)


def test_receipts_reach_the_journal(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    sent = linked.gateway.send(Jid(alice.account.pn.user, "s.whatsapp.net"), SendText("hello"))

    def delivered() -> list[ReceiptSeen]:
        receipts = [event for event in linked.events() if isinstance(event, ReceiptSeen)]
        return [receipt for receipt in receipts if sent.id in receipt.ids and receipt.kind is ReceiptKind.DELIVERED]

    assert linked.wait(delivered, "the delivery receipt")[0].reader.user in (
        alice.account.pn.user, alice.account.lid.user,
    )  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_what_was_received_survives_a_killed_process_exactly_once(world: World, linked: RunningGateway) -> None:
    """The gateway is not told of it any more: it finds the event by reading on from its cursor."""
    alice = world.add_person("Alice")
    post = alice.post_image(b"a picture")
    linked.wait_for_message(post, is_image)

    os.kill(linked.pid, signal.SIGKILL)

    lost = linked.wait_for(LinkState.RECONNECTING)
    assert "killed by signal 9" in lost.detail
    linked.wait_for(LinkState.CONNECTED)
    later = alice.post_image(b"another picture")
    linked.wait_for_message(later, is_image)
    pictures = [seen.id for seen in linked.messages() if is_image(seen)]
    assert pictures == [post, later]


def test_messages_of_the_time_in_between_arrive_after_the_restart(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    linked.gateway.stop()
    world.wait(lambda: not any(device.live for device in world.companions), "the bot to be offline")
    missed = alice.post_image(b"a picture")

    with RunningGateway(world, linked.data) as again:
        assert again.wait_for_message(missed, is_image).content.media


# ---------------------------------------------------------------------------------------------------------- downloads


def posted_media(world: World, linked: RunningGateway, content: bytes = b"a picture") -> Media:
    post = world.add_person("Alice").post_image(content)
    media = linked.wait_for_message(post, is_image).content.media
    assert media is not None
    return media


def test_a_download_writes_the_decrypted_file(world: World, linked: RunningGateway, tmp_path: Path) -> None:
    picture = os.urandom(300_000)
    media = posted_media(world, linked, picture)
    assert media.size == len(picture)

    linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)

    assert (tmp_path / "file").read_bytes() == picture
    assert not (tmp_path / "file.part").exists()


@pytest.mark.parametrize("status", [403, 404, 410])
def test_media_that_is_gone_is_a_permanent_error(
    world: World, linked: RunningGateway, tmp_path: Path, status: int
) -> None:
    media = posted_media(world, linked)
    world.server.media.statuses["/"] = status

    with pytest.raises(GatewayError, match="expired") as failed:
        linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)

    assert failed.value.permanent
    assert not (tmp_path / "file").exists()


def test_an_overloaded_media_host_is_a_passing_error(world: World, linked: RunningGateway, tmp_path: Path) -> None:
    media = posted_media(world, linked)
    world.server.media.statuses["/"] = 503

    with pytest.raises(GatewayError, match="media_server") as failed:
        linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)
    assert not failed.value.permanent

    world.server.media.statuses.clear()
    linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)


def test_a_file_with_another_content_than_announced_is_a_permanent_error(
    world: World, linked: RunningGateway, tmp_path: Path
) -> None:
    media = posted_media(world, linked)
    files = world.server.media.files
    for path, content in files.items():
        files[path] = os.urandom(len(content))

    with pytest.raises(GatewayError, match="corrupt") as failed:
        linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)
    assert failed.value.permanent


def test_a_media_host_that_answers_nothing_costs_the_download_and_not_the_link(
    world: World, linked: RunningGateway, tmp_path: Path
) -> None:
    """The library's own download would hang for minutes, and could not be cancelled."""
    media = posted_media(world, linked)
    before = linked.pid
    with world.silent_media():
        with pytest.raises(GatewayError, match="deadline") as failed:
            linked.gateway.download(media, tmp_path / "file", timedelta(seconds=1))
    assert not failed.value.permanent
    assert not failed.value.in_doubt

    linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)

    assert linked.pid == before
    assert linked.gateway.link().state is LinkState.CONNECTED


def test_what_the_librarys_host_does_not_have_our_own_download_gets(
    world: World, linked: RunningGateway, tmp_path: Path
) -> None:
    """The library asks the host that the account was given; ours asks the one that has every file."""
    media = posted_media(world, linked)
    world.server.media.statuses[f"{world.server.media_host_name}/"] = 404

    linked.gateway.download(media, tmp_path / "file", MEDIA_DEADLINE)

    assert (tmp_path / "file").read_bytes() == b"a picture"
    assert {status for _, _, status in world.server.media.requests} == {404, 200}


def test_what_may_be_seen_once_is_handed_over_without_a_file(world: World, linked: RunningGateway) -> None:
    media = posted_media(world, linked)
    before = set(linked.data.rglob("*"))
    assert linked.gateway.view(media, MEDIA_DEADLINE) == b"a picture"
    assert set(linked.data.rglob("*")) == before


def test_a_large_file_gets_more_time_than_the_deadline(world: World, tmp_path: Path) -> None:
    """One second for ten kilobytes here, hence half a minute for this file."""
    picture = os.urandom(300_000)
    with RunningGateway(world, tmp_path, replace(QUICK, slowest_download=10_000)) as running:
        running.link_device()
        media = posted_media(world, running, picture)
        before = running.pid

        running.gateway.download(media, tmp_path / "file", timedelta(0))

        assert (tmp_path / "file").read_bytes() == picture
        assert running.pid == before


def test_a_text_status_and_a_deleted_one_are_told(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    text = alice.post_text("good morning")
    gone = alice.delete_status(text)

    said = linked.wait_for_message(text, lambda seen: seen.content.kind is ContentKind.TEXT)
    assert said.content.text == "good morning"
    revoke = linked.wait_for_message(gone, lambda seen: seen.content.kind is ContentKind.REVOKE)
    assert revoke.content.target == text


def test_a_status_from_the_history_comes_with_its_flag(world: World, linked: RunningGateway) -> None:
    alice = world.add_person("Alice")
    post = world.send_history([alice], messages.text_status("from yesterday"))

    seen = linked.wait_for_message(post)

    assert {flag.value for flag in seen.flags} == {"history"}
    assert str(seen.author.phone) == alice.number

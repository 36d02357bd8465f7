"""Whatever WhatsApp says about the link, through the real library: state, page, alerts, and the way back."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from pathlib import Path

import pytest

from bot.model.link import LinkState
from tests.support.watched_bot import QUICK, WatchedBot
from tests.support.world import World
from tests.whatsapp_double.stanza import Node

Trouble = Callable[[World], None]
POSTER = Path(__file__).parents[1] / "fixtures" / "photos" / "coffee.jpg"


@pytest.fixture(scope="module")
def whatsapp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("whatsapp"))
    yield world
    world.close()


@pytest.fixture(scope="module")
def linked(whatsapp: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedBot]:
    """One bot for all troubles: each test leaves it connected, and no alert about this one."""
    bot = WatchedBot(whatsapp, tmp_path_factory.mktemp("bot"))
    bot.link_device()
    yield bot
    bot.close()


@pytest.fixture
def bot(linked: WatchedBot) -> WatchedBot:
    linked.webhook.got.clear()
    return linked


def dropped(world: World) -> None:
    world.drop_connection()


def refused(reason: int, **facts: str) -> Trouble:
    return lambda world: world.refuse_logins(reason, **facts)


def stream_error(code: str) -> Trouble:
    return lambda world: world.tell_bot(Node("stream:error", {"code": code}))


def ended_with(code: str) -> Trouble:
    """Only after 515 the library ends the connection by itself; otherwise it waits for the server to do so."""

    def trouble(world: World) -> None:
        stream_error(code)(world)
        world.drop_connection()

    return trouble


def replaced(world: World) -> None:
    world.tell_bot(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))


def works(bot: WatchedBot) -> None:
    """What the owner asks in the chat is answered there."""
    bot.world.wait_until_online()
    heard = len(bot.world.phone.texts)
    bot.world.phone.say("!status")
    bot.until(lambda: any("🤖" in text for text in bot.world.phone.texts[heard:]), "an answer")


def is_on_the_page(bot: WatchedBot, state: LinkState) -> None:
    bot.until(lambda: bot.status()["link"]["state"] == state, f"the page to be told of {state}")
    assert escape(bot.sentence(f"link.{state}"), quote=False) in bot.page()


def is_told(bot: WatchedBot, kind: str, words: str) -> None:
    """After some minutes it is an open alert on the page, and came by the webhook with these words."""
    bot.minutes_pass(6)
    bot.until(lambda: kind in bot.open_alerts(), f"an alert about {kind}")
    bot.until(lambda: any(words in told for told in bot.told_outside()), f"to be told: {words}")


def is_over(bot: WatchedBot, kind: str) -> None:
    """Connected again, on the page, working; after five stable minutes the alert is called off, by the webhook too."""
    is_on_the_page(bot, LinkState.CONNECTED)
    works(bot)
    so_far = len(bot.webhook.got)
    bot.minutes_pass(7)
    bot.until(lambda: kind not in bot.open_alerts(), f"no alert about {kind}")
    sign = bot.sentence("alerts.sign.over")
    bot.until(lambda: any(sign in told for told in bot.told_outside()[so_far:]), "the alert to be called off")


@pytest.mark.parametrize(
    ("trouble", "passes"),
    [
        pytest.param(dropped, LinkState.RECONNECTING, id="socket drop"),
        pytest.param(ended_with("503"), LinkState.RECONNECTING, id="stream 503"),
        pytest.param(stream_error("515"), None, id="stream 515"),
        pytest.param(ended_with("777"), LinkState.RECONNECTING, id="unknown stream code"),
    ],
)
def test_a_short_interruption_is_mended_by_the_library_and_no_alert(
    bot: WatchedBot, trouble: Trouble, passes: LinkState | None
) -> None:
    connections = len(bot.world.server.seen("->", "success"))
    process = bot.gateway.process_id
    trouble(bot.world)
    if passes is not None:
        bot.comes_to(passes, LinkState.CONNECTED)
    bot.world.wait(lambda: len(bot.world.server.seen("->", "success")) > connections, "a new login")
    works(bot)
    is_on_the_page(bot, LinkState.CONNECTED)
    bot.minutes_pass(6)
    assert bot.gateway.process_id == process
    assert not bot.open_alerts() & {"link", "offline", "deaf"}


@pytest.mark.parametrize("code", [500, 501, 503])
def test_an_overloaded_whatsapp_is_tried_until_it_answers_and_told_when_it_lasts(bot: WatchedBot, code: int) -> None:
    bot.world.refuse_logins(code)
    bot.comes_to(LinkState.RECONNECTING)
    is_told(bot, "offline", bot.sentence("alert.offline"))
    assert bot.gateway.link().state is not LinkState.CONNECTED
    bot.world.accept_logins()
    bot.comes_to(LinkState.CONNECTED)
    is_over(bot, "offline")


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        pytest.param(refused(402, code="101", expire="3600"), LinkState.BANNED, id="402"),
        pytest.param(refused(402, code="105", expire="3600"), LinkState.BANNED, id="402, unknown reason"),
        pytest.param(refused(418), LinkState.RESTRICTED, id="418"),
        pytest.param(refused(405), LinkState.OUTDATED, id="405"),
        pytest.param(refused(400), LinkState.RESTRICTED, id="400"),
        pytest.param(refused(409), LinkState.RESTRICTED, id="409"),
        pytest.param(replaced, LinkState.REPLACED, id="replaced"),
        pytest.param(refused(401), LinkState.LOGGED_OUT, id="401"),
        pytest.param(refused(403), LinkState.LOGGED_OUT, id="403"),
        pytest.param(refused(406), LinkState.LOGGED_OUT, id="406"),
    ],
)
def test_what_needs_a_person_is_told_and_waits_for_one(bot: WatchedBot, trouble: Trouble, state: LinkState) -> None:
    trouble(bot.world)
    bot.comes_to(state)
    is_on_the_page(bot, state)
    is_told(bot, "link", bot.sentence(f"link.{state}"))
    assert bot.gateway.process_id is None  # nothing reconnects by itself
    bot.world.accept_logins()
    bot.gateway.reconnect()
    if state is LinkState.LOGGED_OUT:
        bot.comes_to(LinkState.QR_SHOWN)
        is_on_the_page(bot, LinkState.QR_SHOWN)
        bot.link_device()
    else:
        bot.comes_to(LinkState.CONNECTED)
    is_over(bot, "offline")


def test_codes_that_run_out_unscanned_are_renewed_on_the_page(tmp_path: Path) -> None:
    world = World(tmp_path / "whatsapp")
    world.server.pairing.ref_count = 0
    bot = WatchedBot(world, tmp_path)
    bot.until(lambda: bot.gateway.link().qr_rounds > 0, "the codes to run out")
    assert not bot.open_alerts()
    world.server.pairing.ref_count = 6
    bot.comes_to(LinkState.QR_SHOWN)
    is_on_the_page(bot, LinkState.QR_SHOWN)
    bot.link_device()
    is_on_the_page(bot, LinkState.CONNECTED)
    bot.close()
    world.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_process_that_hangs_is_replaced_at_the_qr_code_and_in_a_download(tmp_path: Path) -> None:
    world = World(tmp_path / "whatsapp")
    bot = WatchedBot(world, tmp_path, replace(QUICK, ping_every=timedelta(seconds=0.2)))
    bot.comes_to(LinkState.QR_SHOWN)
    hang(bot)
    bot.comes_to(LinkState.RECONNECTING, LinkState.QR_SHOWN)
    is_on_the_page(bot, LinkState.QR_SHOWN)
    bot.link_device()
    with world.silent_media():
        world.phone.send_image(POSTER.read_bytes(), "!campaign new Promo")
        bot.until(lambda: world.unanswered_downloads > 0, "the picture to be under way")
        hang(bot)
        bot.comes_to(LinkState.RECONNECTING, LinkState.CONNECTED)
    bot.minutes_pass(2)  # the download is tried again
    bot.until(lambda: any("Promo" in text for text in world.phone.texts if "🤖" in text), "the campaign's answer")
    bot.close()
    world.close()


def hang(bot: WatchedBot) -> None:
    """The WhatsApp process stands still, answers nobody and does not end, until it is given up."""
    process = bot.gateway.process_id
    assert process is not None
    os.kill(process, signal.SIGSTOP)
    with bot.waits.rushing():
        bot.until(lambda: bot.gateway.process_id != process, "the process to be given up")

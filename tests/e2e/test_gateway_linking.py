"""Linking the account, with the real library: QR code, pairing code, renewal, and stopping half-way."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from bot.model.errors import GatewayError
from bot.model.identity import Jid
from bot.model.link import LinkState
from bot.model.outgoing import SendText
from tests.support.running import RunningGateway
from tests.support.world import World


def test_a_scanned_qr_code_links_the_account(world: World, running: RunningGateway) -> None:
    shown = running.wait_for(LinkState.QR_SHOWN)
    assert shown.code.startswith("https://wa.me/settings/linked_devices#")
    assert shown.code_until is not None
    assert (shown.code_until - shown.since).total_seconds() == pytest.approx(60)

    world.scan(shown.code)

    connected = running.wait_for(LinkState.CONNECTED)
    assert connected.account is not None
    assert str(connected.account.phone) == world.phone.number
    assert str(connected.account_lid) == world.phone.lid
    assert not connected.code


def test_a_pairing_code_links_the_account(world: World, running: RunningGateway) -> None:
    code = running.gateway.pairing_code(world.phone.number)
    shown = running.wait_for(LinkState.PAIRING_CODE)
    assert shown.code == code
    assert len(code) == len("ABCD-EFGH")

    world.enter_code(code)

    assert running.wait_for(LinkState.CONNECTED).account is not None


def test_a_pairing_code_for_an_impossible_number_is_refused(running: RunningGateway) -> None:
    with pytest.raises(GatewayError) as refused:
        running.gateway.pairing_code("+012")
    assert refused.value.permanent


def test_codes_that_ran_out_are_followed_by_new_ones(world: World, tmp_path: Path) -> None:
    """The server may hand out any number of codes; after none at all the library reports the time-out at once."""
    world.server.pairing.ref_count = 0
    with RunningGateway(world, tmp_path) as running:
        ran_out = running.wait_for(LinkState.STARTING)
        while not ran_out.qr_rounds:
            ran_out = running.wait_for(LinkState.STARTING)
        world.server.pairing.ref_count = 6

        running.wait(lambda: running.gateway.link().code, "a new QR code")
        running.link_device()

        assert running.gateway.link().qr_rounds == 0


def test_a_second_start_needs_no_code(world: World, linked: RunningGateway) -> None:
    linked.gateway.stop()
    with RunningGateway(world, linked.data) as again:
        again.wait_for(LinkState.CONNECTED)
        assert all(link.state != LinkState.QR_SHOWN for link in again.links)


def test_the_session_is_found_again_in_a_folder_with_strange_signs(world: World, tmp_path: Path) -> None:
    data = tmp_path / ("50% #1" if os.name == "nt" else "50% #1 ?x=%20")
    with RunningGateway(world, data) as running:
        running.link_device()
    assert (data / "session" / "session.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [data.name]
    with RunningGateway(world, data) as again:
        again.wait_for(LinkState.CONNECTED)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of files")
def test_the_sessions_keys_are_in_a_private_folder(linked: RunningGateway) -> None:
    assert stat.S_IMODE((linked.data / "session").stat().st_mode) == 0o700


def test_stopping_ends_the_process_while_a_qr_code_is_shown(running: RunningGateway) -> None:
    running.wait_for(LinkState.QR_SHOWN)
    began = time.monotonic()

    running.gateway.stop()

    assert time.monotonic() - began < 10
    assert running.gateway.link().state is LinkState.STOPPED


def test_a_gateway_can_be_stopped_twice_and_before_its_start(world: World, tmp_path: Path) -> None:
    running = RunningGateway(world, tmp_path)
    running.gateway.stop()
    running.gateway.start()
    running.wait_for(LinkState.QR_SHOWN)
    running.gateway.stop()
    running.gateway.stop()
    assert running.gateway.link().state is LinkState.STOPPED


def test_a_scan_with_a_wrong_signature_does_not_link(world: World, running: RunningGateway) -> None:
    shown = running.wait_for(LinkState.QR_SHOWN)
    with pytest.raises(RuntimeError, match="pairing refused"):
        world.server.call(world.server.pairing.scan(shown.code, world.owner, bad_hmac=True))

    failed = running.wait_for(LinkState.NOT_LINKED)

    assert failed.retry_at is not None
    running.wait_for(LinkState.QR_SHOWN)


def test_logging_out_unlinks_and_waits_for_a_person(world: World, linked: RunningGateway) -> None:
    linked.gateway.logout()

    out = linked.wait_for(LinkState.LOGGED_OUT)

    assert out.account is None
    assert world.companions == []
    linked.gateway.reconnect()
    linked.wait_for(LinkState.QR_SHOWN)


def test_nothing_is_sent_while_no_account_is_linked(running: RunningGateway) -> None:
    running.wait_for(LinkState.QR_SHOWN)
    with pytest.raises(GatewayError, match="not_connected") as refused:
        running.gateway.send(Jid("573001234567", "s.whatsapp.net"), SendText("hello"))
    assert not refused.value.in_doubt

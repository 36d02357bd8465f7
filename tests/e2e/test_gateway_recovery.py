"""Every way in which the link to WhatsApp breaks, and what the gateway makes of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model.errors import GatewayError
from bot.model.identity import Jid
from bot.model.link import LinkState
from bot.model.outgoing import SendText
from storage.journal import JournalWriter
from tests.support.running import QUICK, RunningGateway
from tests.support.rushing_clock import RushingClock
from tests.support.world import World
from tests.whatsapp_double.stanza import Node

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def assert_waits_for_a_person(linked: RunningGateway) -> None:
    """No process runs and none will; `reconnect` starts one."""
    link = linked.gateway.link()
    assert link.needs_a_person
    assert link.retry_at is None
    linked.wait(lambda: linked.gateway.process_id is None, "the end of the process")


def assert_works(world: World, linked: RunningGateway) -> None:
    world.wait_until_online()
    message = world.phone.say("still there?")
    linked.wait_for_message(message)


def test_a_dropped_connection_is_made_again_by_the_library(world: World, linked: RunningGateway) -> None:
    before = linked.pid
    world.drop_connection()

    linked.wait_for(LinkState.RECONNECTING)
    linked.wait_for(LinkState.CONNECTED)

    assert linked.pid == before
    assert_works(world, linked)


def test_an_overloaded_server_is_tried_again_by_the_library(world: World, linked: RunningGateway) -> None:
    world.refuse_logins(503)
    linked.wait_for(LinkState.RECONNECTING)

    world.accept_logins()

    linked.wait_for(LinkState.CONNECTED)
    assert_works(world, linked)


def test_a_connection_that_is_open_and_silent_is_found_deaf_and_made_anew(world: World, tmp_path: Path) -> None:
    patience = replace(QUICK, quiet=timedelta(seconds=0.5), probe=timedelta(seconds=1))
    with RunningGateway(world, tmp_path, patience) as running:
        running.link_device()
        last = world.phone.say("the last thing heard")
        running.wait_for_message(last)
        before = running.pid
        world.server.is_stalled = True

        deaf = running.wait_for(LinkState.DEAF)
        world.server.is_stalled = False

        assert deaf.since < datetime.now(UTC) - patience.probe  # the last sign of life, not when it was noticed
        running.wait_for(LinkState.RECONNECTING)
        running.wait_for(LinkState.CONNECTED)
        assert running.pid != before
        assert_works(world, running)


def test_a_quiet_connection_that_answers_is_left_alone(world: World, tmp_path: Path) -> None:
    with RunningGateway(world, tmp_path, replace(QUICK, quiet=timedelta(seconds=0.1))) as running:
        running.link_device()
        before = running.pid
        asked = len(world.server.seen("<-", "iq", xmlns="usync"))
        world.wait(lambda: len(world.server.seen("<-", "iq", xmlns="usync")) >= asked + 5, "five questions")
        assert running.gateway.link().state is LinkState.CONNECTED
        assert running.pid == before
        assert_works(world, running)


def test_a_replaced_session_waits_for_a_person(world: World, linked: RunningGateway) -> None:
    world.tell_bot(Node("stream:error", {}, [Node("conflict", {"type": "replaced"})]))

    linked.wait_for(LinkState.REPLACED)

    assert_waits_for_a_person(linked)
    linked.gateway.reconnect()
    linked.wait_for(LinkState.CONNECTED)
    assert_works(world, linked)


@pytest.mark.parametrize("code", [401, 403, 406])
def test_a_removed_device_is_logged_out_and_can_be_linked_anew(world: World, linked: RunningGateway, code: int) -> None:
    world.refuse_logins(code)

    assert linked.wait_for(LinkState.LOGGED_OUT).reason == code

    assert_waits_for_a_person(linked)
    linked.gateway.reconnect()
    linked.wait_for(LinkState.QR_SHOWN)


def test_a_temporary_ban_tells_its_reason_and_its_end(world: World, linked: RunningGateway) -> None:
    world.refuse_logins(402, code="101", expire="3600")

    banned = linked.wait_for(LinkState.BANNED)

    assert banned.reason == 101
    assert banned.until is not None
    assert (banned.until - banned.since).total_seconds() == pytest.approx(3600)
    assert_waits_for_a_person(linked)


def test_an_outdated_library_waits_for_a_person(world: World, linked: RunningGateway) -> None:
    world.refuse_logins(405)
    linked.wait_for(LinkState.OUTDATED)
    assert_waits_for_a_person(linked)


@pytest.mark.parametrize("code", [400, 409])
def test_a_refused_connection_waits_for_a_person(world: World, linked: RunningGateway, code: int) -> None:
    world.refuse_logins(code)
    assert linked.wait_for(LinkState.RESTRICTED).reason == code
    assert_waits_for_a_person(linked)


def test_501_is_tried_again_later(world: World, linked: RunningGateway) -> None:
    world.refuse_logins(501)
    waiting = linked.wait(
        lambda: next((link for link in linked.gateway.transitions() if link.retry_at), None), "a later try"
    )
    assert (waiting.state, waiting.reason) == (LinkState.RECONNECTING, 501)
    linked.wait(lambda: linked.gateway.process_id is None, "the end of the process")


@pytest.mark.parametrize("word", ["server-error", "brand-new-word"])
def test_a_receipt_that_stops_the_librarys_events_replaces_the_process(
    world: World, linked: RunningGateway, word: str
) -> None:
    """neonize cannot map such a receipt and delivers nothing more, while its Go side goes on acknowledging."""
    before = linked.pid
    receipt = {"id": "3EB0AAAA", "from": world.owner.lid, "type": word, "t": "1790000000"}
    world.tell_bot(Node("receipt", receipt))

    lost = linked.wait_for(LinkState.RECONNECTING)

    assert "stopped delivering events" in lost.detail
    linked.wait_for(LinkState.CONNECTED)
    assert linked.pid != before
    assert_works(world, linked)


@posix_only
def test_a_process_that_crashes_the_way_the_library_does_is_replaced(world: World, linked: RunningGateway) -> None:
    os.kill(linked.pid, signal.SIGABRT)
    assert "killed by signal 6" in linked.wait_for(LinkState.RECONNECTING).detail
    linked.wait_for(LinkState.CONNECTED)
    assert_works(world, linked)


@posix_only
def test_a_process_that_hangs_is_replaced(world: World, tmp_path: Path) -> None:
    curious, clock = replace(QUICK, ping_every=timedelta(seconds=0.2)), RushingClock()
    with RunningGateway(world, tmp_path, curious, clock=clock) as running:
        running.link_device()
        before = running.pid

        os.kill(before, signal.SIGSTOP)
        with clock.rushing():
            running.wait(lambda: running.gateway.process_id != before, "the process to be given up")

        assert "ping" in running.wait_for(LinkState.RECONNECTING).detail
        running.wait_for(LinkState.CONNECTED)
        assert running.pid != before
        assert_works(world, running)


def test_a_process_that_never_gets_anywhere_is_replaced(world: World, tmp_path: Path) -> None:
    curious = replace(QUICK, look=timedelta(seconds=0.1))
    command = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    clock = RushingClock()
    with clock.rushing(), RunningGateway(world, tmp_path, curious, command=command, clock=clock) as running:
        failed = running.wait(
            lambda: next((link for link in running.gateway.transitions() if link.failures), None), "a failure"
        )
        assert failed.detail == "starting for too long"


@posix_only
def test_a_send_that_is_cut_off_is_in_doubt(world: World, linked: RunningGateway) -> None:
    world.server.is_stalled = True
    failures: list[GatewayError] = []

    def send() -> None:
        try:
            linked.gateway.send(Jid(world.owner.pn.user, "s.whatsapp.net"), SendText("hello"))
        except GatewayError as error:
            failures.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    world.wait(lambda: world.server.seen("<-", "iq", xmlns="usync") or world.server.seen("<-", "message"), "the send")
    os.kill(linked.pid, signal.SIGKILL)
    sending.join(30)

    assert [(error.reason, error.in_doubt) for error in failures] == [("interrupted", True)]


def test_a_send_that_is_never_acknowledged_is_in_doubt_and_the_process_replaced(world: World, tmp_path: Path) -> None:
    impatient = replace(QUICK, send=timedelta(seconds=1))
    owner = Jid(world.owner.pn.user, "s.whatsapp.net")
    with RunningGateway(world, tmp_path, impatient) as running:
        running.link_device()
        world.server.is_stalled = True

        with pytest.raises(GatewayError, match="deadline") as failed:
            running.gateway.send(owner, SendText("hello"))
        assert failed.value.in_doubt

        running.wait_for(LinkState.RECONNECTING)
        world.server.is_stalled = False
        running.wait_for(LinkState.CONNECTED)
        assert_works(world, running)


def test_a_look_up_without_an_answer_is_given_up_and_all_else_goes_on(world: World, tmp_path: Path) -> None:
    alice = Jid(world.add_person("Alice").account.pn.user, "s.whatsapp.net")
    with RunningGateway(world, tmp_path, replace(QUICK, find=timedelta(seconds=1))) as running:
        running.link_device()
        before = running.pid
        world.server.is_stalled = True

        with pytest.raises(GatewayError, match="deadline") as failed:
            running.gateway.find(alice)
        assert not failed.value.permanent

        world.server.is_stalled = False
        assert_works(world, running)
        assert running.pid == before
        assert running.gateway.link().state is LinkState.CONNECTED


def test_a_journal_that_was_deleted_goes_on_above_what_was_read(world: World, tmp_path: Path) -> None:
    with RunningGateway(world, tmp_path) as running:
        running.link_device()
        assert_works(world, running)
    shutil.rmtree(running.journal)

    with RunningGateway(world, tmp_path, above=5000) as again:
        again.wait_for(LinkState.CONNECTED)
        assert_works(world, again)

        assert min(number for number, _ in again.reader.read(0, 100)) > 5000


def test_a_process_waits_until_the_one_before_lets_go_of_the_journal(world: World, tmp_path: Path) -> None:
    running = RunningGateway(world, tmp_path)
    with running:
        with JournalWriter(running.journal):
            assert running.pid
            running.gateway.reconnect()
            assert running.gateway.link().state is LinkState.STARTING
        running.wait_for(LinkState.QR_SHOWN)


def test_without_a_network_the_first_connection_is_tried_again(world: World, tmp_path: Path) -> None:
    command = [*world.worker_command()]
    command[command.index("--proxy") + 1] = "http://127.0.0.1:9"  # the port of nobody
    with RunningGateway(world, tmp_path, command=command) as running:
        failed = running.wait(
            lambda: next((link for link in running.gateway.transitions() if link.failures >= 2), None), "a second try"
        )
        assert "cannot be reached" in failed.detail


def test_a_worker_that_cannot_be_started_is_tried_again(world: World, tmp_path: Path) -> None:
    with RunningGateway(world, tmp_path, command=[str(tmp_path / "no-such-program")]) as running:
        failed = running.wait(
            lambda: next((link for link in running.gateway.transitions() if link.failures >= 3), None), "a third try"
        )
        assert "cannot be started" in failed.detail


def test_twenty_dead_processes_leave_nothing_behind(world: World, tmp_path: Path) -> None:
    """A process that ends at once never connects back: its listener, pipes and threads must go all the same."""
    command = [sys.executable, "-c", "raise SystemExit(77)"]
    endless = replace(QUICK, backoff_scale=0.0)
    others = set(children())
    with RunningGateway(world, tmp_path, endless, command=command) as running:
        running.wait(lambda: running.gateway.link().failures >= 3, "the first ends")
        threads = threading.active_count()
        files = open_files()
        running.wait(lambda: running.gateway.link().failures >= 23, "twenty more ends", 120)
        # one process, with its pipes and two threads, may be between its start and its end
        assert threading.active_count() <= threads + 3
        assert open_files() <= files + 6
    assert set(children()) <= others


@posix_only
def test_restarts_of_a_connected_process_leave_nothing_behind(world: World, linked: RunningGateway) -> None:
    files, threads, processes = open_files(), threading.active_count(), {linked.pid}
    for _ in range(5):
        linked.gateway.reconnect()
        linked.wait_for(LinkState.CONNECTED)
        processes.add(linked.pid)
    assert len(processes) == 6
    assert open_files() <= files + 4
    assert threading.active_count() <= threads + 2
    linked.gateway.stop()
    assert processes.isdisjoint(children())


def open_files() -> int:
    descriptors = Path("/proc/self/fd")
    return len(list(descriptors.iterdir())) if descriptors.exists() else 0


def children() -> list[int]:
    """Processes of ours that are alive or not cleared away, where the system can tell."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if f"\nPPid:\t{os.getpid()}\n" in status.read_text():
                found.append(int(status.parent.name))
    return found

"""The WhatsApp process alone: how it begins and ends, seen through its own protocol."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection, Listener
from pathlib import Path

import pytest

from bot.model.document import to_document
from bot.model.link import NoticeKind
from bot.whatsapp.protocol import Configuration, Do, Exit, Tell, read, write
from storage.journal import JournalWriter
from tests.support.world import PATIENCE, World

ROOT = Path(__file__).parents[2]


@contextmanager
def a_process(world: World, data: Path) -> Iterator[tuple[subprocess.Popen[bytes], Connection]]:
    """The process and our end of its connection; both are gone afterwards."""
    with Listener(authkey=b"key") as listener:
        process = subprocess.Popen(world.worker_command(), stdin=subprocess.PIPE, env=os.environ | {"NO_PROXY": ""})
        assert process.stdin
        configuration = Configuration(str(listener.address), b"key".hex(), data / "s.db", data / "inbox", "Test")
        process.stdin.write(json.dumps(to_document(configuration)).encode() + b"\n")
        process.stdin.close()
        with listener.accept() as connection:
            yield process, connection
    process.kill()
    process.wait()


def wait_for_qr(connection: Connection) -> None:
    while True:
        said = read(connection)
        if said["tell"] == Tell.NOTICE and said["notice"]["kind"] == NoticeKind.QR:
            return


def test_it_ends_by_itself_when_the_gateway_is_gone_even_while_a_qr_code_is_shown(world: World, tmp_path: Path) -> None:
    with a_process(world, tmp_path) as (process, connection):
        wait_for_qr(connection)
        connection.close()
        assert process.wait(PATIENCE) == Exit.PARENT_GONE


def test_it_ends_when_it_is_told_to(world: World, tmp_path: Path) -> None:
    with a_process(world, tmp_path) as (process, connection):
        wait_for_qr(connection)
        write(connection, {"do": Do.STOP})
        assert process.wait(PATIENCE) == Exit.ASKED


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_signals_to_the_whole_group_leave_the_decision_to_the_gateway(world: World, tmp_path: Path) -> None:
    with a_process(world, tmp_path) as (process, connection):
        wait_for_qr(connection)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        write(connection, {"do": Do.PING})
        assert read(connection)["tell"] == Tell.PONG


def test_it_answers_pings_while_it_waits_for_the_journal(world: World, tmp_path: Path) -> None:
    with JournalWriter(tmp_path / "inbox"), a_process(world, tmp_path) as (_, connection):
        write(connection, {"do": Do.PING})
        assert [read(connection)["tell"] for _ in range(2)] == [Tell.HERE, Tell.PONG]


@pytest.mark.parametrize("line", [b"", b"not json\n", b"{}\n"])
def test_started_by_hand_it_says_so_and_ends(line: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.whatsapp.worker"], input=line, capture_output=True, timeout=PATIENCE, cwd=ROOT
    )
    assert done.returncode == Exit.BAD_START
    assert b"not by hand" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel for the end of a process' children")
def test_it_dies_with_a_killed_gateway(world: World, tmp_path: Path) -> None:
    program = f"""
import sys, threading
from pathlib import Path
from bot.clock import SystemClock
from bot.whatsapp.gateway import WorkerGateway
changed = threading.Event()
gateway = WorkerGateway(
    Path({str(tmp_path / "s.db")!r}), Path({str(tmp_path / "inbox")!r}), SystemClock(), changed.set,
    command={world.worker_command()!r},
)
gateway.start()
while not gateway.link().code:
    changed.wait(1)
print(gateway.process_id, flush=True)
threading.Event().wait()
"""
    gateway = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT)
    assert gateway.stdout
    process = int(gateway.stdout.readline())
    end = os.pidfd_open(process)
    gateway.kill()
    gateway.wait()
    gateway.stdout.close()

    assert wait_for_end(end)
    os.close(end)


def wait_for_end(pidfd: int) -> bool:
    """A pidfd becomes readable when its process ends."""
    return bool(select.select([pidfd], [], [], PATIENCE)[0])

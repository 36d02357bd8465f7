"""What docs/hosting and deploy promise: the files parse, name what exists, and start a bot that a host can handle."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import parser
from bot.settings import Settings
from bot.settings.fields import declarations

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "testigo@.service"
ACCOUNT = ROOT / "deploy" / "account.env"
CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text("utf-8")
PROCFILE = (ROOT / "Procfile").read_text("utf-8")
SETTINGS = {declared.env for _, declared in declarations(Settings)}
TOKEN = "a-token-that-is-long-enough"
PATIENCE = 60.0


def unit() -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(UNIT, "utf-8")
    return read


def starts_the_bot(words: list[str]) -> bool:
    program, dash_m, module, *arguments = words
    return (
        Path(program).name == "python"
        and (dash_m, module) == ("-m", "bot")
        and parser().parse_args(arguments).command == "run"
    )


def test_the_procfile_starts_the_bot() -> None:
    kind, _, command = PROCFILE.strip().partition(": ")
    assert kind == "web"
    assert starts_the_bot(command.split())


def test_the_service_starts_the_bot_over_a_folder_of_its_own() -> None:
    service = unit()["Service"]
    assert starts_the_bot(service["ExecStart"].split())
    assert service["Environment"] == f"TESTIGO_DATA=/var/lib/{service['StateDirectory']}"
    assert service["RestartPreventExitStatus"] == "2"  # bot.cli.BAD_SETTINGS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_the_service(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8").replace("/opt/testigo/.venv/bin/python", sys.executable)
    (tmp_path / "testigo@.service").write_text(text, "utf-8")
    instance = tmp_path / "testigo@shop.service"
    instance.symlink_to("testigo@.service")
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(instance)], capture_output=True, text=True, check=False
    )
    of_ours = [line for line in found.stderr.splitlines() if "testigo" in line]
    assert (found.returncode, of_ours) == (0, [])


def test_the_account_file_is_one_that_the_bot_takes() -> None:
    names = set(re.findall(r"^#?([A-Z_]+)=", ACCOUNT.read_text("utf-8"), re.MULTILINE))
    assert names <= SETTINGS
    assert Settings.load({}, ACCOUNT).host == "127.0.0.1"


def test_the_container_sets_what_exists_and_starts_the_bot() -> None:
    names = set(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", CONTAINERFILE, re.MULTILINE))
    assert {"TESTIGO_DATA", "PORT"} <= names
    assert {name for name in names if not name.startswith("PYTHON")} <= SETTINGS
    (command,) = re.findall(r"^CMD (\[.*\])$", CONTAINERFILE, re.MULTILINE)
    assert starts_the_bot(json.loads(command))


def test_the_container_gets_what_it_copies_and_no_more() -> None:
    copied = {source for source, _ in copies()}
    assert all((ROOT / source).exists() for source in copied)
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert let_in == copied


@pytest.mark.parametrize("document", sorted((ROOT / "docs" / "hosting").glob("*.md")), ids=lambda path: path.name)
def test_settings_in_the_hosting_documents_exist(document: Path) -> None:
    named = set(re.findall(r"\b(?:TESTIGO|SPAM|ALERT|LOG|MEDIA|MAX|MATCH)_[A-Z_]+\b", document.read_text("utf-8")))
    assert named <= SETTINGS


@pytest.mark.skipif(sys.platform == "win32", reason="hosts with containers and Procfiles send SIGTERM")
def test_what_the_container_copies_runs_as_a_host_runs_it(tmp_path: Path) -> None:
    """PORT alone: the page needs a token, answers the health check at once, and SIGTERM ends the bot in good order."""
    for source, target in copies():
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, tmp_path / target)
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin", "PORT": str(port), "TESTIGO_DATA": str(tmp_path / "data"),
        "TESTIGO_WORKER_COMMAND": json.dumps([sys.executable, "-c", "raise SystemExit(1)"]),
    }  # fmt: skip
    command = [sys.executable, *PROCFILE.split()[2:]]
    refused = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "TESTIGO_TOKEN" in refused.stderr
    bot = subprocess.Popen(command, cwd=tmp_path, env={**environment, "TESTIGO_TOKEN": TOKEN})
    try:
        assert wait_for_health(port, bot) == 200
        assert status(port, "/readyz") == 503
        assert status(port, "/") == 401
        assert status(port, "/", {"X-Auth-Token": TOKEN}) == 200
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(30) == 0
    finally:
        bot.kill()
        bot.wait()
    assert (tmp_path / "data" / "bot.db").exists()


def copies() -> Iterator[tuple[str, str]]:
    """What goes in, and to where."""
    yield from re.findall(r"^COPY (\S+) (\S+)$", CONTAINERFILE, re.MULTILINE)


def wait_for_health(port: int, bot: subprocess.Popen[bytes]) -> int:
    never = threading.Event()
    for _ in range(int(PATIENCE / 0.1)):
        assert bot.poll() is None, "the bot ended"
        try:
            return status(port, "/healthz")
        except (urllib.error.URLError, ConnectionError):
            never.wait(0.1)
    raise TimeoutError("the page does not answer")


def status(port: int, path: str, headers: dict[str, str] | None = None) -> int:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])

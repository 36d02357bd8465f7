"""The command line: what it says when it cannot begin."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot import cli
from bot.wiring import installed_version

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["run", "backup"])
def test_a_data_folder_that_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, command: str
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TESTIGO_DATA", str(tmp_path / "file" / "data"))

    assert cli.main([command]) == cli.FAULT

    (told,) = caplog.records
    assert str(tmp_path / "file") in told.getMessage()
    assert told.getMessage().endswith("Check the disk and the data folder.")
    assert told.exc_info is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_data_folder_is_closed_to_others_even_when_the_start_fails(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = {"HOST": "127.0.0.1", "PORT": str(other.getsockname()[1]), "TESTIGO_DATA": "data"}
        environ = {**os.environ, "PYTHONPATH": str(ROOT), **taken}
        ended = subprocess.run(
            [sys.executable, "-m", "bot", "run"],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert ended.returncode == cli.BAD_SETTINGS, ended.stderr
    assert "Set another PORT, and HOST=127.0.0.1 with it." in ended.stderr
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"Testigo {installed_version()}\n"

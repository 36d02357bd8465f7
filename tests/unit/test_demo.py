"""The demo as a user starts it: ended in the middle, on poor terminals, and with a fault in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Seconds for what takes a few.
PATIENCE = 60
DEMO = ("-m", "bot", "demo")


@contextmanager
def demo(folder: Path, *command: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`python` with these arguments, its output in pipes; killed at the end if it still runs."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TEMP") if name in os.environ}
    quick = {"SPAM_MIN_DELAY_MS": "0", "SPAM_MIN_DELAY_ANY_MS": "0", "TESTIGO_LANGUAGE": "en"}
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**inherited, **quick, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], part: str) -> None:
    assert process.stdout
    for line in process.stdout:
        if part in line:
            return
    raise AssertionError(f"{part!r} never came")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(("where", "how"), [("!campaign new", "SIGTERM"), ("posts another picture", "SIGINT")])
def test_stopped_in_the_middle_it_ends_at_once_and_quietly(tmp_path: Path, where: str, how: str) -> None:
    with demo(tmp_path, *DEMO) as process:
        read_until(process, where)
        process.send_signal(signal.Signals[how])
        said, complaints = process.communicate(timeout=PATIENCE / 4)
    assert process.returncode == 0
    assert "stuck" not in said
    assert "failed" not in said
    assert complaints == ""


def test_a_fault_in_it_ends_it_with_the_traceback(tmp_path: Path) -> None:
    """Its pictures are missing here."""
    program = (
        "from pathlib import Path\n"
        "from bot import cli\n"
        "from bot.demo import pictures\n"
        "pictures.FILES = Path('nowhere')\n"
        "raise SystemExit(cli.main(['demo']))\n"
    )
    with demo(tmp_path, "-c", program) as process:
        said, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert "The demo failed" in said
    assert "FileNotFoundError" in complaints
    assert "Traceback" in complaints


def test_a_terminal_that_lacks_its_letters_shows_it_all_the_same(tmp_path: Path) -> None:
    with demo(tmp_path, *DEMO, "--once", PYTHONIOENCODING="cp1252") as process:
        said, complaints = process.communicate(timeout=PATIENCE)
    assert (process.returncode, complaints) == (0, "")
    assert "That was the demo." in said


def test_it_ends_well_although_nobody_reads_on(tmp_path: Path) -> None:
    with demo(tmp_path, *DEMO, "--once") as process:
        read_until(process, "!campaign new")
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == 0

"""Runs one of our modules as a process and kills it in the middle of its work, as a crash or a power switch would."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
#: how many processes a test kills; set TESTIGO_KILLS to try harder
KILLS = int(os.environ.get("TESTIGO_KILLS", "25"))


def killed_after(module: str, arguments: list[str], lines: int, random: Random) -> list[str]:
    """Run the module, kill it some time after it wrote so many lines (kill -9), and return all lines it wrote."""
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        written = [process.stdout.readline() for _ in range(lines)]
        _spin(random.uniform(0, 0.002))
        process.kill()
        written += process.stdout.readlines()
    assert all(written), f"{module} ended by itself"
    return [line.strip() for line in written if line.endswith("\n")]


def _spin(seconds: float) -> None:
    """Wait for less than the system's clock can sleep, so that the kill falls anywhere in a step."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass

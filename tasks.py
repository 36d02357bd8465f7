"""Set up a virtual environment and run one of the project's tasks: the whole of `make`, for every system.

Needs only Python 3.11-3.13 with venv. The packages are those of the hash-pinned requirement files; they are
installed again only when a file changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST, NEWEST = (3, 11), (3, 13)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, (help_text, _) in TASKS.items():
        tasks.add_parser(name, help=help_text)
    chosen, extra = parser.parse_known_args()
    try:
        return TASKS[chosen.task][1](extra)
    except KeyboardInterrupt:
        return 130


def run(extra: list[str]) -> int:
    install("requirements.txt")
    return become("-m", "bot", "run", *extra)


def demo(extra: list[str]) -> int:
    install("requirements.txt")
    return become("-m", "bot", "demo", *extra)


def link(extra: list[str]) -> int:
    install("requirements.txt")
    return become("-m", "bot", "link", *extra)


def backup(extra: list[str]) -> int:
    install("requirements.txt")
    return become("-m", "bot", "backup", *extra)


def restore(extra: list[str]) -> int:
    install("requirements.txt")
    return become("-m", "bot", "restore", *extra)


def doctor(extra: list[str]) -> int:
    install("requirements.txt")
    return python("-m", "bot", "doctor", *extra)


def test(extra: list[str]) -> int:
    install("requirements.txt", "requirements-dev.txt")
    return python("-m", "pytest", "-n", "auto", "--dist", "worksteal", *extra)


def check(_: list[str]) -> int:
    install("requirements.txt", "requirements-dev.txt")
    steps = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command as lint; lint()"),
    )
    return max(python(*step) for step in steps)


def bench(extra: list[str]) -> int:
    install("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
    return python("-m", "bench", *extra)


def soak(extra: list[str]) -> int:
    install("requirements.txt", "requirements-dev.txt")
    return python("-m", "tests.soak", *extra)


def year(extra: list[str]) -> int:
    install("requirements.txt", "requirements-dev.txt")
    return python("-m", "tests.year", *extra)


def sending(extra: list[str]) -> int:
    install("requirements.txt", "requirements-dev.txt")
    return python("-m", "tests.sending", *extra)


def lock(_: list[str]) -> int:
    """Pin every requirement with hashes and without an index address, for all supported systems and Pythons."""
    install("requirements.txt", "requirements-dev.txt")
    for source, target in (
        ("pyproject.toml", "requirements.txt"),
        ("requirements-dev.in", "requirements-dev.txt"),
        ("requirements-bench.in", "requirements-bench.txt"),
    ):
        compile_pins = ("-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11")
        options = ("--generate-hashes", "--no-header", "--no-annotate", "--upgrade", "-o", target, source)
        if code := python(*compile_pins, *options):
            return code
    return 0


def install(*requirements: str) -> None:
    """Make .venv hold at least `requirements`; a stamp remembers which file contents are in."""
    make_environment()
    for name in requirements:
        stamp = VENV / f".{name}.sha256"
        wanted = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            continue
        sys.stderr.write(f"Installing {name} into .venv (once; a minute or two) ...\n")
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", name)
        if python(*pip):
            sys.exit(f"Installing {name} failed: see the lines above. Check the internet connection and try again.")
        stamp.write_text(wanted)


def make_environment() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        here = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"Testigo needs Python 3.11, 3.12 or 3.13; this is {here}. Try: make PYTHON=python3.13")
    version = ".".join(map(str, sys.version_info[:2]))
    stamp = VENV / ".python"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == version:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False).returncode:
        sys.exit("Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv")
    stamp.write_text(version)


def become(*arguments: str) -> int:
    """Turn into the environment's Python, so that signals reach the bot itself (Windows cannot)."""
    if os.name != "nt":
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *arguments])
    return python(*arguments)


def python(*arguments: str) -> int:
    """Run the environment's Python; Ctrl-C goes to it too, so wait for it to end by itself."""
    child = subprocess.Popen([str(PYTHON), *arguments], cwd=ROOT)
    code: int | None = None
    while code is None:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            continue
    return code


TASKS = {
    "run": ("start the bot: link it with the QR code shown, then use it from WhatsApp", run),
    "link": ("link the account without starting the bot; by a code: ARGS='--phone +573001234567'", link),
    "backup": ("copy the records now", backup),
    "restore": ("put the newest backup, or ARGS=file, in the place of the records", restore),
    "demo": ("show a campaign from start to end, without a phone", demo),
    "doctor": ("check this machine and the settings, and say what to do", doctor),
    "test": ("run the tests", test),
    "check": ("lint, type-check, and check the import rules", check),
    "bench": ("measure the matching against its peers", bench),
    "soak": ("send ten thousand statuses through the bot, and renew docs/soak.md", soak),
    "year": ("live through a year of scheduled jobs in three time zones", year),
    "sending": (
        "measure the sending: cost, examination, a simulated month, a hundred kills; ARGS=month for one",
        sending,
    ),
    "lock": ("renew the pinned requirement files", lock),
}

if __name__ == "__main__":
    sys.exit(main())

"""CONTRIBUTING.md's "Your first command", done as it says in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.docs.chats import ROOT

#: What the walk-through touches or its tests need.
COPIED = ("bot", "commands", "storage", "webstatus", "tests/__init__.py", "tests/commands", "tests/support",
          "pyproject.toml", "docs/commands.md")  # fmt: skip
_BLOCK = re.compile(r"^```(?P<language>python|toml)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
#: Seconds; it takes a few.
PATIENCE = 120


def test_the_first_command_works_as_described(tmp_path: Path) -> None:
    copy_project(tmp_path)
    declaration, the_list, spoilt = blocks("python")
    en_help, en_texts, es_help, es_texts = blocks("toml")
    (tmp_path / "commands" / "seen.py").write_text(declaration, encoding="utf-8")
    for language, help_line, texts in (("en", en_help, en_texts), ("es", es_help, es_texts)):
        catalogue = tmp_path / "bot" / "locales" / f"{language}.toml"
        insert(catalogue, "[command]\n", help_line)
        catalogue.write_text(catalogue.read_text(encoding="utf-8") + "\n" + texts, encoding="utf-8")
    package = tmp_path / "commands" / "__init__.py"
    insert(package, "from commands.results import results\n", the_list.splitlines()[0] + "\n")
    insert(package, "    contact_show,\n", "    seen,\n")
    insert(tmp_path / "tests" / "commands" / "test_examples.py", "SPOILT = {\n", spoilt)

    reference = run(tmp_path, "-m", "commands")
    (tmp_path / "docs" / "commands.md").write_text(reference, encoding="utf-8")
    told = run(tmp_path, "-m", "pytest", "-vv", "tests/commands", "-k", "seen or reference or two_commands")
    assert "`!seen <contact>`" in reference
    assert "test_an_example_is_answered_as_it_says[en:!seen Ana] PASSED" in told


def blocks(language: str) -> list[str]:
    """The walk-through's pieces of code in one language, as they follow each other."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return [found["text"] for found in _BLOCK.finditer(text) if found["language"] == language]


def copy_project(to: Path) -> None:
    without = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source, target = ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=without, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)


def insert(file: Path, behind: str, what: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(behind) == 1, f"{file.name} holds {behind!r} {text.count(behind)} times"
    file.write_text(text.replace(behind, behind + what), encoding="utf-8")


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout

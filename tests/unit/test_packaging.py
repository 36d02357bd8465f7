"""What is built holds all that is run."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_package_is_named_for_the_build() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["tool"]["setuptools"]["packages"]
    found = [file.parent for top in ("bot", "commands", "storage", "webstatus") for file in (ROOT / top).rglob("*.py")]
    assert sorted(named) == sorted({".".join(folder.relative_to(ROOT).parts) for folder in found})

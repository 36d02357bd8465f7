"""docs/commands.md is what the declarations say."""

from __future__ import annotations

from pathlib import Path

from commands import COMMANDS
from commands.reference import reference
from tests.commands.desk import CATALOGUE

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_table_of_commands_is_current() -> None:
    assert DOCUMENT.read_text("utf-8") == reference(COMMANDS, CATALOGUE)

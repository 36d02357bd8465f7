"""`python -m commands` prints docs/commands.md."""

from __future__ import annotations

import sys

from bot.i18n import Catalogue
from commands import COMMANDS
from commands.reference import reference

if __name__ == "__main__":
    sys.stdout.buffer.write(reference(COMMANDS, Catalogue.load()).encode())

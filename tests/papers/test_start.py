"""Drawing takes libraries that are large: they are loaded when something is drawn, not when the bot starts."""

from __future__ import annotations

import subprocess
import sys

from tests.docs.chats import ROOT


def test_the_bot_starts_without_the_drawing_libraries() -> None:
    program = "import sys, bot.wiring; print(sorted({'matplotlib', 'fpdf'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"

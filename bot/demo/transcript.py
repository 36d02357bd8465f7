"""Prints the conversation of the demo as it happens."""

from __future__ import annotations

import sys
import textwrap
from datetime import UTC, datetime, tzinfo
from typing import TextIO

from bot.i18n import Catalogue
from bot.model.outgoing import SendImage, SendReaction, SendText
from bot.terminal import write
from bot.whatsapp.simulated import Said

#: Columns of the speaker's name, before what is said.
MARGIN = 10
#: The reaction to an order whose long work is done.
DONE = "✅"


class Transcript:
    """`answers` counts what the bot said, `finished` the long works that it called done."""

    def __init__(self, catalogue: Catalogue, language: str, zone: tzinfo, out: TextIO | None = sys.stdout) -> None:
        self._catalogue, self._language, self._zone, self._out = catalogue, language, zone, out
        self.answers = self.finished = 0

    def line(self, key: str, **facts: object) -> None:
        self._write("\n" + self._say(key, **facts) + "\n")

    def asked(self, key: str, pictures: int = 0, **facts: object) -> str:
        """The owner writes: returns the words."""
        words = self._say(key, **facts)
        shown = f"{words}  {'🖼 ' * pictures}".rstrip()
        self._speak(self._say("demo.you"), shown)
        return words

    def did(self, key: str, **facts: object) -> None:
        """Somebody does something."""
        self._speak("·", self._say(key, **facts))

    def said(self, said: Said) -> None:
        """The bot says something."""
        match said.what:
            case SendText(text=text):
                self._speak("Testigo", text)
                self.answers += 1
            case SendImage(caption=caption):
                self._speak("Testigo", f"🖼 {caption}")
                self.answers += 1
            case SendReaction(emoji=emoji):
                self._speak("Testigo", emoji)
                self.finished += emoji == DONE

    def _speak(self, who: str, text: str) -> None:
        clock = datetime.now(UTC).astimezone(self._zone).strftime("%H:%M:%S")
        body = textwrap.indent(text, " " * (len(clock) + MARGIN + 2)).lstrip()
        self._write(f"{clock} {who:<{MARGIN}} {body}")

    def _say(self, key: str, **facts: object) -> str:
        return self._catalogue.say(key, self._language, **facts)

    def _write(self, text: str) -> None:
        write(self._out, text + "\n")

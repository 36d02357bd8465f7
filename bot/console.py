"""The terminal: the link's state in a sentence, and the QR code to scan."""

from __future__ import annotations

import sys
from datetime import datetime
from io import StringIO
from typing import TextIO

import segno

from bot.i18n import Catalogue
from bot.model.chat import Language
from bot.model.link import Link, LinkState
from bot.terminal import can_show, write


class Console:
    """Prints the link when it changes; the same code is shown once."""

    def __init__(self, catalogue: Catalogue, language: Language, out: TextIO | None = sys.stdout) -> None:
        self._catalogue, self._language, self._out = catalogue, language, out
        self._shown: tuple[LinkState, str, int] | None = None

    def show(self, link: Link) -> None:
        seen = (link.state, link.code, link.reason)
        if seen == self._shown:
            return
        self._shown = seen
        if link.state is LinkState.QR_SHOWN:
            self._qr(link.code)
        self.say(f"link.{link.state}")
        if link.state is LinkState.PAIRING_CODE:
            self.line(f"    {link.code}")
        if link.code_until:
            self.say("console.valid_until", time=_clock(link.code_until))
        if self._catalogue.has(f"link.{link.state}.todo", self._language):
            self.say(f"link.{link.state}.todo")

    def say(self, key: str, **facts: object) -> None:
        self.line(self._catalogue.say(key, self._language, **facts))

    def line(self, text: str) -> None:
        write(self._out, text + "\n")

    def _qr(self, code: str) -> None:
        drawn = StringIO()
        segno.make(code, error="l", micro=False).terminal(out=drawn, compact=True)
        if can_show(self._out, drawn.getvalue()):
            write(self._out, drawn.getvalue())
        else:
            self.say("console.no_blocks")


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")

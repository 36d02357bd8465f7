"""Words for the terminal: one that lacks a letter, or is gone, neither ends nor stops the bot."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TextIO


def write(out: TextIO | None, text: str) -> None:
    """Write at once; letters that the output lacks become question marks, and one that fails is left alone from then.

    `out` is None where Python was started with its standard output closed.
    """
    if out is None:
        return
    encoding = _encoding(out)
    try:
        out.write(text.encode(encoding, "replace").decode(encoding))
        out.flush()
    except (OSError, ValueError):  # nobody reads the pipe any more, the terminal hung up; closed on our side
        _silence(out)


def can_show(out: TextIO | None, text: str) -> bool:
    """Whether the output has all these letters."""
    if out is None:
        return False
    try:
        text.encode(_encoding(out))
    except UnicodeEncodeError:
        return False
    return True


def _encoding(out: TextIO) -> str:
    return out.encoding or "utf-8"


def _silence(out: TextIO) -> None:
    """Lead it to nowhere, or Python's own flush at the end fails too and spoils the exit status.

    See https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, out.fileno())
        finally:
            os.close(nowhere)

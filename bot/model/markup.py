"""WhatsApp's bold type: sentences of the chat have it, and other places would show its signs."""

from __future__ import annotations

import re

_BOLD = re.compile(r"\*(\S(?:[^*\n]*\S)?)\*")


def without_bold(text: str) -> str:
    """The text as it reads where `*these*` are only signs: on the page, in an e-mail."""
    return _BOLD.sub(r"\1", text)

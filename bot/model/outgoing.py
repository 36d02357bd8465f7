"""What the bot says: the acts that the WhatsApp process can be asked for, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.model.identity import Jid

#: Messages of ours begin with this; nothing that does is ever taken for a command.
MARKER = "🤖"


@dataclass(frozen=True)
class Quote:
    """The message that an answer refers to."""

    id: str
    author: Jid
    text: str = ""


@dataclass(frozen=True)
class SendText:
    text: str
    quote: Quote | None = None


@dataclass(frozen=True)
class SendImage:
    path: Path
    mimetype: str
    caption: str = ""
    quote: Quote | None = None


@dataclass(frozen=True)
class SendDocument:
    path: Path
    mimetype: str
    filename: str
    caption: str = ""
    quote: Quote | None = None


@dataclass(frozen=True)
class SendReaction:
    """An emoji on a message; empty takes it back."""

    target: str
    author: Jid
    emoji: str


@dataclass(frozen=True)
class SendEdit:
    """A new text for a message of ours; WhatsApp accepts it for about 15 minutes."""

    target: str
    text: str


@dataclass(frozen=True)
class ShowTyping:
    """Presence: typing, or no longer."""

    typing: bool


Outgoing = SendText | SendImage | SendDocument | SendReaction | SendEdit | ShowTyping


@dataclass(frozen=True)
class Sent:
    """WhatsApp's answer to a send."""

    id: str
    at: datetime

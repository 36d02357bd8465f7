"""The control chat as plain values: who asks what, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from bot.model.capture import Verdict
from bot.model.identity import Jid


class Role(IntEnum):
    """What a person may do; a higher role may do all that the lower ones may."""

    VIEWER = 1
    OPERATOR = 2
    OWNER = 3


class Language(StrEnum):
    EN = "en"
    ES = "es"


@dataclass(frozen=True)
class Phrase:
    """A catalogue key and the facts of its sentence; rendered in the reader's language when it is sent."""

    key: str
    facts: dict[str, Any] = field(default_factory=dict)


def say(key: str, **facts: Any) -> Phrase:
    return Phrase(key, facts)


@dataclass(frozen=True)
class Conversation:
    """What the bot is waiting for in a chat: a wizard's next piece, a menu's number. One per chat."""

    id: int
    chat: str  #: natural key: the chat's JID and the person, `chat|person`
    kind: str  #: the wizard's name in `commands`
    language: Language
    data: dict[str, Any]
    expires_at: datetime
    offered: dict[str, Any] | None = None  #: a menu that was opened in a wizard, which goes on


@dataclass(frozen=True)
class Expect:
    """Start (or go on with) a conversation of this kind."""

    kind: str
    data: dict[str, Any]
    minutes: int = 10


@dataclass(frozen=True)
class Found:
    """Where and how surely a picture or video shows a frame's picture."""

    sha256: str  #: of the frame's picture
    score: float  #: 0-100
    quad: tuple[tuple[float, float], ...] = ()  #: the frame's corners in the status, pixels
    at_second: float | None = None  #: in a video


@dataclass(frozen=True)
class Evidence:
    """A picture to be drawn: frame and status side by side, the matched region outlined, some lines below."""

    found: Found
    media_sha256: str  #: of the status's file
    is_video: bool
    verdict: Verdict = Verdict.NO_MATCH  #: what the campaign makes of it: the score's colour
    lines: tuple[Any, ...] = ()  #: Phrases in a Reply, their sentences in an Answer
    judgement_id: int = 0  #: what it is evidence of: a reaction on the picture may settle it
    card: str = ""  #: SHA-256 of the picture as it was drawn before the status's file was deleted


@dataclass(frozen=True)
class Paper:
    """A file that is made after the answer, because making it takes time: a chart, a spreadsheet, a document."""

    kind: str  #: names its maker
    facts: dict[str, Any] = field(default_factory=dict)  #: what the maker needs to know; JSON-ready


@dataclass(frozen=True)
class About:
    """The one campaign and the one contact that something is about, by number; 0 for none."""

    campaign: int = 0
    contact: int = 0


ABOUT_NOTHING = About()


@dataclass(frozen=True)
class Again:
    """Something said before is to be done now, as if it were said with its order."""

    order: int  #: its number
    text: str
    confirmed: str = ""  #: what was confirmed, in the words of commands.confirming


@dataclass(frozen=True)
class Reply:
    """What a command answers.

    `lines` are joined by line breaks; a Phrase with facts that are themselves phrases is rendered inside out.
    `expect` starts a conversation; `ends` ends the one that was going on. `reaction` is put on the asker's message.
    `papers` are made and sent after the answer.
    """

    lines: tuple[Phrase, ...] = ()
    reaction: str = ""
    expect: Expect | None = None
    ends: bool = False
    evidence: Evidence | None = None  #: drawn and sent with the lines as its caption
    papers: tuple[Paper, ...] = ()
    again: Again | None = None  #: done instead of this reply
    about: About | None = None  #: what a reply to it means, where the command's arguments do not tell


class Need(StrEnum):
    """What must be done with the files sent with an order before it can be answered."""

    NOTHING = "nothing"
    PICTURES = "pictures"  #: read them as frames
    MATCHES = "matches"  #: compare them with the frames that are looked for
    TABLE = "table"  #: read a spreadsheet, a CSV file or contact cards as rows


class OrderState(StrEnum):
    GATHERING = "gathering"  #: waits for its turn, and for the rest of its album
    FETCHING = "fetching"  #: its pictures are being downloaded and read by the matcher
    MAKING = "making"  #: answered; its papers are being made
    DONE = "done"


@dataclass(frozen=True)
class OrderPart:
    """One file sent with an order."""

    message_id: str
    media: dict[str, Any]  #: document of an event.Media
    sha256: str = ""  #: in the media store, once fetched
    failure: str = ""  #: catalogue key below `attachment.` when it could not be obtained or read
    tries: int = 0
    picture: Picture | None = None  #: what the matcher made of it, when it was read as a frame
    found: tuple[Found, ...] | None = None  #: the frames that it shows, when it was compared; the surest first
    table: Table | None = None  #: its rows, when it was read as a table

    @property
    def is_settled(self) -> bool:
        return bool(self.picture or self.failure or self.table or self.found is not None)


@dataclass(frozen=True)
class Table:
    """The rows of a file; every row has as many cells as there are columns, empty texts where there was nothing."""

    columns: tuple[str, ...]  #: the first row's words; of contact cards `name`, `phone`
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture as the matcher sees it."""

    features: str  #: sha256 of the features in the media store
    width: int
    height: int
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True)
class Advice:
    """Something that the owner should know about a frame."""

    kind: str  #: catalogue key below `advice.`
    sha256: str = ""  #: of the other picture that this is about


@dataclass(frozen=True)
class Order:
    """Something that a person told the bot in the control chat; done exactly once."""

    id: int
    key: str  #: `chat|message id`, or `chat|album id`
    chat: Jid
    person: Jid
    message_id: str  #: the message that is answered and quoted
    text: str
    received_at: datetime
    state: OrderState
    due_at: datetime  #: next step not before, or an album's deadline
    expected: int = 0  #: pictures that the album's header announced
    album: str = ""
    quoted: str = ""  #: the message that it replies to, or is a reaction on
    quoted_author: Jid | None = None  #: who wrote that message
    quoted_media: dict[str, Any] | None = None  #: the file of that message: document of an event.Media
    mentions: tuple[Jid, ...] = ()
    author: Jid | None = None  #: the person as the message names them: in a group often by their LID
    is_reaction: bool = False  #: `text` is an emoji
    cards: tuple[dict[str, Any], ...] = ()  #: documents of event.Card
    parts: tuple[OrderPart, ...] = ()
    need: Need = Need.NOTHING
    language: Language | None = None  #: of its answer
    about: About = ABOUT_NOTHING  #: what its answer, and so a reply to that, is about
    papers: tuple[Paper, ...] = ()  #: promised by its answer
    papers_made: int = 0  #: so many of them, the first ones, are in the outbox
    papers_failed: bool = False  #: one of them could not be made

    @property
    def writer(self) -> Jid:
        """Who wrote it, as WhatsApp knows the message."""
        return self.author or self.person

"""What the WhatsApp process saw, as plain values: the documents of the inbox journal.

The worker process translates neonize's protobuf events to these; nothing else of neonize leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.identity import Jid


class Scope(StrEnum):
    """Where a message was posted."""

    STATUS = "status"  #: a status (story), `status@broadcast`
    SELF = "self"  #: the linked account's chat with itself
    DIRECT = "direct"  #: a chat with one other account
    GROUP = "group"  #: a group


class ContentKind(StrEnum):
    """What a message holds, after all wrappers are taken off."""

    IMAGE = "image"
    VIDEO = "video"  #: video, GIF and video note
    TEXT = "text"
    AUDIO = "audio"
    STICKER = "sticker"
    DOCUMENT = "document"  #: a file that is neither image nor video
    CARDS = "cards"  #: shared contact cards
    ALBUM = "album"  #: an album's header; its pictures follow as messages of their own
    KEY_ONLY = "key_only"  #: only the sender key came; the post itself follows under the same id
    UNDECRYPTABLE = "undecryptable"  #: came, but could not be decrypted (yet)
    WITHHELD = "withheld"  #: no copy for us came: view-once, or the key is missing and may follow
    REVOKE = "revoke"  #: an earlier message (`target`) was deleted
    REACTION = "reaction"  #: an emoji (`text`, empty when taken back) on `target`
    EDIT = "edit"  #: a new text for `target`
    REMARK = "remark"  #: said about another message: a vote, an answer, a sticker on it; no post of its own
    OTHER = "other"  #: a post without a picture: a poll, a place, an event; its protobuf field name is in `text`
    UNKNOWN = "unknown"  #: a kind that we do not know; its protobuf field name is in `text`


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


class Flag(StrEnum):
    """Circumstances of a message that later rules ask for."""

    HISTORY = "history"  #: from the history sync at linking
    VIEW_ONCE = "view_once"
    RESHARED = "reshared"  #: forwarded or reshared from somebody else's status
    GROUP_STATUS = "group_status"
    MENTION = "mention"
    EPHEMERAL = "ephemeral"
    PROOF = "proof"  #: no status: a picture that the owner or the contact offers as proof of one
    HD = "hd"  #: the better copy of a post that is also sent smaller
    RASTERISED = "rasterised"  #: a picture that WhatsApp made itself, of a text or a song


@dataclass(frozen=True)
class Media:
    """A downloadable file of a message; its bytes are not here."""

    kind: MediaKind
    mimetype: str
    size: int  #: bytes, as the sender says; 0 when not said
    sha256: str  #: hex, of the decrypted file, as the sender says; empty when not said
    payload: str  #: base64 of the serialised `waE2E.Message` that the WhatsApp process needs for the download
    seconds: int = 0  #: length of a video
    filename: str = ""
    is_hd: bool = False  #: the better of two copies of one post
    thumbnail: str = ""  #: base64 of the small JPEG inside the message; of statuses only, empty when there is none


@dataclass(frozen=True)
class Card:
    """A shared contact card."""

    name: str
    phones: tuple[str, ...]  #: as written on the card, not validated


@dataclass(frozen=True)
class Content:
    kind: ContentKind
    text: str = ""  #: the text, or the caption
    media: Media | None = None
    cards: tuple[Card, ...] = ()
    target: str = ""  #: message id that a revoke, reaction or edit is about
    expected: int = 0  #: how many pictures an album announces


@dataclass(frozen=True)
class MessageSeen:
    """A message or status as it was received; `(author, id)` is its natural key."""

    id: str
    scope: Scope
    chat: Jid
    author: Jid
    author_alt: Jid | None  #: the same author's other address (phone number or LID), when the server told
    from_me: bool  #: written by the linked account on another of its devices
    sent_at: datetime
    content: Content
    push_name: str = ""
    album: str = ""  #: message id of the album's header, for the pictures of an album
    twin_of: str = ""  #: message id of the post that this one is another copy of: HD, HEVC, moving
    quoted: str = ""  #: message id that this one replies to
    quoted_author: Jid | None = None  #: who wrote that one
    quoted_media: Media | None = None  #: the file of that one, in a chat where it may be meant as a command's picture
    mentions: tuple[Jid, ...] = ()  #: who is mentioned in the text
    flags: frozenset[Flag] = frozenset()

    @property
    def post_id(self) -> str:
        """The message id under which a post is known, whichever of its copies this is."""
        return self.twin_of or self.id

    @property
    def authors(self) -> tuple[Jid, ...]:
        """Every address under which the author is known from this message."""
        return (self.author, self.author_alt) if self.author_alt else (self.author,)


class ReceiptKind(StrEnum):
    """How far a message of ours has come (WhatsApp's receipt types)."""

    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    OTHER = "other"  #: own devices, retries, inactive: no sign that the message arrived at the reader


@dataclass(frozen=True)
class ReceiptSeen:
    ids: tuple[str, ...]
    kind: ReceiptKind
    chat: Jid
    reader: Jid
    at: datetime


@dataclass(frozen=True)
class AddressLearned:
    """Two addresses belong to one account (the server told)."""

    phone: Jid
    lid: Jid


@dataclass(frozen=True)
class DirectSeen:
    """A direct message went by: that there was one, not what it says, which is none of our business."""

    id: str
    author: Jid
    author_alt: Jid | None
    from_me: bool  #: written by the owner on another device
    at: datetime


@dataclass(frozen=True)
class PhoneSeen:
    """The owner's phone itself wrote or read something: it is online now and then."""

    at: datetime


Event = MessageSeen | ReceiptSeen | AddressLearned | DirectSeen | PhoneSeen

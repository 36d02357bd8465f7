"""neonize's protobuf events to plain values: pure functions, one for each kind of event.

The objects are those of `neonize.proto`; nothing of neonize is imported here. Units are the library's own:
`MessageInfo.Timestamp` is in milliseconds, receipts and history in seconds.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.model.event import (
    AddressLearned,
    Content,
    ContentKind,
    Flag,
    Media,
    MediaKind,
    MessageSeen,
    ReceiptKind,
    ReceiptSeen,
    Scope,
)
from bot.model.identity import STATUS_CHAT, Jid
from bot.whatsapp.vcard import read_cards

#: WhatsApp itself nests two or three wrappers; what is nested deeper is an attack.
MAX_NESTING = 12

_RECEIPTS = {1: ReceiptKind.DELIVERED, 4: ReceiptKind.READ, 6: ReceiptKind.PLAYED}
_WRAPPER_FLAGS = {
    "groupStatusMessage": Flag.GROUP_STATUS,
    "groupStatusMessageV2": Flag.GROUP_STATUS,
    "statusMentionMessage": Flag.MENTION,
    "groupStatusMentionMessage": Flag.MENTION,
    "viewOnceMessage": Flag.VIEW_ONCE,
    "viewOnceMessageV2": Flag.VIEW_ONCE,
    "viewOnceMessageV2Extension": Flag.VIEW_ONCE,
    "ephemeralMessage": Flag.EPHEMERAL,
}
#: Fields that accompany a message and are no content of their own.
_COMPANIONS = frozenset(
    {"messageContextInfo", "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage"}
)
_REVOKE, _MESSAGE_EDIT = 0, 14  # ProtocolMessage.Type
_MEDIA_ALBUM, _STATUS_EXTERNAL_RESHARE = 1, 6  # MessageAssociation.AssociationType
#: What a download needs; thumbnails, captions and the rest stay out of the journal.
_DOWNLOAD_FIELDS = ("URL", "mimetype", "fileSHA256", "fileLength", "mediaKey", "fileEncSHA256", "directPath")
_TEXT_FIELDS = frozenset({"URL", "mimetype", "directPath"})


@dataclass(frozen=True)
class Account:
    """The linked account's own addresses, as far as they are known."""

    phone: Jid | None = None
    lid: Jid | None = None

    def owns(self, jid: Jid) -> bool:
        return jid in (self.phone, self.lid)


def message_seen(event: Any, account: Account) -> MessageSeen | None:
    """A `neonize.Message` event; None for what is no message of a person (channels, the phone's own housekeeping)."""
    seen = _envelope(event.Info, account)
    if seen is None:
        return None
    opened = unwrap(event.Message)
    flags = set(opened.flags)
    if event.IsEphemeral:
        flags.add(Flag.EPHEMERAL)
    if event.IsViewOnce or event.IsViewOnceV2 or event.IsViewOnceV2Extension:
        flags.add(Flag.VIEW_ONCE)
    return _filled(seen, opened, flags)


def undecryptable_seen(event: Any, account: Account) -> MessageSeen | None:
    """A `neonize.UndecryptableMessage` event: the post may still come, under the same id, after a retry."""
    seen = _envelope(event.Info, account)
    if seen is None:
        return None
    kind = ContentKind.WITHHELD if event.IsUnavailable else ContentKind.UNDECRYPTABLE
    return replace(seen, content=Content(kind))


def receipt_seen(event: Any) -> ReceiptSeen:
    """A `neonize.Receipt` event; one for each reader, about any number of messages."""
    source = event.MessageSource
    kind = ReceiptKind.OTHER if source.IsFromMe else _RECEIPTS.get(event.Type, ReceiptKind.OTHER)
    at = datetime.fromtimestamp(event.Timestamp, UTC)
    ids = tuple(words(message_id) for message_id in event.MessageIDs)
    return ReceiptSeen(ids, kind, _jid(source.Chat), _jid(source.Sender), at)


def history_statuses(event: Any, account: Account) -> list[MessageSeen]:
    """The statuses of a `neonize.HistorySync` event; its messages are still wrapped, its times in seconds."""
    return [seen for posted in event.Data.statusV3Messages if (seen := _from_history(posted, account))]


def history_addresses(event: Any) -> list[AddressLearned]:
    """The pairs of phone number and LID that a `neonize.HistorySync` event tells."""
    pairs = ((words(pair.pnJID), words(pair.lidJID)) for pair in event.Data.phoneNumberToLidMappings)
    return [AddressLearned(Jid.parse(phone), Jid.parse(lid)) for phone, lid in pairs if "@" in phone and "@" in lid]


# ------------------------------------------------------------------------------------------------- who and where


def _envelope(info: Any, account: Account) -> MessageSeen | None:
    """Everything but the content."""
    source = info.MessageSource
    chat, author = _jid(source.Chat), _jid(source.Sender)
    alternate = _jid(source.SenderAlt) if source.SenderAlt.User else None
    if info.Category == "peer" or chat.server == "newsletter" or not author.user:
        return None
    scope = _scope(chat, author, alternate, source.IsFromMe, account)
    if scope == Scope.DIRECT and chat.server == "broadcast":
        chat = author  # sent to us through somebody's broadcast list: a direct message all the same
    return MessageSeen(
        id=words(info.ID),
        scope=scope,
        chat=chat,
        author=author,
        author_alt=alternate if alternate != author else None,
        from_me=source.IsFromMe,
        sent_at=datetime.fromtimestamp(info.Timestamp / 1000, UTC),
        content=Content(ContentKind.UNKNOWN),
        push_name=words(info.Pushname),
    )


def _scope(chat: Jid, author: Jid, alternate: Jid | None, from_me: bool, account: Account) -> Scope:
    """Statuses first: the library calls them group messages too."""
    if chat == STATUS_CHAT:
        return Scope.STATUS
    if chat.server == "g.us":
        return Scope.GROUP
    if from_me and (chat in (author, alternate) or account.owns(chat)):
        return Scope.SELF
    return Scope.DIRECT


def _from_history(posted: Any, account: Account) -> MessageSeen | None:
    key = posted.key
    address = words(posted.participant or key.participant)
    own = account.phone or account.lid
    author = own if key.fromMe else Jid.parse(address) if "@" in address else None
    if author is None or not key.ID or not posted.HasField("message"):
        return None
    seen = MessageSeen(
        id=words(key.ID),
        scope=Scope.STATUS,
        chat=STATUS_CHAT,
        author=author,
        author_alt=None,
        from_me=key.fromMe,
        sent_at=datetime.fromtimestamp(posted.messageTimestamp, UTC),
        content=Content(ContentKind.UNKNOWN),
        push_name=words(posted.pushName),
    )
    opened = unwrap(posted.message)
    return _filled(seen, opened, {*opened.flags, Flag.HISTORY})


def words(value: str | bytes) -> str:
    """A string field. These protobufs do not check UTF-8: what a hostile sender garbled arrives as bytes."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _jid(jid: Any) -> Jid:
    return Jid(words(jid.User), words(jid.Server))


# ------------------------------------------------------------------------------------------------------ wrappers


@dataclass(frozen=True)
class Opened:
    """A message out of all its wrappers, and what the wrappers said."""

    message: Any
    flags: frozenset[Flag] = frozenset()
    album: str = ""  #: id of the album's header
    path: tuple[str, ...] = field(default=())  #: the wrappers, outermost first


def unwrap(message: Any) -> Opened:
    """Take off every wrapper: the fields that hold nothing but another message.

    Those that the library removes itself are handled too, because history comes with all of them on.
    """
    opened = Opened(message, *_association(message))
    while (name := _wrapper_of(opened.message)) and len(opened.path) < MAX_NESTING:
        inner = getattr(opened.message, name).message
        flags, album = _association(inner)
        flag = _WRAPPER_FLAGS.get(name)
        opened = Opened(
            inner,
            opened.flags | flags | ({flag} if flag else set()),
            opened.album or album,
            (*opened.path, name),
        )
    return opened


def _wrapper_of(message: Any) -> str:
    for descriptor, value in message.ListFields():
        kind = descriptor.message_type
        if kind and kind.name in ("FutureProofMessage", "DeviceSentMessage") and value.HasField("message"):
            return str(descriptor.name)
    return ""


def _association(message: Any) -> tuple[frozenset[Flag], str]:
    """What a message says about the message that it belongs to."""
    association = message.messageContextInfo.messageAssociation
    if association.associationType == _MEDIA_ALBUM:
        return frozenset(), words(association.parentMessageKey.ID)
    if association.associationType == _STATUS_EXTERNAL_RESHARE:
        return frozenset({Flag.RESHARED}), ""
    return frozenset(), ""


# ------------------------------------------------------------------------------------------------------- content


def _filled(seen: MessageSeen, opened: Opened, flags: set[Flag]) -> MessageSeen | None:
    content = content_of(opened.message)
    if content is None:
        return None
    body = _body(opened.message)
    context = getattr(body, "contextInfo", None)
    if getattr(body, "viewOnce", False):
        flags.add(Flag.VIEW_ONCE)
    if context is not None:
        flags |= _circumstances(context)
    return replace(
        seen,
        content=content,
        album=opened.album,
        quoted=words(context.stanzaID) if context is not None else "",
        flags=frozenset(flags),
    )


def _circumstances(context: Any) -> set[Flag]:
    """What a ContextInfo says; `statusAttributionType` 1-4 are reshares from a mention, a post, another status."""
    flags = set()
    if context.isForwarded or context.statusAttributionType in (1, 2, 3, 4):
        flags.add(Flag.RESHARED)
    if context.isGroupStatus:
        flags.add(Flag.GROUP_STATUS)
    return flags


def content_of(message: Any) -> Content | None:
    """The content of an unwrapped `waE2E.Message`; None for the library's and phone's own housekeeping.

    Several fields may be set at once (a sender key beside an image, after a retry), so that each is asked for by name.
    """
    if message.HasField("protocolMessage"):
        return _protocol(message.protocolMessage)
    for read in (_picture, _file, _text, _cards, _reaction):
        content = read(message)
        if content is not None:
            return content
    return _other(message)


def _protocol(protocol: Any) -> Content | None:
    if protocol.type == _REVOKE:
        return Content(ContentKind.REVOKE, target=words(protocol.key.ID))
    if protocol.type == _MESSAGE_EDIT:
        edited = content_of(unwrap(protocol.editedMessage).message)
        return Content(ContentKind.EDIT, text=edited.text if edited else "", target=words(protocol.key.ID))
    return None


def _picture(message: Any) -> Content | None:
    if message.HasField("imageMessage"):
        image = message.imageMessage
        return Content(ContentKind.IMAGE, words(image.caption), _media(message, "imageMessage", MediaKind.IMAGE))
    for name in ("videoMessage", "ptvMessage"):  # ptv: a round video note
        if message.HasField(name):
            video = getattr(message, name)
            return Content(ContentKind.VIDEO, words(video.caption), _media(message, name, MediaKind.VIDEO))
    return None


def _file(message: Any) -> Content | None:
    if not message.HasField("documentMessage"):
        return None
    document = message.documentMessage
    family = words(document.mimetype).split("/")[0]
    kind, media_kind = {
        "image": (ContentKind.IMAGE, MediaKind.IMAGE),
        "video": (ContentKind.VIDEO, MediaKind.VIDEO),
    }.get(family, (ContentKind.DOCUMENT, MediaKind.DOCUMENT))
    return Content(kind, words(document.caption), _media(message, "documentMessage", media_kind))


def _media(message: Any, name: str, kind: MediaKind) -> Media:
    source = getattr(message, name)
    needed = type(message)()
    # a video note downloads as the video that it is: the library knows only the five classic kinds
    target = getattr(needed, "videoMessage" if name == "ptvMessage" else name)
    for wanted in _DOWNLOAD_FIELDS:
        if source.HasField(wanted):
            value = getattr(source, wanted)
            setattr(target, wanted, words(value) if wanted in _TEXT_FIELDS else value)
    return Media(
        kind=kind,
        mimetype=words(source.mimetype),
        size=source.fileLength,
        sha256=source.fileSHA256.hex(),
        payload=b64encode(needed.SerializeToString()).decode(),
        seconds=getattr(source, "seconds", 0),
        filename=words(getattr(source, "fileName", "")),
    )


def _text(message: Any) -> Content | None:
    if message.HasField("conversation"):
        return Content(ContentKind.TEXT, words(message.conversation))
    if message.HasField("extendedTextMessage"):
        return Content(ContentKind.TEXT, words(message.extendedTextMessage.text))
    return None


def _cards(message: Any) -> Content | None:
    if message.HasField("contactMessage"):
        shared = [message.contactMessage]
    elif message.HasField("contactsArrayMessage"):
        shared = list(message.contactsArrayMessage.contacts)
    else:
        return None
    cards = [card for contact in shared for card in read_cards(words(contact.vcard), words(contact.displayName))]
    return Content(ContentKind.CARDS, cards=tuple(cards))


def _reaction(message: Any) -> Content | None:
    if not message.HasField("reactionMessage"):
        return None
    reaction = message.reactionMessage
    return Content(ContentKind.REACTION, words(reaction.text), target=words(reaction.key.ID))


def _other(message: Any) -> Content:
    if message.HasField("albumMessage"):
        album = message.albumMessage
        return Content(ContentKind.ALBUM, expected=album.expectedImageCount + album.expectedVideoCount)
    if message.HasField("audioMessage"):
        return Content(ContentKind.AUDIO)
    if message.HasField("stickerMessage"):
        return Content(ContentKind.STICKER)
    names = [descriptor.name for descriptor, _ in message.ListFields()]
    contents = [name for name in names if name not in _COMPANIONS]
    if not contents and "senderKeyDistributionMessage" in names:
        return Content(ContentKind.KEY_ONLY)
    return Content(ContentKind.UNKNOWN, text=contents[0] if contents else "empty")


def _body(message: Any) -> Any:
    """The part of a message that carries its context (quote, forwarding)."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type and "contextInfo" in descriptor.message_type.fields_by_name:
            return value
    return None

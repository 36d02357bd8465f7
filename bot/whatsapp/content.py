"""The content of an unwrapped `waE2E.Message`: what kind of thing it is, its words, and where its file is."""

from __future__ import annotations

import mimetypes
from base64 import b64encode
from typing import Any

from bot.model.event import Content, ContentKind, Media, MediaKind
from bot.model.vcard import read_cards
from bot.whatsapp.unwrap import unwrap, words

#: A message's own small picture is a few kilobytes; a larger one is left out of the journal.
MAX_THUMBNAIL = 48 * 1024

#: Fields that accompany a message and are no content of their own.
_COMPANIONS = frozenset(
    {"messageContextInfo", "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage"}
)
#: Posts that hold no picture or video: recorded by name, no reason for anything.
_WITHOUT_PICTURE = frozenset(
    {
        "locationMessage", "liveLocationMessage", "pollCreationMessage", "pollCreationMessageV2",
        "pollCreationMessageV3", "pollCreationMessageV4", "pollCreationMessageV5", "pollCreationMessageV6",
        "pollResultSnapshotMessage", "pollResultSnapshotMessageV3", "eventMessage", "eventInviteMessage",
        "groupInviteMessage", "newsletterAdminInviteMessage", "newsletterFollowerInviteMessageV2", "musicMessage",
        "callLogMesssage", "scheduledCallCreationMessage", "bcallMessage", "requestPaymentMessage",
        "sendPaymentMessage", "paymentInviteMessage", "invoiceMessage", "orderMessage", "stickerPackMessage",
        "statusLinkPreviewMetadata", "questionResponseMessage",
    }
)  # fmt: skip
#: Said about another message.
_REMARKS = frozenset(
    {
        "encReactionMessage", "commentMessage", "encCommentMessage", "pollUpdateMessage", "pollAddOptionMessage",
        "encEventResponseMessage", "keepInChatMessage", "pinInChatMessage", "statusNotificationMessage",
        "statusQuestionAnswerMessage", "statusQuotedMessage", "statusStickerInteractionMessage",
        "secretEncryptedMessage",
    }
)  # fmt: skip
_REVOKE, _MESSAGE_EDIT = 0, 14  # ProtocolMessage.Type
#: What a download needs; captions and the rest stay out of it.
_DOWNLOAD_FIELDS = ("URL", "mimetype", "fileSHA256", "fileLength", "mediaKey", "fileEncSHA256", "directPath")
_TEXT_FIELDS = frozenset({"URL", "mimetype", "directPath"})


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
    family = _family(words(document.mimetype), words(document.fileName))
    kind, media_kind = {
        "image": (ContentKind.IMAGE, MediaKind.IMAGE),
        "video": (ContentKind.VIDEO, MediaKind.VIDEO),
    }.get(family, (ContentKind.DOCUMENT, MediaKind.DOCUMENT))
    return Content(kind, words(document.caption), _media(message, "documentMessage", media_kind))


def _family(mimetype: str, filename: str) -> str:
    """`image`, `video` and so on; phones call what they do not know `application/octet-stream`."""
    if mimetype in ("", "application/octet-stream"):
        mimetype = mimetypes.guess_type(filename)[0] or ""
    return mimetype.split("/")[0]


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
        thumbnail=_thumbnail(source),
    )


def _thumbnail(source: Any) -> str:
    small = source.JPEGThumbnail
    return b64encode(small).decode() if len(small) <= MAX_THUMBNAIL else ""


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
    name = contents[0] if contents else "empty"
    return Content(_kind_of(name), text=name)


def _kind_of(name: str) -> ContentKind:
    if name in _WITHOUT_PICTURE:
        return ContentKind.OTHER
    return ContentKind.REMARK if name in _REMARKS else ContentKind.UNKNOWN


def body_of(message: Any) -> Any:
    """The part of a message that carries its context (quote, forwarding)."""
    for descriptor, value in message.ListFields():
        if descriptor.message_type and "contextInfo" in descriptor.message_type.fields_by_name:
            return value
    return None

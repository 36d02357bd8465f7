"""Every kind of status of product.md §3, built as phones build it; the file is put where the caller says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.model.event import ContentKind, Flag
from tests.support import messages
from tests.support.protos import (
    AudioMessage,
    ContextInfo,
    DocumentMessage,
    FutureProofMessage,
    ImageMessage,
    LocationMessage,
    Message,
    MessageAssociation,
    MessageContextInfo,
    MessageKey,
    PollCreationMessage,
    StickerMessage,
    VideoMessage,
)

#: Puts a file on a media host, by its kind there (`image`, `video`, `document`) and what it holds (`image`, `video`):
#: the fields of the message that point to it.
Upload = Callable[[str, str], dict[str, Any]]


@dataclass(frozen=True)
class StatusKind:
    name: str
    build: Callable[[Upload], Message]
    kind: ContentKind
    flags: frozenset[Flag] = frozenset()

    @property
    def is_picture(self) -> bool:
        return self.kind in (ContentKind.IMAGE, ContentKind.VIDEO)


def an_image(upload: Upload, **context: Any) -> Message:
    about = ContextInfo(**context) if context else None
    return Message(imageMessage=ImageMessage(mimetype="image/jpeg", contextInfo=about, **upload("image", "image")))


def a_video(upload: Upload, **more: Any) -> VideoMessage:
    return VideoMessage(mimetype="video/mp4", seconds=3, **more, **upload("video", "video"))


def a_document(upload: Upload, mimetype: str) -> Message:
    file = upload("document", mimetype.split("/")[0])
    return Message(documentMessage=DocumentMessage(mimetype=mimetype, fileName="ad", **file))


def wrapped(name: str, inner: Message) -> Message:
    return Message(**{name: FutureProofMessage(message=inner)})


def associated(message: Message, kind: str, parent: str) -> Message:
    """`message` as what belongs to the post `parent`; kind is an AssociationType."""
    key = MessageKey(remoteJID="status@broadcast", fromMe=False, ID=parent)
    association = MessageAssociation(
        associationType=MessageAssociation.AssociationType.Value(kind), parentMessageKey=key
    )
    message.messageContextInfo.CopyFrom(MessageContextInfo(messageAssociation=association))
    return message


def hd_twin(upload: Upload, parent: str) -> Message:
    """The better copy of an image that was posted under `parent`."""
    return associated(wrapped("associatedChildMessage", an_image(upload)), "HD_IMAGE_DUAL_UPLOAD", parent)


def _image_in(wrapper: str, *flags: Flag) -> StatusKind:
    return StatusKind(wrapper, lambda up: wrapped(wrapper, an_image(up)), ContentKind.IMAGE, frozenset(flags))


KINDS = (
    StatusKind("image", an_image, ContentKind.IMAGE),
    StatusKind("video", lambda up: Message(videoMessage=a_video(up)), ContentKind.VIDEO),
    StatusKind("gif", lambda up: Message(videoMessage=a_video(up, gifPlayback=True)), ContentKind.VIDEO),
    StatusKind("video note", lambda up: Message(ptvMessage=a_video(up)), ContentKind.VIDEO),
    StatusKind("image as a document", lambda up: a_document(up, "image/jpeg"), ContentKind.IMAGE),
    StatusKind("video as a document", lambda up: a_document(up, "video/mp4"), ContentKind.VIDEO),
    StatusKind(
        "document with caption",
        lambda up: wrapped("documentWithCaptionMessage", a_document(up, "image/png")),
        ContentKind.IMAGE,
    ),
    _image_in("ephemeralMessage", Flag.EPHEMERAL),
    _image_in("groupStatusMessage", Flag.GROUP_STATUS),
    _image_in("groupStatusMessageV2", Flag.GROUP_STATUS),
    _image_in("statusMentionMessage", Flag.MENTION),
    _image_in("groupStatusMentionMessage", Flag.MENTION),
    _image_in("statusAddYours"),
    _image_in("spoilerMessage"),
    _image_in("groupMentionedMessage"),
    _image_in("associatedChildMessage"),
    StatusKind(
        "wrappers in wrappers",
        lambda up: wrapped("groupStatusMessageV2", wrapped("spoilerMessage", wrapped("statusAddYours", an_image(up)))),
        ContentKind.IMAGE,
        frozenset({Flag.GROUP_STATUS}),
    ),
    StatusKind(
        "child of an album",
        lambda up: associated(an_image(up), "MEDIA_ALBUM", "3EB0ALBUM"),
        ContentKind.IMAGE,
    ),
    StatusKind(
        "answer to add-yours",
        lambda up: associated(an_image(up), "STATUS_ADD_YOURS", "3EB0PROMPT"),
        ContentKind.IMAGE,
    ),
    StatusKind("forwarded", lambda up: an_image(up, isForwarded=True), ContentKind.IMAGE, frozenset({Flag.RESHARED})),
    StatusKind(
        "reshared status",
        lambda up: an_image(up, statusAttributionType=ContextInfo.RESHARED_FROM_POST),
        ContentKind.IMAGE,
        frozenset({Flag.RESHARED}),
    ),
    StatusKind(
        "reshared from elsewhere",
        lambda up: associated(an_image(up), "STATUS_EXTERNAL_RESHARE", "3EB0OTHER"),
        ContentKind.IMAGE,
        frozenset({Flag.RESHARED}),
    ),
    StatusKind(
        "status of a group",
        lambda up: an_image(up, isGroupStatus=True),
        ContentKind.IMAGE,
        frozenset({Flag.GROUP_STATUS}),
    ),
    StatusKind(
        "rasterised text",
        lambda up: an_image(up, statusSourceType=ContextInfo.TEXT),
        ContentKind.IMAGE,
        frozenset({Flag.RASTERISED}),
    ),
    StatusKind("text", lambda _: messages.text_status("good morning"), ContentKind.TEXT),
    StatusKind("voice", lambda _: Message(audioMessage=AudioMessage(PTT=True)), ContentKind.AUDIO),
    StatusKind("sticker", lambda _: Message(stickerMessage=StickerMessage()), ContentKind.STICKER),
    StatusKind("poll", lambda _: Message(pollCreationMessageV3=PollCreationMessage(name="?")), ContentKind.OTHER),
    StatusKind("place", lambda _: Message(locationMessage=LocationMessage(name="Café")), ContentKind.OTHER),
    StatusKind("document", lambda up: a_document(up, "application/pdf"), ContentKind.DOCUMENT),
)

#: View-once posts: the library hands them over when WhatsApp delivers them at all.
VIEW_ONCE = tuple(
    _image_in(wrapper, Flag.VIEW_ONCE)
    for wrapper in ("viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension")
)

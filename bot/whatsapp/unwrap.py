"""A message out of all its wrappers, and what the wrappers and the message's own context say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.model.event import Flag

#: WhatsApp itself nests two or three wrappers; what is nested deeper is an attack.
MAX_NESTING = 12

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

# MessageAssociation.AssociationType
_MEDIA_ALBUM, _STATUS_EXTERNAL_RESHARE = 1, 6
_HD_VIDEO, _HD_IMAGE, _MOTION_PHOTO, _HEVC_VIDEO = 5, 10, 12, 19
#: Copies that show the post better than the one they belong to; a motion photo's moving part only shows it otherwise.
_BETTER_COPIES = frozenset({_HD_VIDEO, _HD_IMAGE, _HEVC_VIDEO})
_COPIES = _BETTER_COPIES | {_MOTION_PHOTO}

# ContextInfo.StatusAttributionType: reshared from a mention, a post, a post many times; forwarded from a status
_RESHARES = frozenset({1, 2, 3, 4})
#: ContextInfo.StatusSourceType: audio, text, a song. The phone makes a picture of such a post for older readers.
_NO_PICTURE_AT_FIRST = frozenset({3, 4, 5})
#: StatusAttribution.Type
_ATTRIBUTIONS = {1: Flag.RESHARED, 2: Flag.RESHARED, 4: Flag.MENTION, 5: Flag.GROUP_STATUS}


@dataclass(frozen=True)
class Opened:
    """A message out of all its wrappers, and what the wrappers said."""

    message: Any
    flags: frozenset[Flag] = frozenset()
    album: str = ""  #: id of the album's header
    twin_of: str = ""  #: id of the message that this one is another copy of
    path: tuple[str, ...] = ()  #: the wrappers, outermost first


def unwrap(message: Any) -> Opened:
    """Take off every wrapper: the fields that hold nothing but another message.

    Those that the library removes itself are handled too, because history comes with all of them on.
    """
    opened = _belonging(message)
    while (name := _wrapper_of(opened.message)) and len(opened.path) < MAX_NESTING:
        inner = _belonging(getattr(opened.message, name).message)
        flag = _WRAPPER_FLAGS.get(name)
        opened = Opened(
            inner.message,
            opened.flags | inner.flags | ({flag} if flag else set()),
            opened.album or inner.album,
            opened.twin_of or inner.twin_of,
            (*opened.path, name),
        )
    return opened


def circumstances(context: Any) -> set[Flag]:
    """What a `ContextInfo` says about a post."""
    flags = {_ATTRIBUTIONS[each.type] for each in context.statusAttributions if each.type in _ATTRIBUTIONS}
    if context.isForwarded or context.statusAttributionType in _RESHARES:
        flags.add(Flag.RESHARED)
    if context.isGroupStatus:
        flags.add(Flag.GROUP_STATUS)
    if context.HasField("statusSourceType") and context.statusSourceType in _NO_PICTURE_AT_FIRST:
        flags.add(Flag.RASTERISED)
    return flags


def _wrapper_of(message: Any) -> str:
    for descriptor, value in message.ListFields():
        kind = descriptor.message_type
        if kind and kind.name in ("FutureProofMessage", "DeviceSentMessage") and value.HasField("message"):
            return str(descriptor.name)
    return ""


def _belonging(message: Any) -> Opened:
    """What a message says about the message that it belongs to."""
    association = message.messageContextInfo.messageAssociation
    kind, parent = association.associationType, words(association.parentMessageKey.ID)
    if kind == _MEDIA_ALBUM:
        return Opened(message, album=parent)
    if kind in _COPIES:
        better = frozenset({Flag.HD}) if kind in _BETTER_COPIES else frozenset()
        return Opened(message, better, twin_of=parent)
    if kind == _STATUS_EXTERNAL_RESHARE:
        return Opened(message, frozenset({Flag.RESHARED}))
    return Opened(message)


def words(value: str | bytes) -> str:
    """A string field. These protobufs do not check UTF-8: what a hostile sender garbled arrives as bytes."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")

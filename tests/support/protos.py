"""neonize's protobuf classes for the tests.

Importing them loads the Go library too. It is never started in the tests' own process, but its import sets up
logging, which is undone here.
"""
# ruff: noqa: E402

from __future__ import annotations

import logging
import sys

_root = logging.getLogger()
_handlers, _level = list(_root.handlers), _root.level

if sys.platform != "win32":
    import pylibmagic  # noqa: F401  # neonize looks for libmagic at import
from neonize.proto import Neonize_pb2 as library
from neonize.proto.waCommon.WACommon_pb2 import MessageKey
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import (
    AlbumMessage,
    AudioMessage,
    ContactMessage,
    ContactsArrayMessage,
    ContextInfo,
    DocumentMessage,
    ExtendedTextMessage,
    FutureProofMessage,
    HistorySyncNotification,
    ImageMessage,
    LocationMessage,
    Message,
    MessageAssociation,
    MessageContextInfo,
    PollCreationMessage,
    ProtocolMessage,
    ReactionMessage,
    SenderKeyDistributionMessage,
    StickerMessage,
    VideoMessage,
)
from neonize.proto.waHistorySync.WAWebProtobufsHistorySync_pb2 import HistorySync, PhoneNumberToLIDMapping
from neonize.proto.waWeb.WAWebProtobufsWeb_pb2 import WebMessageInfo

_root.handlers[:], _root.level = _handlers, _level

__all__ = [
    "AlbumMessage",
    "AudioMessage",
    "ContactMessage",
    "ContactsArrayMessage",
    "ContextInfo",
    "DocumentMessage",
    "ExtendedTextMessage",
    "FutureProofMessage",
    "HistorySync",
    "HistorySyncNotification",
    "ImageMessage",
    "LocationMessage",
    "Message",
    "MessageAssociation",
    "MessageContextInfo",
    "MessageKey",
    "PhoneNumberToLIDMapping",
    "PollCreationMessage",
    "ProtocolMessage",
    "ReactionMessage",
    "SenderKeyDistributionMessage",
    "StickerMessage",
    "VideoMessage",
    "WebMessageInfo",
    "library",
]

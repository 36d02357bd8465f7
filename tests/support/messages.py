"""Building and reading `waE2E.Message`s, as phones do.

Only neonize's protobuf classes are used. Importing them loads the Go library too; it is never started in the tests'
own process, but its import sets up logging, which is undone here.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import sys
from collections.abc import Iterable
from typing import Any

_root = logging.getLogger()
_before = list(_root.handlers), _root.level
if sys.platform != "win32":
    import pylibmagic  # noqa: F401  # neonize looks for libmagic at import
from neonize.proto.waCommon.WACommon_pb2 import MessageKey
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import (
    AlbumMessage,
    ContactMessage,
    ContactsArrayMessage,
    ContextInfo,
    DocumentMessage,
    ExtendedTextMessage,
    ImageMessage,
    Message,
    MessageAssociation,
    MessageContextInfo,
    ProtocolMessage,
    ReactionMessage,
    VideoMessage,
)

_root.handlers[:], _root.level = _before[0], _before[1]

from tests.whatsapp_double.axolotl import aes_cbc  # noqa: E402
from tests.whatsapp_double.crypto import hkdf  # noqa: E402
from tests.whatsapp_double.pydevice import MEDIA_INFO, encrypt_media  # noqa: E402
from tests.whatsapp_double.server import FakeWA  # noqa: E402


def text(words: str, quoting: str = "", quoted_author: str = "") -> Message:
    if not quoting:
        return Message(conversation=words)
    context = ContextInfo(stanzaID=quoting, participant=quoted_author, quotedMessage=Message(conversation="…"))
    return Message(extendedTextMessage=ExtendedTextMessage(text=words, contextInfo=context))


def text_status(words: str) -> Message:
    return Message(extendedTextMessage=ExtendedTextMessage(text=words))


def image(file: dict[str, Any], caption: str = "", thumbnail: bytes = b"") -> Message:
    return Message(imageMessage=ImageMessage(mimetype="image/jpeg", caption=caption, JPEGThumbnail=thumbnail, **file))


def video(file: dict[str, Any], caption: str = "", seconds: int = 3) -> Message:
    return Message(videoMessage=VideoMessage(mimetype="video/mp4", caption=caption, seconds=seconds, **file))


def document(file: dict[str, Any], mimetype: str, filename: str, caption: str = "") -> Message:
    return Message(documentMessage=DocumentMessage(mimetype=mimetype, fileName=filename, caption=caption, **file))


def album(pictures: int) -> Message:
    return Message(albumMessage=AlbumMessage(expectedImageCount=pictures))


def in_album(message: Message, chat: str, header: str) -> Message:
    """`message` as a child of an album: the caption may sit on any of them."""
    association = MessageAssociation(
        associationType=MessageAssociation.MEDIA_ALBUM,
        parentMessageKey=MessageKey(remoteJID=chat, fromMe=True, ID=header),
    )
    message.messageContextInfo.CopyFrom(MessageContextInfo(messageAssociation=association))
    return message


def cards(people: Iterable[tuple[str, str]]) -> Message:
    """One or several contact cards, as the phone's own share button makes them."""
    shared = [ContactMessage(displayName=name, vcard=vcard(name, number)) for name, number in people]
    if len(shared) == 1:
        return Message(contactMessage=shared[0])
    return Message(contactsArrayMessage=ContactsArrayMessage(displayName=f"{len(shared)} contacts", contacts=shared))


def vcard(name: str, number: str) -> str:
    digits = number.lstrip("+")
    return (
        f"BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\n"
        f"item1.TEL;waid={digits}:+{digits}\nitem1.X-ABLabel:Mobile\nEND:VCARD"
    )


def reaction(emoji: str, chat: str, target: str, own: bool) -> Message:
    return Message(reactionMessage=ReactionMessage(key=MessageKey(remoteJID=chat, fromMe=own, ID=target), text=emoji))


def revoke(target: str) -> Message:
    key = MessageKey(remoteJID="status@broadcast", fromMe=True, ID=target)
    return Message(protocolMessage=ProtocolMessage(key=key, type=ProtocolMessage.REVOKE))


def opened(plain: bytes) -> Message:
    """What a phone got, without the wrapper for messages written on another device of the same account."""
    message = Message.FromString(plain)
    return message.deviceSentMessage.message if message.HasField("deviceSentMessage") else message


def words(message: Message) -> str:
    """The text of a message, whatever it is: text, caption, edit or reaction."""
    if message.HasField("editedMessage"):
        return words(message.editedMessage.message.protocolMessage.editedMessage)
    candidates = (
        message.conversation,
        message.extendedTextMessage.text,
        message.imageMessage.caption,
        message.documentMessage.caption,
        message.reactionMessage.text,
    )
    return next((found for found in candidates if found), "")


def upload(server: FakeWA, content: bytes, kind: str) -> dict[str, Any]:
    """Put an encrypted file on the double's media host; the fields of the message that point to it."""
    blob, keys = encrypt_media(content, kind)
    return {"directPath": server.put_media(blob), "fileLength": len(content), **keys}


def decrypted_file(message: Message, media: dict[str, bytes]) -> bytes:
    """The file of an image or document message, checked against its MAC and hash."""
    kind = "image" if message.HasField("imageMessage") else "document"
    part = getattr(message, f"{kind}Message")
    blob = media[part.directPath.split("?")[0]]
    keys = hkdf(part.mediaKey, 112, info=MEDIA_INFO[kind])
    iv, cipher_key, mac_key = keys[:16], keys[16:48], keys[48:80]
    encrypted, mac = blob[:-10], blob[-10:]
    if hmac.new(mac_key, iv + encrypted, hashlib.sha256).digest()[:10] != mac:
        raise AssertionError("the MAC of the file is wrong")
    content: bytes = aes_cbc(cipher_key, iv, encrypted, False)
    if hashlib.sha256(content).digest() != part.fileSHA256:
        raise AssertionError("the hash of the file is wrong")
    return content

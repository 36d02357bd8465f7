"""Building and reading `waE2E.Message`s, as phones do."""

from __future__ import annotations

import hashlib
import hmac
import time
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from tests.support.protos import (
    AlbumMessage,
    ContactMessage,
    ContactsArrayMessage,
    ContextInfo,
    DocumentMessage,
    ExtendedTextMessage,
    HistorySync,
    HistorySyncNotification,
    ImageMessage,
    Message,
    MessageAssociation,
    MessageContextInfo,
    MessageKey,
    ProtocolMessage,
    ReactionMessage,
    VideoMessage,
    WebMessageInfo,
)
from tests.whatsapp_double.accounts import Account
from tests.whatsapp_double.crypto import hkdf
from tests.whatsapp_double.phone import MEDIA_INFO, encrypt_media
from tests.whatsapp_double.server import WhatsAppDouble
from tests.whatsapp_double.signal_protocol import aes_cbc


def text(words: str, quoting: str = "", quoted_author: str = "") -> Message:
    if not quoting:
        return Message(conversation=words)
    context = ContextInfo(stanzaID=quoting, participant=quoted_author, quotedMessage=Message(conversation="…"))
    return Message(extendedTextMessage=ExtendedTextMessage(text=words, contextInfo=context))


def reply(words: str, quoting: str, quoted: Message) -> Message:
    """A text that carries the message which it answers, as phones send it."""
    context = ContextInfo(stanzaID=quoting, quotedMessage=quoted)
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


def history(server: WhatsAppDouble, authors: Sequence[Account], message: Message) -> tuple[str, Message]:
    """A history sync with one status of each author, put on the media host: the last status' id, and its notice."""
    number = ""
    sync = HistorySync(syncType=HistorySync.INITIAL_STATUS_V3)
    for author in authors:
        number = f"3EB0HISTORY{author.pn.user}"
        key = MessageKey(remoteJID="status@broadcast", fromMe=False, ID=number, participant=str(author.pn))
        now = int(time.time())
        sync.statusV3Messages.append(WebMessageInfo(key=key, message=message, messageTimestamp=now))
    packed = upload(server, zlib.compress(sync.SerializeToString()), "history")
    notification = HistorySyncNotification(syncType=HistorySync.INITIAL_STATUS_V3, **packed)
    protocol = ProtocolMessage(type=ProtocolMessage.HISTORY_SYNC_NOTIFICATION, historySyncNotification=notification)
    return number, Message(protocolMessage=protocol)


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


def upload(server: WhatsAppDouble, content: bytes, kind: str) -> dict[str, Any]:
    """Put an encrypted file on the double's media host; the fields of the message that point to it."""
    blob, keys = encrypt_media(content, kind)
    return {"directPath": server.media.put(blob), "fileLength": len(content), **keys}


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

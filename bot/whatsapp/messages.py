"""What we say, as WhatsApp's messages: texts, statuses, pictures, documents, reactions, edits."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from neonize.builder import build_edit
from neonize.client import NewClient
from neonize.exc import UploadError
from neonize.proto.Neonize_pb2 import JID
from neonize.proto.waE2E.WAWebProtobufsE2E_pb2 import (
    ContextInfo,
    DocumentMessage,
    ExtendedTextMessage,
    ImageMessage,
    Message,
)
from neonize.utils.enum import MediaType
from PIL import Image

from bot.model.errors import GatewayError
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.outgoing import Outgoing, Quote, SendDocument, SendEdit, SendImage, SendReaction, SendText, ShowTyping

#: The page behind a text status: a dark green, as WhatsApp writes colours (alpha, red, green, blue).
STATUS_BACKGROUND = 0xFF1F6F5C
#: Size of the preview that travels inside an image message, in pixels.
THUMBNAIL_SIDE = 100


def message_of(library: NewClient, to: Jid, what: Outgoing) -> Any:
    """The message that says this; a file is uploaded for it. Raises GatewayError."""
    match what:
        case SendText():
            return _status_text(what) if to == STATUS_CHAT else _text(what)
        case SendImage():
            return _image(library, what)
        case SendDocument():
            return _document(library, what)
        case SendReaction():
            return library.build_reaction(jid_of(to), jid_of(what.author), what.target, what.emoji)
        case SendEdit():
            return build_edit(jid_of(to), what.target, Message(conversation=what.text))
        case ShowTyping():
            raise AssertionError("typing is presence, no message")


def jid_of(jid: Jid) -> Any:
    """Without device part: the library addresses all of an account's devices itself."""
    return JID(User=jid.user, Server=jid.server, Device=0, RawAgent=0, Integrator=0, IsEmpty=False)


def _image(library: NewClient, what: SendImage) -> Any:
    content = _content(what.path)
    width, height, preview = _preview(content)
    image = ImageMessage(
        mimetype=what.mimetype,
        caption=what.caption,
        width=width,
        height=height,
        JPEGThumbnail=preview,
        contextInfo=_context(what.quote),
        **_upload(library, content, MediaType.MediaImage),
    )
    return Message(imageMessage=image)


def _document(library: NewClient, what: SendDocument) -> Any:
    document = DocumentMessage(
        mimetype=what.mimetype,
        title=what.filename,
        fileName=what.filename,
        caption=what.caption,
        contextInfo=_context(what.quote),
        **_upload(library, _content(what.path), MediaType.MediaDocument),
    )
    return Message(documentMessage=document)


def _upload(library: NewClient, content: bytes, kind: MediaType) -> dict[str, Any]:
    try:
        uploaded = library.upload(content, kind)
    except UploadError as error:
        raise GatewayError("media_server", str(error)) from error
    return {
        "URL": uploaded.url,
        "directPath": uploaded.DirectPath,
        "mediaKey": uploaded.MediaKey,
        "fileSHA256": uploaded.FileSHA256,
        "fileEncSHA256": uploaded.FileEncSHA256,
        "fileLength": uploaded.FileLength,
    }


def _text(what: SendText) -> Any:
    """A plain conversation has no room for a quote."""
    if what.quote is None:
        return Message(conversation=what.text)
    return Message(extendedTextMessage=ExtendedTextMessage(text=what.text, contextInfo=_context(what.quote)))


def _status_text(what: SendText) -> Any:
    """WhatsApp shows a text status on a coloured page; a plain conversation would not be shown."""
    return Message(extendedTextMessage=ExtendedTextMessage(text=what.text, backgroundArgb=STATUS_BACKGROUND))


def _context(quote: Quote | None) -> Any:
    if quote is None:
        return None
    return ContextInfo(
        stanzaID=quote.id,
        participant=str(quote.author),
        quotedMessage=Message(conversation=quote.text),
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise GatewayError("no_file", f"{file.name}: {error.strerror}", permanent=True) from error


def _preview(content: bytes) -> tuple[int, int, bytes]:
    """Width, height, and a small JPEG of a picture."""
    with Image.open(BytesIO(content)) as picture:
        width, height = picture.size
        small = picture.convert("RGB")
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        out = BytesIO()
        small.save(out, format="JPEG", quality=70)
    return width, height, out.getvalue()

"""neonize's protobuf events to plain values: pure functions, one for each kind of event.

The objects are those of `neonize.proto`; nothing of neonize is imported here. Units are the library's own:
`MessageInfo.Timestamp` is in milliseconds, receipts and history in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.model.event import (
    AddressLearned,
    Content,
    ContentKind,
    Flag,
    Media,
    MessageSeen,
    PhoneSeen,
    ReceiptKind,
    ReceiptSeen,
    Scope,
)
from bot.model.identity import STATUS_CHAT, Jid
from bot.whatsapp.content import body_of, content_of
from bot.whatsapp.unwrap import Opened, circumstances, unwrap, words

_RECEIPTS = {1: ReceiptKind.DELIVERED, 4: ReceiptKind.READ, 6: ReceiptKind.PLAYED}
#: Wrappers by which a status reaches us through a chat instead of `status@broadcast`.
_STATUS_WRAPPERS = frozenset({"statusMentionMessage", "groupStatusMentionMessage"})


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


def phone_seen(source: Any, at: datetime) -> PhoneSeen | None:
    """A sign of the owner's phone in a message or receipt: it is device 0 of the account, companions have numbers."""
    return PhoneSeen(at) if source.IsFromMe and source.Sender.User and not source.Sender.Device else None


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


def _jid(jid: Any) -> Jid:
    return Jid(words(jid.User), words(jid.Server))


# ------------------------------------------------------------------------------------------------------- content


def _filled(seen: MessageSeen, opened: Opened, flags: set[Flag]) -> MessageSeen | None:
    content = content_of(opened.message)
    if content is None:
        return None
    if Flag.HD in flags and content.media is not None:
        content = replace(content, media=replace(content.media, is_hd=True))
    body = body_of(opened.message)
    context = getattr(body, "contextInfo", None)
    if getattr(body, "viewOnce", False):
        flags.add(Flag.VIEW_ONCE)
    if context is not None:
        flags |= circumstances(context)
    filled = replace(
        seen,
        scope=_scope_by_content(seen, content, opened, flags),
        content=content,
        album=opened.album,
        twin_of=opened.twin_of,
        quoted=words(context.stanzaID) if context is not None else "",
        quoted_author=next(_addresses(context.participant), None) if context is not None else None,
        quoted_media=_quoted_media(context, seen.scope) if context is not None else None,
        mentions=tuple(_addresses(*context.mentionedJID)) if context is not None else (),
        flags=frozenset(flags),
    )
    return filled if filled.scope is Scope.STATUS and Flag.VIEW_ONCE not in flags else _without_thumbnail(filled)


def _quoted_media(context: Any, scope: Scope) -> Media | None:
    """The file of the message that is replied to, which travels with the reply; only a control chat can need it."""
    if scope not in (Scope.SELF, Scope.GROUP) or not context.HasField("quotedMessage"):
        return None
    content = content_of(unwrap(context.quotedMessage).message)
    media = content.media if content is not None else None
    return replace(media, thumbnail="") if media is not None else None


def _addresses(*written: str | bytes) -> Iterator[Jid]:
    """The addresses in a context that are some."""
    for text in map(words, written):
        if "@" in text.strip("@"):
            yield Jid.parse(text)


def _scope_by_content(seen: MessageSeen, content: Content, opened: Opened, flags: set[Flag]) -> Scope:
    """Statuses also come through chats: posted to a group, or to somebody who is mentioned in them."""
    to_group = seen.scope is Scope.GROUP and Flag.GROUP_STATUS in flags
    to_mentioned = seen.scope in (Scope.GROUP, Scope.DIRECT) and not _STATUS_WRAPPERS.isdisjoint(opened.path)
    return Scope.STATUS if to_group or (to_mentioned and content.media is not None) else seen.scope


def _without_thumbnail(seen: MessageSeen) -> MessageSeen:
    media = seen.content.media
    if media is None or not media.thumbnail:
        return seen
    return replace(seen, content=replace(seen.content, media=replace(media, thumbnail="")))

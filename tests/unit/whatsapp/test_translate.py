"""Every kind of message that WhatsApp sends, as neonize hands it over."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from bot.model.event import AddressLearned, ContentKind, Flag, MediaKind, MessageSeen, ReceiptKind, Scope
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.inbox import read_event, write_event
from bot.whatsapp import translate
from bot.whatsapp.content import MAX_THUMBNAIL
from bot.whatsapp.translate import Account
from bot.whatsapp.unwrap import MAX_NESTING
from tests.support import messages
from tests.support.protos import (
    AudioMessage,
    DocumentMessage,
    ExtendedTextMessage,
    FutureProofMessage,
    HistorySync,
    ImageMessage,
    Message,
    MessageContextInfo,
    MessageKey,
    PhoneNumberToLIDMapping,
    PollCreationMessage,
    ProtocolMessage,
    SenderKeyDistributionMessage,
    StickerMessage,
    VideoMessage,
    WebMessageInfo,
    library,
)
from tests.support.statuses import KINDS, VIEW_ONCE, StatusKind, associated, wrapped

ME = Account(Jid("573001200001", "s.whatsapp.net"), Jid("991100000001", "lid"))
ALICE, ALICE_LID = Jid("573001200002", "s.whatsapp.net"), Jid("991100000002", "lid")
POSTED = datetime(2026, 5, 6, 14, 0, 0, 250_000, tzinfo=UTC)

FILE = {
    "directPath": "/v/t62/abc?ccb=1",
    "mediaKey": b"k" * 32,
    "fileSHA256": b"s" * 32,
    "fileEncSHA256": b"e" * 32,
    "fileLength": 1234,
}


def jid(address: Jid | None) -> Any:
    """The library's form; absent ones are there, but empty."""
    user, server = (address.user, address.server) if address else ("", "")
    return library.JID(User=user, RawAgent=0, Device=3, Integrator=0, Server=server, IsEmpty=not address)


def an_info(
    chat: Jid = STATUS_CHAT, sender: Jid = ALICE, alternate: Jid | None = ALICE_LID, from_me: bool = False, **more: Any
) -> Any:
    source = library.MessageSource(
        Chat=jid(chat), Sender=jid(sender), SenderAlt=jid(alternate), RecipientAlt=jid(None),
        BroadcastListOwner=jid(None), IsFromMe=from_me, IsGroup=chat == STATUS_CHAT,
    )  # fmt: skip
    return library.MessageInfo(
        MessageSource=source, ID="3EB0A1", Timestamp=round(POSTED.timestamp() * 1000), Pushname="Alice", **more
    )


def an_event(message: Message, **info: Any) -> Any:
    """A message as the library delivers it; `view_once` and `ephemeral` are what it noted when unwrapping."""
    return library.Message(Info=an_info(**info), Message=message)


def seen(message: Message, **info: Any) -> MessageSeen:
    translated = translate.message_seen(an_event(message, **info), ME)
    assert translated is not None
    assert read_event(json.loads(json.dumps(write_event(translated)))) == translated
    return translated


# ------------------------------------------------------------------------------------------------------- the envelope


def test_a_status_tells_who_posted_it_and_when() -> None:
    status = seen(messages.image(FILE, "our ad"))
    assert (status.id, status.scope, status.chat) == ("3EB0A1", Scope.STATUS, STATUS_CHAT)
    assert status.authors == (ALICE, ALICE_LID)
    assert (status.sent_at, status.push_name, status.from_me) == (POSTED, "Alice", False)


def test_an_author_without_another_address_is_known_by_one() -> None:
    assert seen(Message(conversation="x"), sender=ALICE_LID, alternate=None).authors == (ALICE_LID,)


@pytest.mark.parametrize(
    ("chat", "sender", "alternate", "from_me", "scope"),
    [
        (ME.lid, ME.lid, ME.phone, True, Scope.SELF),
        (ME.phone, ME.lid, ME.phone, True, Scope.SELF),
        (ALICE_LID, ME.lid, ME.phone, True, Scope.DIRECT),
        (ALICE_LID, ALICE_LID, ALICE, False, Scope.DIRECT),
        (Jid("12036302", "g.us"), ALICE_LID, ALICE, False, Scope.GROUP),
        (STATUS_CHAT, ME.lid, ME.phone, True, Scope.STATUS),
    ],
)
def test_the_scope_follows_from_chat_and_author(
    chat: Jid, sender: Jid, alternate: Jid, from_me: bool, scope: Scope
) -> None:
    message = Message(conversation="x")
    assert seen(message, chat=chat, sender=sender, alternate=alternate, from_me=from_me).scope is scope


def test_the_chat_with_oneself_is_known_before_the_own_addresses_are() -> None:
    event = an_event(Message(conversation="x"), chat=ME.lid, sender=ME.lid, alternate=ME.phone, from_me=True)
    translated = translate.message_seen(event, Account())
    assert translated is not None
    assert translated.scope is Scope.SELF


def test_a_message_through_somebodys_broadcast_list_is_a_direct_one() -> None:
    direct = seen(Message(conversation="x"), chat=Jid("1700000000", "broadcast"))
    assert (direct.scope, direct.chat) == (Scope.DIRECT, ALICE)


@pytest.mark.parametrize("info", [{"chat": Jid("1203", "newsletter")}, {"Category": "peer"}])
def test_channels_and_the_phones_housekeeping_are_no_messages(info: dict[str, Any]) -> None:
    assert translate.message_seen(an_event(Message(conversation="x"), **info), ME) is None


# ----------------------------------------------------------------------------------------------------------- content


def content_and_text(message: Message) -> tuple[ContentKind, str]:
    content = seen(message).content
    return content.kind, content.text


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        (Message(conversation="hello"), ContentKind.TEXT, "hello"),
        (Message(extendedTextMessage=ExtendedTextMessage(text="hello")), ContentKind.TEXT, "hello"),
        (messages.image(FILE, "look"), ContentKind.IMAGE, "look"),
        (messages.video(FILE, "look"), ContentKind.VIDEO, "look"),
        (Message(videoMessage=VideoMessage(gifPlayback=True)), ContentKind.VIDEO, ""),
        (Message(ptvMessage=VideoMessage(**FILE)), ContentKind.VIDEO, ""),
        (messages.document(FILE, "image/png", "ad.png", "look"), ContentKind.IMAGE, "look"),
        (messages.document(FILE, "video/mp4", "ad.mp4"), ContentKind.VIDEO, ""),
        (messages.document(FILE, "text/csv", "list.csv", "import"), ContentKind.DOCUMENT, "import"),
        (Message(audioMessage=AudioMessage(PTT=True)), ContentKind.AUDIO, ""),
        (Message(stickerMessage=StickerMessage()), ContentKind.STICKER, ""),
        (Message(pollCreationMessage=PollCreationMessage(name="?")), ContentKind.OTHER, "pollCreationMessage"),
        (Message(statusStickerInteractionMessage={}), ContentKind.REMARK, "statusStickerInteractionMessage"),
        (Message(conditionalRevealMessage={}), ContentKind.UNKNOWN, "conditionalRevealMessage"),
        (Message(), ContentKind.UNKNOWN, "empty"),
    ],
)
def test_kinds_of_content(message: Message, kind: ContentKind, text: str) -> None:
    assert content_and_text(message) == (kind, text)


def test_a_field_newer_than_the_library_is_an_empty_message() -> None:
    """Field 9999 with five bytes, as a newer phone may send it."""
    assert content_and_text(Message.FromString(b"\xfa\xf0\x04\x05hello")) == (ContentKind.UNKNOWN, "empty")


def test_a_sender_key_alone_announces_the_post() -> None:
    key = SenderKeyDistributionMessage(groupID="status@broadcast")
    context = MessageContextInfo(messageSecret=b"x")
    announced = Message(senderKeyDistributionMessage=key, messageContextInfo=context)
    assert content_and_text(announced) == (ContentKind.KEY_ONLY, "")


def test_a_sender_key_beside_the_post_does_not_hide_it() -> None:
    message = messages.image(FILE, "look")
    message.senderKeyDistributionMessage.groupID = "status@broadcast"
    assert content_and_text(message) == (ContentKind.IMAGE, "look")


def test_a_deleted_post_names_what_was_deleted() -> None:
    content = seen(messages.revoke("3EB0OLD")).content
    assert (content.kind, content.target) == (ContentKind.REVOKE, "3EB0OLD")


def test_a_reaction_names_its_message_and_may_be_taken_back() -> None:
    given = seen(messages.reaction("👍", "x@lid", "3EB0OLD", own=True)).content
    assert (given.kind, given.text, given.target) == (ContentKind.REACTION, "👍", "3EB0OLD")
    assert seen(messages.reaction("", "x@lid", "3EB0OLD", own=True)).content.text == ""


def test_an_edit_names_its_message_and_the_new_text() -> None:
    change = ProtocolMessage(
        type=ProtocolMessage.MESSAGE_EDIT, key=MessageKey(ID="3EB0OLD"), editedMessage=Message(conversation="new")
    )
    content = seen(Message(protocolMessage=change)).content
    assert (content.kind, content.text, content.target) == (ContentKind.EDIT, "new", "3EB0OLD")


def test_housekeeping_between_devices_is_no_message() -> None:
    share = Message(protocolMessage=ProtocolMessage(type=ProtocolMessage.APP_STATE_SYNC_KEY_SHARE))
    assert translate.message_seen(an_event(share), ME) is None


def test_shared_cards_give_names_and_numbers() -> None:
    one = seen(messages.cards([("Ana Gómez", "+573001234567")])).content
    assert [(card.name, card.phones) for card in one.cards] == [("Ana Gómez", ("+573001234567",))]
    several = seen(messages.cards([("Ana", "+573001234567"), ("Luis", "+573007654321")])).content
    assert (several.kind, len(several.cards)) == (ContentKind.CARDS, 2)


def test_an_album_announces_its_pictures_and_they_name_the_album() -> None:
    assert seen(messages.album(3)).content.expected == 3
    child = messages.in_album(messages.image(FILE, "caption"), "x@lid", "3EB0ALBUM")
    assert seen(child).album == "3EB0ALBUM"
    wrapped = Message(associatedChildMessage=FutureProofMessage(message=child))
    assert (seen(wrapped).album, seen(wrapped).content.text) == ("3EB0ALBUM", "caption")


def test_an_answer_in_a_chat_of_commands_brings_the_file_that_it_answers() -> None:
    answer = messages.reply("!test", "3EB0OLD", messages.image(FILE, thumbnail=b"small"))
    own = {"chat": ME.phone, "sender": ME.phone, "from_me": True}
    media = seen(answer, **own).quoted_media
    assert media == seen(messages.image(FILE), **own).content.media
    assert seen(answer).quoted_media is None  # a direct message of somebody else
    assert seen(messages.text("yes", quoting="3EB0OLD"), **own).quoted_media is None


def test_an_answer_names_the_message_that_it_quotes() -> None:
    assert seen(messages.text("yes", quoting="3EB0OLD", quoted_author="x@lid")).quoted == "3EB0OLD"


# ------------------------------------------------------------------------------------------------------------- media


def test_media_keeps_what_the_download_needs_and_no_more() -> None:
    message = messages.image(FILE, "a long caption")
    message.imageMessage.scansSidecar = b"sidecar"
    media = seen(message).content.media
    assert media is not None
    assert (media.kind, media.mimetype, media.size) == (MediaKind.IMAGE, "image/jpeg", 1234)
    assert media.sha256 == (b"s" * 32).hex()
    needed = Message.FromString(b64decode(media.payload))
    assert needed == Message(imageMessage=ImageMessage(mimetype="image/jpeg", **FILE))


def thumbnail_of(message: Message, **info: Any) -> str:
    media = seen(message, **info).content.media
    assert media is not None
    return media.thumbnail


def test_a_status_keeps_its_small_picture_unless_it_is_large() -> None:
    assert b64decode(thumbnail_of(messages.image(FILE, thumbnail=b"jpeg"))) == b"jpeg"
    assert thumbnail_of(messages.image(FILE, thumbnail=bytes(MAX_THUMBNAIL + 1))) == ""


def test_chats_and_what_may_be_seen_once_keep_no_small_picture() -> None:
    picture = messages.image(FILE, thumbnail=b"jpeg")
    once = Message(viewOnceMessageV2=FutureProofMessage(message=picture))
    assert thumbnail_of(once) == ""
    assert thumbnail_of(picture, chat=ME.lid, sender=ME.lid, alternate=ME.phone, from_me=True) == ""


def test_a_video_note_downloads_as_a_video() -> None:
    media = seen(Message(ptvMessage=VideoMessage(seconds=7, **FILE))).content.media
    assert media is not None
    assert media.seconds == 7
    assert Message.FromString(b64decode(media.payload)) == Message(videoMessage=VideoMessage(**FILE))


def test_a_picture_sent_as_a_file_downloads_as_a_file() -> None:
    media = seen(messages.document(FILE, "image/png", "ad.png")).content.media
    assert media is not None
    assert (media.kind, media.filename) == (MediaKind.IMAGE, "ad.png")
    needed = Message.FromString(b64decode(media.payload))
    assert needed == Message(documentMessage=DocumentMessage(mimetype="image/png", **FILE))


# ---------------------------------------------------------------------------------------------------------- wrappers


@pytest.mark.parametrize(
    ("wrapper", "flag"),
    [
        ("viewOnceMessage", Flag.VIEW_ONCE),
        ("viewOnceMessageV2", Flag.VIEW_ONCE),
        ("viewOnceMessageV2Extension", Flag.VIEW_ONCE),
        ("ephemeralMessage", Flag.EPHEMERAL),
        ("groupStatusMessage", Flag.GROUP_STATUS),
        ("groupStatusMessageV2", Flag.GROUP_STATUS),
        ("statusMentionMessage", Flag.MENTION),
        ("groupStatusMentionMessage", Flag.MENTION),
        ("statusAddYours", None),
        ("spoilerMessage", None),
        ("groupMentionedMessage", None),
        ("documentWithCaptionMessage", None),
        ("editedMessage", None),
        ("associatedChildMessage", None),
        ("lottieStickerMessage", None),
        ("botInvokeMessage", None),
    ],
)
def test_every_wrapper_is_taken_off(wrapper: str, flag: Flag | None) -> None:
    status = seen(Message(**{wrapper: FutureProofMessage(message=messages.image(FILE, "look"))}))
    assert (status.content.kind, status.content.text) == (ContentKind.IMAGE, "look")
    assert status.flags == (frozenset({flag}) if flag else frozenset())


def test_wrappers_in_wrappers_are_taken_off_and_their_flags_add_up() -> None:
    inner = Message(viewOnceMessageV2=FutureProofMessage(message=messages.image(FILE, "look")))
    outer = Message(groupStatusMessageV2=FutureProofMessage(message=inner))
    assert seen(outer).content.kind is ContentKind.IMAGE
    assert seen(outer).flags == {Flag.GROUP_STATUS, Flag.VIEW_ONCE}


def test_endless_nesting_ends() -> None:
    message = Message(conversation="deep")
    for _ in range(MAX_NESTING + 5):
        message = Message(ephemeralMessage=FutureProofMessage(message=message))
    assert content_and_text(message) == (ContentKind.UNKNOWN, "ephemeralMessage")


def test_what_the_library_noted_when_unwrapping_is_kept() -> None:
    event = an_event(messages.image(FILE))
    event.IsViewOnceV2 = event.IsEphemeral = True
    translated = translate.message_seen(event, ME)
    assert translated is not None
    assert translated.flags == {Flag.VIEW_ONCE, Flag.EPHEMERAL}


def upload(_: str, __: str) -> dict[str, Any]:
    return FILE


@pytest.mark.parametrize("status", [*KINDS, *VIEW_ONCE], ids=lambda status: status.name)
def test_every_kind_of_status_is_known(status: StatusKind) -> None:
    posted = seen(status.build(upload))
    assert (posted.scope, posted.content.kind, posted.flags) == (Scope.STATUS, status.kind, status.flags)
    assert (posted.content.media is not None) == (status.is_picture or status.kind is ContentKind.DOCUMENT)


@pytest.mark.parametrize(
    ("association", "flags"),
    [
        ("HD_IMAGE_DUAL_UPLOAD", {Flag.HD}),
        ("HD_VIDEO_DUAL_UPLOAD", {Flag.HD}),
        ("HEVC_VIDEO_DUAL_UPLOAD", {Flag.HD}),
        ("MOTION_PHOTO", set()),
    ],
)
def test_another_copy_of_a_post_names_the_post(association: str, flags: set[Flag]) -> None:
    child = wrapped("associatedChildMessage", messages.image(FILE))
    copy = seen(associated(child, association, "3EB0POST"))
    assert (copy.post_id, copy.flags) == ("3EB0POST", flags)
    assert seen(messages.image(FILE)).post_id == "3EB0A1"


def test_a_status_to_a_group_or_to_who_is_mentioned_comes_through_a_chat() -> None:
    group = Jid("12036302", "g.us")
    to_group = seen(wrapped("groupStatusMessageV2", messages.image(FILE)), chat=group)
    mentioned = seen(wrapped("statusMentionMessage", messages.image(FILE)), chat=ALICE_LID, sender=ALICE_LID)
    assert (to_group.scope, to_group.chat, to_group.flags) == (Scope.STATUS, group, {Flag.GROUP_STATUS})
    assert (mentioned.scope, mentioned.flags) == (Scope.STATUS, {Flag.MENTION})
    assert seen(messages.image(FILE), chat=group).scope is Scope.GROUP


# ------------------------------------------------------------------------------------------------- the other events


@pytest.mark.parametrize(("unavailable", "kind"), [(True, ContentKind.WITHHELD), (False, ContentKind.UNDECRYPTABLE)])
def test_undecryptable_posts_are_told(unavailable: bool, kind: ContentKind) -> None:
    event = library.UndecryptableMessage(Info=an_info(), IsUnavailable=unavailable)
    translated = translate.undecryptable_seen(event, ME)
    assert translated is not None
    assert (translated.id, translated.content.kind) == ("3EB0A1", kind)


@pytest.mark.parametrize(
    ("number", "from_me", "kind"),
    [
        (1, False, ReceiptKind.DELIVERED),
        (4, False, ReceiptKind.READ),
        (6, False, ReceiptKind.PLAYED),
        (2, False, ReceiptKind.OTHER),
        (3, False, ReceiptKind.OTHER),
        (9, False, ReceiptKind.OTHER),
        (1, True, ReceiptKind.OTHER),
    ],
)
def test_receipts_tell_how_far_messages_came(number: int, from_me: bool, kind: ReceiptKind) -> None:
    source = an_info(chat=ALICE_LID, sender=ALICE_LID, from_me=from_me).MessageSource
    seconds = int(POSTED.timestamp())
    receipt = translate.receipt_seen(
        library.Receipt(MessageSource=source, MessageIDs=["A", "B"], Timestamp=seconds, Type=number)
    )
    assert (receipt.ids, receipt.kind, receipt.reader) == (("A", "B"), kind, ALICE_LID)
    assert receipt.at == POSTED.replace(microsecond=0)
    assert read_event(write_event(receipt)) == receipt


def a_posted(message: Message, **more: Any) -> WebMessageInfo:
    key = MessageKey(remoteJID="status@broadcast", ID="3EB0A1", participant=str(ALICE), fromMe=False)
    return WebMessageInfo(key=key, message=message, messageTimestamp=int(POSTED.timestamp()), **more)


def test_statuses_of_the_history_are_unwrapped_and_marked() -> None:
    wrapped = Message(ephemeralMessage=FutureProofMessage(message=messages.image(FILE, "look")))
    sync = HistorySync(syncType=HistorySync.INITIAL_STATUS_V3, statusV3Messages=[a_posted(wrapped, pushName="Alice")])

    (status,) = translate.history_statuses(library.HistorySync(Data=sync), ME)

    assert (status.scope, status.author, status.content.text) == (Scope.STATUS, ALICE, "look")
    assert status.sent_at == POSTED.replace(microsecond=0)
    assert status.flags == {Flag.HISTORY, Flag.EPHEMERAL}


def test_own_statuses_of_the_history_are_known_as_such() -> None:
    own = a_posted(messages.image(FILE))
    own.key.fromMe = True
    (status,) = translate.history_statuses(library.HistorySync(Data=HistorySync(statusV3Messages=[own])), ME)
    assert (status.from_me, status.author) == (True, ME.phone)


def test_a_status_of_the_history_without_content_or_author_is_left_out() -> None:
    nobody = a_posted(messages.image(FILE))
    nobody.key.participant = ""
    empty = a_posted(messages.image(FILE))
    empty.ClearField("message")
    sync = HistorySync(statusV3Messages=[nobody, empty])
    assert translate.history_statuses(library.HistorySync(Data=sync), ME) == []


def test_the_history_tells_which_numbers_and_lids_belong_together() -> None:
    pairs = [
        PhoneNumberToLIDMapping(pnJID=str(ALICE), lidJID=str(ALICE_LID)),
        PhoneNumberToLIDMapping(pnJID="", lidJID="x"),
    ]
    sync = library.HistorySync(Data=HistorySync(phoneNumberToLidMappings=pairs))
    assert translate.history_addresses(sync) == [AddressLearned(ALICE, ALICE_LID)]


REAL = [
    message.SerializeToString()
    for message in (
        messages.image(FILE, "look"),
        messages.cards([("Ana", "+573001234567")]),
        messages.in_album(messages.video(FILE), "x@lid", "3EB0ALBUM"),
        Message(viewOnceMessageV2=FutureProofMessage(message=messages.image(FILE))),
    )
]


@given(st.sampled_from(REAL), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
def test_damaged_and_hostile_bytes_never_break_the_translation(real: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(real)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    try:
        message = Message.FromString(bytes(damaged))
    except DecodeError:
        return  # the library would not have delivered it
    translated = translate.message_seen(an_event(message), ME)
    if translated is not None:
        assert read_event(json.loads(json.dumps(write_event(translated)))) == translated

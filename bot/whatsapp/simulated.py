"""A WhatsApp without a phone and without a network: for the demo and for fast tests.

It takes the same road as the real one: what people post goes through the inbox journal, media are downloaded by their
payload, and what the bot sends is handed to whoever listens.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.model.errors import GatewayError
from bot.model.event import Card, Content, ContentKind, Event, Media, MediaKind, MessageSeen, Scope
from bot.model.identity import STATUS_CHAT, Jid, Phone
from bot.model.inbox import write_event
from bot.model.link import Link, LinkState
from bot.model.outgoing import Outgoing, Sent, ShowTyping
from bot.model.watched import Watched
from bot.whatsapp.sieve import Sieve
from storage.journal import JournalWriter


@dataclass(frozen=True)
class Said:
    """Something that the bot sent."""

    to: Jid
    what: Outgoing
    sent: Sent


class SimulatedGateway:
    """ports.Gateway that is linked from the start; `receive` brings events in, `on_said` gets what the bot sends.

    `above` is the number up to which the journal was read.
    """

    def __init__(
        self,
        journal: Path,
        owner: Phone,
        clock: Clock,
        wake: Callable[[], None],
        on_said: Callable[[Said], None] = lambda said: None,
        above: int = 0,
    ) -> None:
        self._writer = JournalWriter(journal, above=above)
        self._clock, self._wake, self._on_said = clock, wake, on_said
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.files: dict[str, bytes] = {}  #: the media host, by payload
        self._link = Link(LinkState.CONNECTED, clock.now(), owner.jid, lid_of(owner))
        self._transitions = [self._link]
        self.owner = owner
        self._sieve = Sieve(clock.monotonic)

    def start(self) -> None:
        self._wake()

    def stop(self) -> None:
        self._writer.close()

    def link(self) -> Link:
        return self._link

    def transitions(self) -> list[Link]:
        with self._lock:
            told, self._transitions = self._transitions, []
        return told

    def become(self, state: LinkState, reason: int = 0) -> None:
        """The link changes."""
        with self._lock:
            self._link = replace(self._link, state=state, since=self._clock.now(), reason=reason)
            self._transitions.append(self._link)
        self._wake()

    def send(self, to: Jid, what: Outgoing) -> Sent:
        if self._link.state is not LinkState.CONNECTED:
            raise GatewayError("not_connected")
        sent = Sent(self.new_id("SIM"), self._clock.now())
        if not isinstance(what, ShowTyping):
            self._on_said(Said(to, what, sent))
        return sent

    def download(self, media: Media, target: Path, deadline: timedelta) -> None:
        target.write_bytes(self.view(media, deadline))

    def view(self, media: Media, deadline: timedelta) -> bytes:
        try:
            return self.files[media.payload]
        except KeyError:
            raise GatewayError("expired", "the simulated media host has no such file", permanent=True) from None

    def find(self, phone: Jid) -> Jid | None:
        return lid_of(Phone(f"+{phone.user}"))

    def pairing_code(self, phone: str) -> str:
        raise GatewayError("already_linked", permanent=True)

    def logout(self) -> None:
        self.become(LinkState.LOGGED_OUT)

    def reconnect(self) -> None:
        self.become(LinkState.CONNECTED)

    def use_proxy(self, proxy: str) -> None:
        self.reconnect()

    def watch(self, watched: Watched) -> None:
        for released in self._sieve.watch(watched):
            self.receive_document(write_event(released))

    def receive(self, event: Event) -> None:
        """Something arrives from WhatsApp."""
        sifted = self._sieve.sift(event, lambda jid: jid in (self._link.account, self._link.account_lid))
        if sifted is not None:
            self.receive_document(write_event(sifted))

    def receive_document(self, document: dict[str, Any]) -> None:
        """A record of the journal as it is."""
        self._writer.append(document)
        self._wake()

    def upload(self, content: bytes, kind: MediaKind, mimetype: str, filename: str = "") -> Media:
        """Put a file on the simulated media host."""
        sha256 = hashlib.sha256(content).hexdigest()
        payload = base64.b64encode(sha256.encode()).decode()
        self.files[payload] = content
        return Media(kind, mimetype, len(content), sha256, payload, filename=filename)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):06d}"


class SimulatedPerson:
    """Somebody with a phone: the owner, or a contact."""

    def __init__(self, gateway: SimulatedGateway, clock: Clock, name: str, phone: Phone) -> None:
        self._gateway, self._clock = gateway, clock
        self.name, self.phone = name, phone

    def post_image(self, picture: bytes, caption: str = "") -> str:
        media = self._gateway.upload(picture, MediaKind.IMAGE, "image/jpeg")
        return self._post(Content(ContentKind.IMAGE, caption, media))

    def post_video(self, video: bytes, caption: str = "") -> str:
        media = self._gateway.upload(video, MediaKind.VIDEO, "video/mp4")
        return self._post(Content(ContentKind.VIDEO, caption, media))

    def post_text(self, text: str) -> str:
        return self._post(Content(ContentKind.TEXT, text))

    def write(self, text: str) -> str:
        """A direct message to the bot's owner, as the linked account receives it."""
        return self._deliver(Scope.DIRECT, self.phone.jid, Content(ContentKind.TEXT, text))

    def say_in(self, group: Jid, text: str) -> str:
        """A text in a group that the bot's owner is in too."""
        return self._deliver(Scope.GROUP, group, Content(ContentKind.TEXT, text))

    def note(self, text: str = "", *, cards: tuple[Card, ...] = ()) -> str:
        """The owner writes to themselves: the control chat."""
        content = Content(ContentKind.CARDS, text, cards=cards) if cards else Content(ContentKind.TEXT, text)
        return self._deliver(Scope.SELF, self._gateway.owner.jid, content)

    def note_images(self, pictures: list[bytes], caption: str = "", *, caption_on: int = 0) -> list[str]:
        """The owner sends pictures to themselves: one by itself, several as an album."""
        chat, album, ids = self._gateway.owner.jid, "", []
        if len(pictures) > 1:
            album = self._deliver(Scope.SELF, chat, Content(ContentKind.ALBUM, expected=len(pictures)))
        for position, picture in enumerate(pictures):
            media = self._gateway.upload(picture, MediaKind.IMAGE, "image/jpeg")
            words = caption if position == caption_on else ""
            ids.append(self._deliver(Scope.SELF, chat, Content(ContentKind.IMAGE, words, media), album))
        return ids

    def note_document(self, content: bytes, mimetype: str, filename: str, caption: str = "") -> str:
        """The owner sends a document to themselves."""
        media = self._gateway.upload(content, MediaKind.DOCUMENT, mimetype, filename)
        return self._deliver(Scope.SELF, self._gateway.owner.jid, Content(ContentKind.DOCUMENT, caption, media))

    def _post(self, content: Content) -> str:
        return self._deliver(Scope.STATUS, STATUS_CHAT, content)

    def _deliver(self, scope: Scope, chat: Jid, content: Content, album: str = "") -> str:
        message_id = self._gateway.new_id("MSG")
        self._gateway.receive(
            MessageSeen(
                id=message_id,
                scope=scope,
                chat=chat,
                author=self.phone.jid,
                author_alt=lid_of(self.phone),
                from_me=self.phone == self._gateway.owner,
                sent_at=self._clock.now(),
                content=content,
                push_name=self.name,
                album=album,
            )
        )
        return message_id


def lid_of(phone: Phone) -> Jid:
    """A LID for a simulated account."""
    return Jid(str(int(phone.number.lstrip("+")) % 10**12 + 10**14), "lid")

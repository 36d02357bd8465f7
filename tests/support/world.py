"""A small WhatsApp world for end-to-end tests: the owner's phone, contacts, and the command that leads the bot there.

Everything goes through the real neonize library, in the product's own process, against the loopback double.
Nothing here sleeps: every wait is for a condition.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.support import messages
from tests.whatsapp_double.accounts import Account, Device
from tests.whatsapp_double.connection import Connection
from tests.whatsapp_double.phone import Phone
from tests.whatsapp_double.server import WhatsAppDouble
from tests.whatsapp_double.stanza import Jid, Node

T = TypeVar("T")

#: Generous: a loaded machine may be slow, and a passing wait ends at once.
PATIENCE = 120.0

RUNNER = Path(__file__).parents[1] / "whatsapp_double" / "run_worker.py"


class World:
    """The double, the owner with a phone, and any number of contacts."""

    def __init__(self, folder: Path) -> None:
        self.server = WhatsAppDouble(folder).start()
        self._people = 0
        self.phone = self.add_person("Owner")
        self.owner = self.phone.account

    def close(self) -> None:
        self.server.stop()

    def add_person(self, name: str) -> Person:
        """Somebody with a phone; numbers are Colombian mobiles that can exist."""
        self._people += 1
        account = self.server.add_account(f"5730012{self._people:05d}", f"9911{self._people:08d}", name)
        return Person(self, account)

    def add_group(self, *people: Person) -> Jid:
        """A group of the owner and these people."""
        return self.server.groups.add([self.owner, *(person.account for person in people)])

    # --------------------------------------------------------------------------------------- leading a process here

    def worker_command(self) -> tuple[str, ...]:
        """The command line for `TESTIGO_WORKER_COMMAND` (as a JSON list) or WorkerGateway's `command`."""
        server = self.server
        return (
            sys.executable, str(RUNNER), "--ca", str(server.ca_file), "--proxy", server.proxy_url,
            "--root", server.root_key.hex(),
        )  # fmt: skip

    def scan(self, qr: str) -> Device:
        """The owner scans a QR code with the phone; returns the device that is linked then."""
        return self.server.call(self.server.pairing.scan(qr, self.owner))

    def enter_code(self, code: str) -> Device:
        """The owner types a pairing code on the phone."""
        return self.server.call(self.server.pairing.enter_code(code, self.owner))

    @property
    def companions(self) -> list[Device]:
        """The owner's linked devices: the bot, once it is linked."""
        return [device for number, device in self.owner.devices.items() if number]

    @property
    def bot(self) -> Device:
        return self.companions[-1]

    def send_history(self, authors: Sequence[Person], message: Any) -> str:
        """The phone hands its statuses of the last day to the bot, one by each author; returns the last one's id."""
        key, notification = messages.history(self.server, [author.account for author in authors], message)
        peer = self.phone.phone.send_peer(self.bot, notification.SerializeToString())
        self.server.call(peer)
        return key

    def share_app_state(self, push_name: str) -> None:
        """The phone shares the account's settings: until its push name is known the bot cannot show presence."""
        state = self.owner.app_state
        self.server.call(self.phone.phone.send_peer(self.bot, state.key_share()))
        state.set_push_name(push_name)
        self.server.call(self.server.router.announce_app_state(self.bot, "critical_block"))

    @contextmanager
    def withheld_acknowledgements(self) -> Iterator[None]:
        """What the bot sends arrives, and the bot is not told."""
        self.server.router.withholds_acknowledgements = True
        yield
        self.server.router.withholds_acknowledgements = False

    @contextmanager
    def silent_media(self) -> Iterator[None]:
        """The media host takes requests and answers nothing."""
        self.server.media.is_silent = True
        yield
        self.server.media.is_silent = False

    @property
    def unanswered_downloads(self) -> int:
        """How many requests for files the silent media host has taken."""
        return [status for _, _, status in self.server.media.requests].count(0)

    def address_statuses(self, by_lid: bool, tells_both: bool) -> None:
        """How WhatsApp names the authors of statuses: by LID or phone number, with the other one or without."""
        self.server.router.statuses_by_lid, self.server.router.statuses_tell_both = by_lid, tells_both

    def refuse_logins(self, reason: int, **attributes: str) -> None:
        """Answer the bot's logins with a failure, and cut its connection so that it logs in now."""
        failure = Node("failure", {"reason": str(reason), **attributes})
        bot = self.bot
        self.server.on_login = lambda device: [failure] if device is bot else None
        self.drop_connection()

    def accept_logins(self) -> None:
        self.server.on_login = lambda device: None

    def tell_bot(self, node: Node) -> None:
        """Send a stanza to the bot as the server."""
        self.server.call(self._connection.send(node))

    @property
    def _connection(self) -> Connection:
        assert self.bot.connection is not None, "the bot is not connected"
        return self.bot.connection

    def drop_connection(self) -> None:
        """Cut the bot's connection, as a lost network does."""
        self.server.call(self._connection.drop())

    def wait(self, condition: Callable[[], T], what: str = "", timeout: float = PATIENCE) -> T:
        """Wait for a condition on the double's side; raises TimeoutError naming `what`."""
        try:
            return self.server.wait(condition, timeout)
        except TimeoutError:
            raise TimeoutError(f"in vain: {what or condition}; the phone got {self.phone.texts[-4:]}") from None

    def wait_until_online(self) -> None:
        """The bot is connected and takes messages."""
        self.wait(lambda: any(device.live for device in self.companions), "the bot to be online")


class Person:
    """An account and its phone, which really encrypts and decrypts."""

    def __init__(self, world: World, account: Account) -> None:
        self._world = world
        self.account = account
        self.phone = Phone(world.server, account)

    @property
    def number(self) -> str:
        """E.164, e.g. `+573001200001`."""
        return f"+{self.account.pn.user}"

    @property
    def lid(self) -> str:
        return str(self.account.lid)

    # ------------------------------------------------------------------------------------------------- chat messages

    def say(self, text: str, to: Person | None = None, quoting: str = "", quoted_author: str = "") -> str:
        """Write a text: the owner to themselves by default, anybody else to the owner. Returns the message id."""
        return self.send(messages.text(text, quoting, quoted_author), to)

    def say_in(self, group: Jid, text: str) -> str:
        """Write a text in a group."""
        message = messages.text(text).SerializeToString()
        return self._world.server.call(self.phone.send_to_group(group, message))

    def send(self, message: Any, to: Person | None = None, kind: str = "text") -> str:
        target = (to or self._world.phone).account.pn
        sending = self.phone.send(target, message.SerializeToString(), kind)
        return self._world.server.call(sending)

    def send_image(self, picture: bytes, caption: str = "", to: Person | None = None) -> str:
        return self.send(self._image(picture, caption), to, kind="media")

    def forward_and_answer(self, picture: bytes, answer: str) -> str:
        """A picture without a word, as it is forwarded, and a text in reply to it."""
        message = self._image(picture, "")
        forwarded = self.send(message, kind="media")
        return self.send(messages.reply(answer, forwarded, message))

    def send_document(self, content: bytes, mimetype: str, filename: str, caption: str = "") -> str:
        message = messages.document(self._upload(content, "document"), mimetype, filename, caption)
        return self.send(message, kind="media")

    def send_album(self, pictures: Sequence[bytes], captions: dict[int, str] | None = None) -> list[str]:
        """An album: its header, then the pictures; returns the ids of all, the header's first."""
        header = self.send(messages.album(len(pictures)))
        images = [self._image(picture, (captions or {}).get(place, "")) for place, picture in enumerate(pictures)]
        key = (str(self.account.lid), header)
        return [header, *(self.send(messages.in_album(image, *key), kind="media") for image in images)]

    def share_cards(self, *people: tuple[str, str]) -> str:
        """Share contact cards: (name, number in E.164) each."""
        return self.send(messages.cards(people), kind="media")

    def react(self, emoji: str, target: str, own: bool = False) -> str:
        return self.send(messages.reaction(emoji, str(self._world.owner.lid), target, own), kind="reaction")

    # ------------------------------------------------------------------------------------------------------- statuses

    def post_image(self, picture: bytes, caption: str = "", **options: Any) -> str:
        """Post an image status that the owner may see; returns its id."""
        return self.post(self._image(picture, caption), mediatype="image", **options)

    def post_video(self, video: bytes, caption: str = "", seconds: int = 3, **options: Any) -> str:
        message = messages.video(self._upload(video, "video"), caption, seconds)
        return self.post(message, mediatype="video", **options)

    def post_text(self, text: str) -> str:
        return self.post(messages.text_status(text), mediatype=None, kind="text")

    def post(self, message: Any, **options: Any) -> str:
        posting = self.phone.post_status(message.SerializeToString(), [self._world.owner], **options)
        return self._world.server.call(posting)

    def delete_status(self, target: str) -> str:
        return self.post(messages.revoke(target), mediatype=None, kind="text")

    # ---------------------------------------------------------------------------------------------- what was received

    @property
    def inbox(self) -> list[Any]:
        """The messages that this phone got and could decrypt (`waE2E.Message`), oldest first.

        In the chat with itself an account gets a message once as the reader and once as another device of the writer;
        phones show a message id once.
        """
        by_id = {got.node.a("id"): got.plain for got in self.phone.inbox if got.plain}
        return [messages.opened(plain) for plain in by_id.values()]

    @property
    def texts(self) -> list[str]:
        """The words of the messages got: texts, captions, edits; empty for the rest."""
        return [messages.words(message) for message in self.inbox]

    def wait_for_text(self, part: str, timeout: float = PATIENCE) -> str:
        """Wait until a message that contains `part` has come; returns its words."""

        def found() -> str | None:
            return next((text for text in reversed(self.texts) if part in text), None)

        return str(self._world.wait(found, f"a message with {part!r}", timeout))

    def file_of(self, message: Any) -> bytes:
        """The decrypted file of an image or document message."""
        return messages.decrypted_file(message, self._world.server.media.files)

    def _image(self, picture: bytes, caption: str) -> Any:
        return messages.image(self._upload(picture, "image"), caption)

    def _upload(self, content: bytes, kind: str) -> dict[str, Any]:
        return messages.upload(self._world.server, content, kind)

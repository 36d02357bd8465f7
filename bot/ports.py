"""The outside world as the flows see it: what WhatsApp and the matcher must be able to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from bot.model.alert import Severity
from bot.model.chat import Advice, Evidence
from bot.model.event import Media
from bot.model.identity import Jid
from bot.model.link import Link
from bot.model.outgoing import Outgoing, Sent
from bot.model.watched import Watched

#: Carries an alert (title, text, severity) outside WhatsApp; blocks up to half a minute, raises when it was not taken.
Channel = Callable[[str, str, Severity], None]


class Gateway(Protocol):
    """The link to WhatsApp. Received messages do not come through here: they are in the inbox journal.

    Every call may be made from any thread. Calls that need WhatsApp block at most their deadline and raise
    GatewayError. `on_wake` given at construction is called (from any thread) when the journal or the link changed.
    """

    def start(self) -> None:
        """Start the WhatsApp process and keep it alive; returns at once."""

    def stop(self) -> None:
        """End the WhatsApp process within 10 s, whatever it is doing; may be called twice."""

    def link(self) -> Link:
        """The link as it is now; never blocks."""

    def transitions(self) -> list[Link]:
        """The links since the last call, oldest first: none is lost between two calls."""

    def watch(self, watched: Watched) -> None:
        """Whom to listen to from now on; never blocks. Until the first call everybody is listened to."""

    def send(self, to: Jid, what: Outgoing) -> Sent:
        """Send to a chat; raises GatewayError (`in_doubt` when it may have gone out)."""

    def download(self, media: Media, target: Path, deadline: timedelta) -> None:
        """Write the decrypted file to `target`; raises GatewayError (`permanent` for expired or refused media)."""

    def view(self, media: Media, deadline: timedelta) -> bytes:
        """The decrypted file itself, written nowhere; raises GatewayError as `download`."""

    def find(self, phone: Jid) -> Jid | None:
        """The LID of the account with this number, None when it is not on WhatsApp; raises GatewayError."""

    def pairing_code(self, phone: str) -> str:
        """Ask for an eight-character code for the owner's phone number, instead of the QR."""

    def logout(self) -> None:
        """Unlink this device."""

    def reconnect(self) -> None:
        """Start the WhatsApp process again now, also out of a state that waits for a person."""

    def use_proxy(self, proxy: str) -> None:
        """Start the WhatsApp process again, from now on through this proxy; an empty text is none."""


class Score(Protocol):
    """How well one picture was found in a status."""

    @property
    def frame_id(self) -> str: ...  # the picture's SHA-256
    @property
    def score(self) -> float: ...  # 0-100
    @property
    def quad(self) -> Any: ...  # 4 x 2 corners in the picture's pixels, or None
    @property
    def time(self) -> float | None: ...  # seconds into the video


#: Whether these scores, the best of each picture so far and the surest first, tell all that is asked of a video.
Enough = Callable[[Sequence[Score]], bool]


class Matcher(Protocol):
    """Finds pictures in media; thread-safe. Raises UnreadableMedia for files that hold nothing to look at.

    A picture goes by the SHA-256 of its file: the same picture in two campaigns is looked for once.
    """

    def describe(self, sha256: str, picture: bytes) -> Description:
        """Read a picture, compare it with those that are looked for, and look for it too from now on."""

    def load(self, sha256: str, features: bytes) -> None:
        """Look for a picture from now on; `features` as `describe` gave them, or UnreadableMedia."""

    def remove(self, sha256: str) -> None:
        """Look for a picture no longer."""

    def match(
        self, media: bytes, kind: Literal["image", "video"], among: Collection[str], enough: Enough
    ) -> Sequence[Score]:
        """Compare an `image` or `video` with some of the pictures; the best first.

        A video is watched until what was found in it so far is `enough`.
        """

    def draw(self, frame: bytes, media: bytes, evidence: Evidence) -> bytes:
        """The evidence as a JPEG that a phone can show."""


@dataclass(frozen=True)
class Description:
    """A picture as the matcher sees it; `features` is opaque and can be stored."""

    features: bytes
    width: int  #: pixels
    height: int
    advice: tuple[Advice, ...]

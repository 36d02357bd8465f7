"""The link to WhatsApp, from the bot's side: what is asked of the WhatsApp process, by whichever thread."""

from __future__ import annotations

import sys
from base64 import b64decode
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.model.document import from_document
from bot.model.errors import GatewayError
from bot.model.event import Media
from bot.model.identity import Jid
from bot.model.link import Link, LinkState
from bot.model.outgoing import Outgoing, Sent
from bot.model.watched import Watched
from bot.whatsapp.happenings import Hangs, Patience, Reconnect
from bot.whatsapp.protocol import Configuration, Do, write_outgoing
from bot.whatsapp.supervisor import Supervisor

WORKER_COMMAND = (sys.executable, "-m", "bot.whatsapp.worker")


class WorkerGateway:
    """`bot.ports.Gateway` on a WhatsApp process. `on_wake` is called when the journal or the link has changed.

    `above` is the number up to which the journal was read, which the journal itself may have forgotten.
    """

    def __init__(
        self,
        session: Path,
        journal: Path,
        clock: Clock,
        on_wake: Callable[[], None],
        *,
        proxy: str = "",
        device_name: str = "Testigo",
        above: int = 0,
        command: Sequence[str] = WORKER_COMMAND,
        patience: Patience | None = None,
    ) -> None:
        self._patience = patience or Patience()
        configuration = Configuration("", "", session.absolute(), journal.absolute(), device_name, proxy, above)
        self._supervisor = Supervisor(configuration, command, clock, self._patience, on_wake)

    # ------------------------------------------------------------------------------------------------------- the port

    def start(self) -> None:
        self._supervisor.start()

    def stop(self) -> None:
        self._supervisor.stop()

    def link(self) -> Link:
        return self._supervisor.link

    def transitions(self) -> list[Link]:
        return self._supervisor.transitions()

    def watch(self, watched: Watched) -> None:
        self._supervisor.watch(watched)

    def send(self, to: Jid, what: Outgoing) -> Sent:
        answer = self._ask(Do.SEND, self._patience.send, in_doubt=True, to=str(to), what=write_outgoing(what))
        return from_document(Sent, answer)

    def download(self, media: Media, target: Path, deadline: timedelta) -> None:
        self._fetch(Do.DOWNLOAD, media, deadline, target=str(target.absolute()))

    def view(self, media: Media, deadline: timedelta) -> bytes:
        return b64decode(self._fetch(Do.VIEW, media, deadline))

    def _fetch(self, do: Do, media: Media, deadline: timedelta, **facts: Any) -> Any:
        """The process has two ways to get a file, one after the other; a large one gets more time than `deadline`."""
        each = deadline + timedelta(seconds=media.size / self._patience.slowest_download)
        whole = 2 * each + self._patience.download_slack
        return self._ask(do, whole, payload=media.payload, size=media.size, seconds=each.total_seconds(), **facts)

    def find(self, phone: Jid) -> Jid | None:
        """A look-up that gets no answer is given up by itself: WhatsApp is slow with those, and all else may work."""
        lid: str | None = self._ask(Do.FIND, self._patience.find, is_vital=False, phone=str(phone))
        return Jid.parse(lid) if lid else None

    def pairing_code(self, phone: str) -> str:
        digits = "".join(sign for sign in phone if sign.isdigit())
        self._wait_until_linkable()
        code: str = self._ask(Do.PAIRING_CODE, self._patience.pairing_code, phone=digits)
        return code

    def logout(self) -> None:
        self._ask(Do.LOGOUT, self._patience.logout)

    def reconnect(self) -> None:
        self._supervisor.tell(Reconnect())

    def use_proxy(self, proxy: str) -> None:
        self._supervisor.use_proxy(proxy)

    @property
    def process_id(self) -> int | None:
        """The WhatsApp process that runs now."""
        child = self._supervisor.child
        return child.pid if child else None

    # ---------------------------------------------------------------------------------------------------------------

    def _wait_until_linkable(self) -> None:
        """Codes can be asked for only once the first QR code is there."""
        settled = (LinkState.QR_SHOWN, LinkState.PAIRING_CODE, LinkState.CONNECTED)
        self._supervisor.wait_for(
            lambda link: link.state in settled or link.needs_a_person, self._patience.pairing_code
        )

    def _ask(self, do: Do, deadline: timedelta, *, in_doubt: bool = False, is_vital: bool = True, **facts: Any) -> Any:
        """Ask the process. One that does not answer something vital in time hangs in the library, and is replaced."""
        child = self._supervisor.child
        if child is None:
            raise GatewayError("not_connected")
        try:
            return child.request(do, deadline.total_seconds(), **facts)
        except TimeoutError as error:
            if is_vital:
                self._supervisor.tell(Hangs(child, str(error)))
            raise GatewayError("deadline", str(error), in_doubt=in_doubt) from error
        except GatewayError as error:
            if error.in_doubt and not in_doubt:
                raise GatewayError(error.reason, error.detail) from error
            raise

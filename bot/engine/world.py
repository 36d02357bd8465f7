"""What the engine works with, and what it does about its own bugs."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import Clock
from bot.flows import alerts
from bot.flows.control import Dispatcher
from bot.flows.papers import Maker
from bot.flows.policy import Rules
from bot.i18n import Catalogue
from bot.logs import fields
from bot.machine import Machine
from bot.model.alert import Severity
from bot.model.incident import DeadLetter
from bot.model.proxy import Reached
from bot.ports import Channel, Gateway, Matcher
from storage.errors import StoreError
from storage.full_backup import Parts
from storage.journal import JournalReader
from storage.media import MediaStore
from storage.tables import Tables

log = logging.getLogger(__name__)

#: Seconds for which a part of the engine that failed is left alone.
REST = 60.0
NEVER = float("-inf")


@dataclass(frozen=True)
class World:
    """Store, WhatsApp, matcher, commands: built by `wiring`, used by the engine's parts."""

    tables: Tables
    media: MediaStore
    journal: JournalReader
    gateway: Gateway
    matcher: Matcher
    dispatcher: Dispatcher
    catalogue: Catalogue
    clock: Clock
    random: Random
    policy: Callable[[], Rules]
    makers: Mapping[str, Maker]  #: of papers, by their kind
    backups: Path  #: folder of the daily copies
    wake: Callable[[], None]  #: ends the engine's pause; may be called from any thread
    vault: Parts | None = None  #: all that is backed up; None: the records alone
    own_proxy: str = ""  #: the settings'; one set in the chat wins
    try_proxy: Callable[[str], tuple[Reached, ...]] = field(default=lambda proxy: ())
    machine: Callable[[], Machine] = Machine  #: what it has left
    channels: Mapping[str, Channel] = field(default_factory=dict)  #: for alerts, besides the control chat
    resting: dict[str, float] = field(default_factory=dict)  #: parts that failed, and until when they rest

    @property
    def rules(self) -> Rules:
        """What is to be done how, at this moment."""
        return self.policy()

    def now(self) -> datetime:
        return self.clock.now()

    def step(self, what: str, act: Callable[[], None], settle: Callable[[str], None], document: Any = None) -> None:
        """Do one step in one transaction; a bug rolls it back, is kept as a dead letter, and `settle` ends the matter.

        `settle` gets the reference that is also in the log, in a transaction of its own. Trouble of the store itself
        is no bug: it flies, and the bot stops cleanly.
        """
        try:
            with self.tables.store.transaction():
                act()
        except StoreError:
            raise
        except Exception as bug:  # noqa: BLE001 - whatever it is, what comes behind it must go on
            self.tables.rolled_back()
            reference = self.bury(what, bug, document)
            with self.tables.store.transaction():
                settle(reference)

    def guard(self, what: str, act: Callable[[], bool]) -> bool:
        """Do a part of the engine's round that is no step; a bug is kept once, and the part rests for a while.

        What it would have done is still due afterwards, and the rest of the bot goes on meanwhile.
        """
        if self.resting.get(what, NEVER) > self.clock.monotonic():
            return False
        try:
            return act()
        except StoreError:
            raise
        except Exception as bug:  # noqa: BLE001 - as above
            self.tables.rolled_back()
            if what not in self.resting:
                self.bury(what, bug)
            self.resting[what] = self.clock.monotonic() + REST
            return False

    def bury(self, what: str, bug: BaseException, document: Any = None) -> str:
        """Keep a bug as a dead letter; returns its reference."""
        reference = secrets.token_hex(4).upper()
        where_and_why = "".join(traceback.format_exception(bug))
        log.error("bug: see the traceback", exc_info=bug, extra=fields(reference=reference, step=what))
        kept = document if isinstance(document, dict) else {}
        with self.tables.store.transaction():
            self.tables.dead_letters.add(DeadLetter(0, reference, self.now(), what, where_and_why, kept))
            alerts.happened(
                self.tables, self.now(), f"fault:{what.rstrip('0123456789')}", Severity.WARNING, where=what,
                reference=reference,
            )  # fmt: skip
        return reference

"""The only place that names concrete classes: settings in, a bot that is ready to run out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random

from bot import alert_channels, proxy_list
from bot.board import Board
from bot.clock import Clock, SystemClock
from bot.engine import Engine, World
from bot.engine.inbox import CURSOR
from bot.eyes import Eyes
from bot.flows import proxying
from bot.flows.policy import Policy
from bot.i18n import Catalogue
from bot.machine import measure
from bot.model.chat import Language
from bot.model.matching import Thresholds
from bot.model.overview import HealthItem
from bot.papers.makers import MAKERS
from bot.ports import Gateway
from bot.settings import Settings
from bot.vision import Matcher, SandboxedDecoder
from bot.vision import Thresholds as Bands
from bot.whatsapp.gateway import WORKER_COMMAND, WorkerGateway
from bot.whatsapp.proxy_trial import try_proxy
from commands import COMMANDS, TALKS
from commands.dispatch import Dispatcher
from storage.full_backup import Parts
from storage.journal import JournalReader
from storage.lock import DataLock
from storage.media import MediaStore
from storage.sealed import Secret
from storage.store import Store, open_store
from storage.tables import SCHEMA, Tables
from webstatus.access import LoginCodes
from webstatus.app import create_app
from webstatus.server import Server, serve

log = logging.getLogger(__name__)

#: Gets the settings, the clock, what to call when there is news, and the number up to which the journal was read.
MakeGateway = Callable[[Settings, Clock, Callable[[], None], int], Gateway]


@dataclass
class Bot:
    """Everything of one bot, started and stopped together."""

    engine: Engine
    board: Board
    page: Server
    gateway: Gateway
    catalogue: Catalogue
    language: Language
    _codes: LoginCodes | None  #: only a page with a token needs them
    _stopping: threading.Event
    _wake: threading.Event
    _open: ExitStack

    def page_address(self) -> str:
        """Where the page is; with a code that opens it once, when it has a token."""
        return f"{self.page.address}login?code={self._codes.issue()}" if self._codes else self.page.address

    def run(self) -> None:
        """Work in this thread until `stop` is called; then everything is closed."""
        with self._open:
            self.gateway.start()
            self.engine.run(self._stopping, self._wake)

    def stop(self) -> None:
        """End `run`; may be called from a signal handler or any thread."""
        self._stopping.set()
        self._wake.set()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()


def build(
    settings: Settings,
    make_gateway: MakeGateway | None = None,
    clock: Clock | None = None,
) -> Bot:
    """A bot over the data folder of `settings`; it holds the folder's lock from now on.

    Raises AlreadyRunning, StoreError or ConfigError; what was opened until then is closed again.
    """
    clock = clock or SystemClock()
    wake = threading.Event()
    with ExitStack() as opened:
        opened.enter_context(DataLock(settings.data))
        store = records(settings)
        opened.callback(store.close)
        decoder = SandboxedDecoder()
        opened.callback(decoder.close)
        tables = Tables(store)
        own_proxy = settings_proxy(settings)
        through = replace(settings, proxy=proxying.current(tables, own_proxy) or None)
        gateway = (make_gateway or whatsapp)(through, clock, wake.set, tables.facts.number(CURSOR))
        opened.callback(gateway.stop)
        catalogue = Catalogue.load(zone=settings.timezone)
        media = MediaStore(settings.data / "media")
        policy = Policy(settings, tables, catalogue, own=own_bands(), version=installed_version())
        world = World(
            tables=tables,
            media=media,
            journal=JournalReader(inbox_folder(settings)),
            gateway=gateway,
            matcher=Eyes(Matcher(decoder), decoder),
            dispatcher=Dispatcher(tables, catalogue, COMMANDS, TALKS, policy),
            catalogue=catalogue,
            clock=clock,
            random=Random(),
            policy=policy,
            makers=MAKERS,
            backups=settings.data / "backups",
            wake=wake.set,
            vault=vault(settings, media),
            own_proxy=own_proxy,
            try_proxy=try_proxy,
            machine=lambda: measure(settings.data),
            channels=alert_channels.channels(settings.alert_urls or ()),
        )  # fmt: skip
        board = Board()
        engine = Engine(world, board.publish, lambda: health(world.tables))
        board.publish(engine.survey())
        codes = LoginCodes(clock) if settings.token else None
        app = create_app(
            board.latest, catalogue.say, token=settings.token, codes=codes, proxies=settings.page_proxies, clock=clock
        )
        page = serve(app, settings.host, settings.port)
        opened.callback(page.close)
        return Bot(
            engine, board, page, gateway, catalogue, Language(settings.language), codes, threading.Event(), wake,
            opened.pop_all(),
        )  # fmt: skip


def settings_proxy(settings: Settings) -> str:
    """The account's proxy by the settings: its own, or its share of the list; empty for none. Raises ConfigError."""
    if settings.proxy or settings.proxy_list is None:
        return settings.proxy or ""
    return proxy_list.assigned(settings.proxy_list, settings.data)


def vault(settings: Settings, media: MediaStore) -> Parts:
    """All that backups hold, and what seals the link's keys in them."""
    secret = Secret(settings.data / "backup.key", settings.backup_passphrase or "")
    return Parts(settings.data / "backups", media, settings.data / "session.db", secret)


def whatsapp(settings: Settings, clock: Clock, wake: Callable[[], None], above: int) -> Gateway:
    """The real WhatsApp, in its child process."""
    return WorkerGateway(
        session=settings.data / "session.db",
        journal=inbox_folder(settings),
        clock=clock,
        on_wake=wake,
        device_name=settings.device_name,
        proxy=settings.proxy or "",
        above=above,
        command=settings.worker_command or WORKER_COMMAND,
    )


def own_bands() -> Thresholds:
    """The matcher's bands, where no setting moves them."""
    own = Bands()
    return Thresholds(yes=own.yes, review=own.review)


def inbox_folder(settings: Settings) -> Path:
    return settings.data / "inbox"


def records(settings: Settings) -> Store:
    """The store of everything the bot knows; raises StoreError."""
    return open_store(settings.data / "bot.db", SCHEMA)


def health(tables: Tables) -> tuple[HealthItem, ...]:
    """The bot's own faults; the engine adds what it watches."""
    faults = len(tables.dead_letters)
    return (HealthItem("faults", faults == 0, str(faults)),)


def installed_version() -> str:
    try:
        return version("testigo")
    except PackageNotFoundError:  # run from a checkout
        return "0.1.0"

"""The command line: `python -m bot run | link | demo | backup | restore`; the doctor is `bot.__main__`'s business."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bot.console import Console
from bot.demo import play
from bot.flows import retention, sending
from bot.i18n import Catalogue
from bot.linker import link_account
from bot.logs import configure_logging
from bot.model.errors import ConfigError
from bot.settings import LogFormat, Settings
from bot.terminal import write
from bot.wiring import Bot, build, installed_version, records, vault
from storage.backup import list_backups, restore_backup
from storage.disk import make_private_folder
from storage.errors import StoreError, explaining
from storage.full_backup import Parts, back_up, restore_media, restore_session
from storage.lock import DataLock
from storage.media import MediaStore
from storage.tables import Tables

#: Exit statuses: a fault that a person can mend, and the settings' own.
FAULT, BAD_SETTINGS = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    try:
        settings = Settings.load(os.environ)
        act: Callable[[Settings, argparse.Namespace], int] = chosen.act
        return act(settings, chosen)
    except ConfigError as error:
        print("These settings cannot be used:", *error.faults, sep="\n  - ", file=sys.stderr)
        return BAD_SETTINGS
    except StoreError as error:
        logging.getLogger(__name__).critical("%s", error)
        return FAULT


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m bot", description="Testigo: who really posted your ad?")
    top.add_argument("--version", action="version", version=f"Testigo {installed_version()}")
    commands = top.add_subparsers(dest="command", required=True)
    run_ = commands.add_parser("run", help="start the bot")
    run_.set_defaults(act=run)
    link = commands.add_parser("link", help="link the WhatsApp account, by QR code or pairing code")
    link.add_argument("--phone", help="your own number, e.g. +573001234567: link by a code typed on the phone")
    link.set_defaults(act=link_)
    demo = commands.add_parser("demo", help="a campaign from start to end, without a phone")
    demo.add_argument("--once", action="store_true", help="end after the last act instead of serving the page")
    demo.set_defaults(act=demo_)
    backup = commands.add_parser("backup", help="copy the records now; the bot must not be running")
    backup.add_argument("--json", type=Path, metavar="FILE", help="write them as JSON that TinyDB opens, and no backup")
    backup.set_defaults(act=backup_)
    restore = commands.add_parser("restore", help="put a backup in the place of the records; the bot must not run")
    restore.add_argument("backup", nargs="?", type=Path, help="the backup's file; without it, the newest")
    restore.add_argument("--with-session", action="store_true", help="also replace the link's keys by the backup's")
    restore.set_defaults(act=restore_)
    commands.add_parser("doctor", help="check this machine and the settings, and say what to do")
    return top


def run(settings: Settings, _: argparse.Namespace) -> int:
    """The bot, until Ctrl-C or SIGTERM."""
    logs = settings.data / "logs"
    with explaining(logs):
        make_private_folder(settings.data)
        configure_logging(settings.log_level, as_json=settings.log_format is LogFormat.JSON, folder=logs)
    bot = build(settings)
    stop_on_signals(bot)
    console = Console(bot.catalogue, bot.language)
    console.say("console.page", address=bot.page_address())
    bot.board.watch(lambda overview: console.show(overview.link))
    bot.run()
    return 0


def link_(settings: Settings, chosen: argparse.Namespace) -> int:
    configure_logging(logging.WARNING)
    catalogue = Catalogue.load(zone=settings.timezone)
    return link_account(settings, Console(catalogue, settings.language), chosen.phone)


def demo_(settings: Settings, chosen: argparse.Namespace) -> int:
    configure_logging(logging.WARNING)
    return play(settings, stop_on_signals, once=chosen.once)


def backup_(settings: Settings, chosen: argparse.Namespace) -> int:
    with DataLock(settings.data), closing(records(settings)) as store:
        if chosen.json:
            refuse_within(settings.data, chosen.json)
            store.export_tinydb(chosen.json)
            write(sys.stdout, f"{chosen.json}\n")
            return 0
        parts, now = vault(settings, MediaStore(settings.data / "media")), datetime.now(UTC)
        made = back_up(store, parts, retention.of_backups(Tables(store)), now)
    write(sys.stdout, f"{made.path}  {made.size} bytes\n")
    return 0


def refuse_within(folder: Path, file: Path) -> None:
    """Raise ConfigError for a file that would take the place of one of the bot's own, or that has no name."""
    if not file.name or file.is_dir() or file.resolve().is_relative_to(folder.resolve()):
        raise ConfigError([f"--json {file}: give the name of a file outside of the data folder {folder}."])


def restore_(settings: Settings, chosen: argparse.Namespace) -> int:
    """Records and pictures; the link's session only where there is none, or when asked: an old one may not work."""
    folder = settings.data / "backups"
    backup = chosen.backup or next((each.path for each in list_backups(folder)), None)
    if backup is None:
        print(f"There is no backup in {folder}. Make one: python -m bot backup", file=sys.stderr)
        return FAULT
    with DataLock(settings.data):
        parts = vault(settings, MediaStore(settings.data / "media"))
        has_session = _restore_link(parts, backup, is_asked=chosen.with_session)
        former = restore_backup(backup, settings.data / "bot.db", datetime.now(UTC))
        with closing(records(settings)) as store, store.transaction():
            sending.doubt_all_waiting(Tables(store))
        pictures = restore_media(backup.parent, parts.media)
    write(sys.stdout, f"Restored {backup}." + (f" The former records are in {former}." if former else "") + "\n")
    write(sys.stdout, f"Pictures brought back: {pictures}. Link: {'restored' if has_session else 'as it was'}.\n")
    return 0


def _restore_link(parts: Parts, backup: Path, *, is_asked: bool) -> bool:
    """Without its key the rest is restored all the same, unless the link was asked for."""
    if parts.session.exists() and not is_asked:
        return False
    try:
        return restore_session(backup, parts.session, parts.secret)
    except StoreError as error:
        if is_asked:
            raise
        print(f"The link is not restored, the phone must be linked anew: {error}", file=sys.stderr)
        return False


def stop_on_signals(bot: Bot) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        bot.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)

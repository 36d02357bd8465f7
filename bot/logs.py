"""Logging: a fixed phrase plus fields, numbers masked, to the terminal and to a rotated file.

A line is logged as `log.info("capture judged", extra=fields(campaign=12, outcome="cumple"))`. Message bodies, keys
and QR codes are never given to it; phone numbers and WhatsApp addresses are masked wherever they turn up, also in
the lines of libraries and in tracebacks.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from bot.model.identity import Jid, Phone

FILE_BYTES = 5 * 1024 * 1024
OLD_FILES = 5

#: user[.agent][:device]@server, the servers of whatsmeow's types/jid.go.
ADDRESS = re.compile(r"[\w.:-]{1,64}@(?:s\.whatsapp\.net|c\.us|lid|g\.us|newsletter|bot|hosted(?:\.lid)?)\b")
#: With a plus, digits may stand in groups; without one, nine to fifteen digits in a row (E.164 allows fifteen).
NUMBER = re.compile(r"\+\d(?:[ .()-]{0,2}\d){6,14}(?!\d)|(?<![\w.+-])\d{9,15}(?![\w-])")
#: A QR code of WhatsApp: a version, then keys in base64.
QR_CODE = re.compile(r"\d@[A-Za-z0-9+/=]{20,}[A-Za-z0-9+/=,]*")

#: Name and password in an address: `socks5://name:password@host`.
CREDENTIALS = re.compile(r"(?<=://)[^\s/@]+@")


def configure_logging(level: int, *, as_json: bool = False, folder: Path | None = None) -> None:
    """Send everything logged to the terminal and, with a folder, to `testigo.log` in it.

    Replaces what was configured before. Exceptions that nobody caught, in any thread, are logged from now on.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                folder / "testigo.log",
                maxBytes=FILE_BYTES,
                backupCount=OLD_FILES,
                encoding="utf-8",
                errors="backslashreplace",
            )
        )
    for handler in handlers:
        handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    logging.basicConfig(level=level, handlers=handlers, force=True)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread


def fields(**facts: object) -> dict[str, Mapping[str, object]]:
    """The `extra` of a line: what the phrase is about."""
    return {"fields": facts}


def masked(text: str) -> str:
    """The text without phone numbers, WhatsApp addresses and QR codes: recognisable, but of no use."""
    text = CREDENTIALS.sub("[secret]@", QR_CODE.sub("[QR]", text))
    text = ADDRESS.sub(lambda found: Jid.parse(found[0]).masked, text)
    return NUMBER.sub(_mask_number, text)


class TextFormatter(logging.Formatter):
    """One line for people: time in UTC, level, logger, phrase, fields."""

    def format(self, record: logging.LogRecord) -> str:
        stamp = _time(record).strftime("%Y-%m-%d %H:%M:%SZ")
        facts = "".join(f" {name}={_word(value)}" for name, value in _facts(record).items())
        phrase = _one_line(masked(record.getMessage()))
        line = f"{stamp} {record.levelname:<7} {record.name}: {phrase}{facts}"
        return "\n".join([line, *_trouble(self, record)])


class JsonFormatter(logging.Formatter):
    """One JSON document per line."""

    def format(self, record: logging.LogRecord) -> str:
        document = {
            "at": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
            **_facts(record),
        }
        if trouble := _trouble(self, record):
            document["trouble"] = "\n".join(trouble)
        return json.dumps(document, ensure_ascii=False, default=str)


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    given: Mapping[str, object] = getattr(record, "fields", {})
    return {name: value if isinstance(value, int | float) else masked(str(value)) for name, value in given.items()}


def _trouble(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    parts = []
    if record.exc_info:
        parts.append(masked(formatter.formatException(record.exc_info)))
    if record.stack_info:
        parts.append(masked(record.stack_info))
    return parts


def _word(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if re.search(r'[\s"=]', text) or not text else text


def _one_line(text: str) -> str:
    """A message cannot pretend to be two lines."""
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _mask_number(found: re.Match[str]) -> str:
    return Phone("+" + re.sub(r"\D", "", found[0])).masked


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("uncaught exception", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit or args.exc_value is None:
        return
    thread = args.thread.name if args.thread else "?"
    trouble = (args.exc_type, args.exc_value, args.exc_traceback)
    logging.getLogger("bot").critical("uncaught exception", exc_info=trouble, extra=fields(thread=thread))

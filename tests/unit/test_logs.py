"""The log: its two formats, what it masks, and what it never misses."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from bot.logs import JsonFormatter, TextFormatter, fields, masked


def a_record(message: str, *args: object, **facts: object) -> logging.LogRecord:
    record = logging.LogRecord("bot.engine", logging.INFO, __file__, 1, message, args, None)
    record.created = 1_778_076_000.25
    record.__dict__.update(fields(**facts) if facts else {})
    return record


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from +573001234567 at noon", "from +57•••••4567 at noon"),
        ("from +57 300 123-4567.", "from +57•••••4567."),
        ("from +1 (415) 555.2671!", "from +14•••••2671!"),
        ("from 573001234567", "from +57•••••4567"),
        ("from 573001234567@s.whatsapp.net", "from +57•••••4567"),
        ("from 573001234567:12@s.whatsapp.net", "from +57•••••4567"),
        ("from 573001234567.0:12@s.whatsapp.net/x", "from +57•••••4567/x"),
        ("from 98765432109876@lid", "from 98•••••76@lid"),
        ("in 120363041234567890@g.us", "in 12•••••90@g.us"),
        ("scan 2@Ab+/0123456789abcdefghij==,KEYKEYKEY=,OTHER=,x/y= now", "scan [QR] now"),
    ],
)
def test_numbers_addresses_and_codes_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T10:06:23.123456Z",
        "campaign 12, 41 of 60, 68.33333333333333 %",
        "port 127.0.0.1:8765",
        "message 3EB0C767D0",
        "sha256 3b5d5c3712955042212316173ccf37be80069e19aa4c5c2c6e6c6ddbb5d17a0e",
        "status@broadcast",
        "ana@example.org",
    ],
)
def test_what_is_no_number_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


def test_arguments_fields_and_tracebacks_are_masked() -> None:
    number = "+573001234567"
    try:
        raise ValueError(f"no such contact: {number}")
    except ValueError:
        record = a_record("wrote to %s", number, contact="573001234567@s.whatsapp.net")
        record.exc_info = sys.exc_info()
    for formatter in (TextFormatter(), JsonFormatter()):
        line = formatter.format(record)
        assert "3001234567" not in line
        assert line.count("+57•••••4567") == 3


def test_a_text_line_is_a_phrase_with_its_fields() -> None:
    record = a_record("capture judged", campaign=12, outcome="cumple", size=573001234567, note="two words", by="")
    assert TextFormatter().format(record) == (
        "2026-05-06 14:00:00Z INFO    bot.engine: capture judged campaign=12 outcome=cumple size=573001234567"
        ' note="two words" by=""'
    )


def test_a_message_cannot_pretend_to_be_two_lines() -> None:
    record = a_record("bad name: %s", "x\n2026-01-01 INFO bot: all is well", note="y\nz")
    assert len(TextFormatter().format(record).splitlines()) == 1


def test_a_json_line_is_one_document() -> None:
    line = JsonFormatter().format(a_record("capture judged", campaign=12, place="Bogotá"))
    assert json.loads(line) == {
        "at": "2026-05-06T14:00:00.250+00:00",
        "level": "info",
        "logger": "bot.engine",
        "message": "capture judged",
        "campaign": 12,
        "place": "Bogotá",
    }


PROGRAM = """
import logging, sys, threading, warnings
from pathlib import Path
from bot.logs import configure_logging
configure_logging(logging.INFO, folder=Path(sys.argv[1]), as_json=True)
def fail(): raise RuntimeError("in a thread, about +573001234567")
thread = threading.Thread(target=fail, name="lane")
thread.start(); thread.join()
warnings.warn("a warning")
logging.getLogger("library").debug("too little to log")
raise RuntimeError("in the main thread")
"""


def test_what_nobody_caught_is_in_the_file_and_on_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    written = (folder / "testigo.log").read_text("utf-8")
    thread, warning, main = (json.loads(line) for line in written.splitlines())
    assert thread["thread"] == "lane"
    assert "RuntimeError: in a thread, about +57•••••4567" in thread["trouble"]
    assert "a warning" in warning["message"]
    assert "RuntimeError: in the main thread" in main["trouble"]
    assert "in a thread" in ended.stderr

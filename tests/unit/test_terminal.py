"""Words for the terminal: one that lacks letters, one that is gone, none at all."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from bot.console import Console
from bot.i18n import Catalogue
from bot.model.chat import Language
from bot.model.link import Link, LinkState
from bot.terminal import can_show, write

NOON = datetime(2026, 5, 10, 12, tzinfo=UTC)
QR = Link(LinkState.QR_SHOWN, NOON, code="2@abc,def,ghi", code_until=NOON + timedelta(seconds=20))


def windows_terminal() -> TextIOWrapper:
    """Western Windows' code page has neither emoji nor blocks."""
    return TextIOWrapper(BytesIO(), encoding="cp1252", errors="strict", newline="")


def shown_on(out: TextIOWrapper) -> str:
    assert isinstance(out.buffer, BytesIO)
    return out.buffer.getvalue().decode("cp1252")


def test_a_letter_that_the_terminal_lacks_becomes_a_question_mark() -> None:
    out = windows_terminal()
    write(out, "✅ año\n")
    assert shown_on(out) == "? año\n"


def test_a_pipe_that_nobody_reads_gets_nothing_and_can_be_closed() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = os.fdopen(writing, "w", encoding="utf-8")
    for _ in range(2):
        write(out, "hello\n" * 100_000)
    out.close()


def test_a_closed_output_and_none_at_all_stop_nobody() -> None:
    closed = StringIO()
    closed.close()
    write(closed, "hello")
    write(None, "hello")
    assert not can_show(None, "hello")


@pytest.mark.parametrize("language", list(Language))
def test_a_terminal_without_blocks_gets_a_hint_in_place_of_the_qr_code(language: Language) -> None:
    out = windows_terminal()
    Console(Catalogue.load(), language, out).show(QR)
    assert "python -m bot link --phone" in shown_on(out)
    assert "??" not in shown_on(out)


def test_a_terminal_with_blocks_gets_the_qr_code() -> None:
    out = StringIO()
    Console(Catalogue.load(), Language.EN, out).show(QR)
    assert "▀" in out.getvalue()
    assert "--phone" not in out.getvalue()

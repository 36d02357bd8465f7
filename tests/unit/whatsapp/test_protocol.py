"""What goes over the connection comes out the same on the other side."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.model.document import from_document, to_document
from bot.model.errors import GatewayError
from bot.model.identity import Jid
from bot.model.link import Notice, NoticeKind
from bot.model.outgoing import (
    Outgoing,
    Quote,
    SendDocument,
    SendEdit,
    SendImage,
    SendReaction,
    SendText,
    ShowTyping,
)
from bot.whatsapp.protocol import read_error, read_outgoing, write_error, write_outgoing

ME = Jid("573001200001", "s.whatsapp.net")


@pytest.mark.parametrize(
    "what",
    [
        SendText("hello"),
        SendText("hello", Quote("3EB0", ME, "!status")),
        SendImage(Path("chart.png"), "image/png", "caption"),
        SendDocument(Path("3f7a"), "text/csv", "results.csv"),
        SendReaction("3EB0", ME, "⏳"),
        SendEdit("3EB0", "9 of 9"),
        ShowTyping(True),
    ],
)
def test_every_act(what: Outgoing) -> None:
    assert read_outgoing(json.loads(json.dumps(write_outgoing(what)))) == what


def test_errors_keep_what_follows_from_them() -> None:
    error = read_error(json.loads(json.dumps(write_error(GatewayError("expired", "404", permanent=True)))))
    assert (error.reason, error.detail, error.permanent, error.in_doubt) == ("expired", "404", True, False)


def test_notices_keep_their_facts() -> None:
    notice = Notice(NoticeKind.CONNECTED, datetime(2026, 5, 6, tzinfo=UTC), account=ME)
    assert from_document(Notice, json.loads(json.dumps(to_document(notice)))) == notice

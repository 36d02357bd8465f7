"""Alerts leave through real doors: an SMTP server and a webhook on this machine receive them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from bot import alert_channels
from bot.flows import alerts
from bot.model.alert import Severity
from bot.model.errors import ConfigError
from bot.model.notice import NoticeState
from tests.support.stage import Stage
from tests.support.webhook import Webhook


class Mailbox:
    """Takes mail as an SMTP server does."""

    def __init__(self) -> None:
        self.letters: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(envelope.content.decode("utf-8", "replace"))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:  # the controller must know its port beforehand
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, f"mailto://127.0.0.1:{port}/?from=bot@example.com&to=owner@example.com&mode=insecure"
    controller.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.close()


def stage_with(tmp_path: Path, *urls: str) -> Stage:
    stage = Stage(tmp_path, channels=alert_channels.channels(urls))
    stage.settle()
    stage.said.clear()
    return stage


def raise_and_tell(stage: Stage) -> None:
    alerts.raised(stage.tables, stage.clock.now(), "disk", Severity.CRITICAL, free=7)
    stage.clock.advance(timedelta(minutes=2))
    stage.engine.alerts.tell()


def states(stage: Stage) -> list[NoticeState]:
    return [notice.state for notice in stage.tables.notices.all()]


def test_an_alert_comes_by_mail_and_by_webhook_and_in_the_chat(
    tmp_path: Path, mailbox: tuple[Mailbox, str], webhook: Webhook
) -> None:
    letters, address = mailbox
    stage = stage_with(tmp_path, address, webhook.url)
    raise_and_tell(stage)
    stage.settle(until=lambda: len(webhook.got) == 1 and len(letters.letters) == 1 and len(stage.texts()) == 1)
    assert "Only 7 MB are free" in webhook.got[0]["message"]
    assert "Attention" in webhook.got[0]["title"]
    assert "Only 7 MB are free" in letters.letters[0]
    assert "To: owner@example.com" in letters.letters[0]
    assert "Only 7 MB are free" in stage.texts()[0]
    stage.settle(until=lambda: set(states(stage)) == {NoticeState.DELIVERED})
    assert set(states(stage)) == {NoticeState.DELIVERED}
    stage.close()


def test_what_nobody_takes_is_delivered_later_once_to_each(
    tmp_path: Path, mailbox: tuple[Mailbox, str], webhook: Webhook
) -> None:
    letters, address = mailbox
    webhook.is_down = True
    stage = stage_with(tmp_path, address, webhook.url)
    raise_and_tell(stage)
    stage.settle(until=lambda: webhook.asked == 1 and len(letters.letters) == 1)
    stage.close()  # the bot ends, and starts again

    webhook.is_down = False
    again = Stage(tmp_path, stage.clock, channels=alert_channels.channels((address, webhook.url)))
    again.clock.advance(timedelta(minutes=1))
    again.settle(until=lambda: len(webhook.got) == 1)
    again.settle(until=lambda: set(states(again)) == {NoticeState.DELIVERED})
    assert len(webhook.got) == 1
    assert len(letters.letters) == 1
    again.close()


def test_a_channel_that_never_works_is_given_up_and_raises_no_alert_of_its_own(tmp_path: Path) -> None:
    stage = stage_with(tmp_path, "json://127.0.0.1:9/")
    raise_and_tell(stage)
    for _ in range(80):  # an hour each
        stage.engine.alerts.give()
        while not stage.engine.alerts.is_idle:
            stage.wake.wait(10)
            stage.wake.clear()
            stage.engine.alerts.take()
        stage.clock.advance(timedelta(hours=1))
    assert states(stage) == [NoticeState.GIVEN_UP]
    assert [alert.cause for alert in stage.tables.alerts.all()] == ["disk"]
    stage.close()


def test_the_name_of_a_channel_tells_no_secret() -> None:
    url = "tgram://123456:token/chat"
    [name] = alert_channels.channels((url,))
    assert name.startswith("tgram-")
    assert "token" not in name


def test_an_address_that_is_not_understood_is_told_at_the_start_without_its_secret() -> None:
    with pytest.raises(ConfigError) as wrong:
        alert_channels.channels(("nonsense://user:pa55word@host",))
    assert "ALERT_URLS" in str(wrong.value)
    assert "pa55word" not in str(wrong.value)

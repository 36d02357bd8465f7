"""Our own download, against the double's media host: what it gives, what it refuses, and when it gives up."""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.model.errors import GatewayError
from bot.whatsapp import mediafile
from bot.whatsapp.downloads import MOST_HANGING, Downloads
from tests.support import messages
from tests.support.protos import Message
from tests.whatsapp_double.server import WhatsAppDouble

PICTURE = os.urandom(100_001)
SOON = timedelta(seconds=20)


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WhatsAppDouble]:
    double = WhatsAppDouble(tmp_path_factory.mktemp("double")).start()
    yield double
    double.stop()


@pytest.fixture
def host(double: WhatsAppDouble, monkeypatch: pytest.MonkeyPatch) -> Iterator[WhatsAppDouble]:
    monkeypatch.setenv("SSL_CERT_FILE", str(double.ca_file))
    yield double
    double.media.statuses.clear()
    double.media.is_silent = False


def payload(message: Message) -> str:
    return b64encode(message.SerializeToString()).decode()


def an_image(host: WhatsAppDouble, content: bytes = PICTURE, **changes: Any) -> str:
    return payload(messages.image({**messages.upload(host, content, "image"), **changes}))


def fetch(host: WhatsAppDouble, wanted: str, limit: int = 1_000_000, deadline: timedelta = SOON) -> bytes:
    return mediafile.fetch(wanted, host.proxy_url, limit, deadline)


def test_an_image_a_video_and_a_document_are_fetched_and_decrypted(host: WhatsAppDouble) -> None:
    video = payload(messages.video(messages.upload(host, PICTURE, "video")))
    document = payload(messages.document(messages.upload(host, PICTURE, "document"), "image/png", "ad.png"))
    assert fetch(host, an_image(host)) == fetch(host, video) == fetch(host, document) == PICTURE


def test_the_host_is_asked_as_the_library_asks_it(host: WhatsAppDouble) -> None:
    fetch(host, an_image(host))
    path = host.media.requests[-1][1]
    assert "&hash=" in path
    assert "&mms-type=image" in path


@pytest.mark.parametrize(("status", "reason", "permanent"), [(404, "expired", True), (410, "expired", True),
                                                             (503, "media_server", False)])  # fmt: skip
def test_a_refusal_of_the_host_is_told_with_whether_it_passes(
    host: WhatsAppDouble, status: int, reason: str, permanent: bool
) -> None:
    wanted = an_image(host)
    host.media.statuses["/"] = status
    with pytest.raises(GatewayError) as failed:
        fetch(host, wanted)
    assert (failed.value.reason, failed.value.permanent) == (reason, permanent)


def test_a_file_that_was_changed_is_refused(host: WhatsAppDouble) -> None:
    wanted = an_image(host)
    path = next(reversed(host.media.files))
    host.media.files[path] = os.urandom(len(host.media.files[path]))
    with pytest.raises(GatewayError, match="corrupt"):
        fetch(host, wanted)


@pytest.mark.parametrize("changes", [{"mediaKey": b"x" * 32}, {"fileSHA256": b"x" * 32}, {"fileEncSHA256": b"x" * 32}])
def test_a_file_that_is_not_what_the_message_says_is_refused(host: WhatsAppDouble, changes: dict[str, bytes]) -> None:
    with pytest.raises(GatewayError, match="corrupt") as failed:
        fetch(host, an_image(host, **changes))
    assert failed.value.permanent


def test_a_sender_cannot_make_us_call_another_host(host: WhatsAppDouble) -> None:
    asked = len(host.media.requests)
    file = {"URL": "https://evil.example/x", "directPath": "@evil.example/x", "mediaKey": b"k" * 32}
    with pytest.raises(GatewayError, match="corrupt"):
        fetch(host, payload(messages.image(file)))
    assert len(host.media.requests) == asked


def test_a_file_larger_than_the_limit_is_left(host: WhatsAppDouble) -> None:
    with pytest.raises(GatewayError, match="too_large"):
        fetch(host, an_image(host), limit=50_000)


def test_a_host_that_answers_nothing_is_given_up(host: WhatsAppDouble) -> None:
    wanted = an_image(host)
    host.media.is_silent = True
    with pytest.raises(GatewayError) as failed:
        fetch(host, wanted, deadline=timedelta(seconds=0.3))
    assert not failed.value.permanent


def test_damage_to_the_payload_is_no_crash(host: WhatsAppDouble) -> None:
    with pytest.raises(GatewayError, match="corrupt"):
        fetch(host, payload(Message(conversation="no file")))


# --------------------------------------------------------------------------------------------------- the two ways


def refusing(reason: str, permanent: bool) -> Any:
    def by_library(_: str) -> bytes:
        raise GatewayError(reason, permanent=permanent)

    return by_library


def test_what_the_library_cannot_get_is_fetched_without_it(host: WhatsAppDouble) -> None:
    downloads = Downloads(refusing("expired", True), host.proxy_url)
    assert downloads.fetch(an_image(host), len(PICTURE), SOON) == PICTURE


def test_a_file_is_given_up_for_good_only_when_both_ways_say_so(host: WhatsAppDouble) -> None:
    wanted = an_image(host)
    host.media.statuses["/"] = 404
    outcomes = []
    for permanent in (True, False):
        with pytest.raises(GatewayError) as failed:
            Downloads(refusing("expired", permanent), host.proxy_url).fetch(wanted, 0, SOON)
        outcomes.append(failed.value.permanent)
    assert outcomes == [True, False]


def test_a_library_that_hangs_is_left_alone_and_asked_no_more_until_it_comes_back(host: WhatsAppDouble) -> None:
    released, asked = threading.Event(), []

    def hangs(wanted: str) -> bytes:
        asked.append(wanted)
        released.wait()
        return b"late"

    downloads = Downloads(hangs, host.proxy_url)
    wanted = an_image(host, b"small")
    for _ in range(MOST_HANGING + 2):
        assert downloads.fetch(wanted, 5, timedelta(seconds=0.2)) == b"small"
    assert len(asked) == MOST_HANGING
    released.set()

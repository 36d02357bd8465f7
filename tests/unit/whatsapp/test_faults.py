"""The library's error strings, as it words them, become typed errors."""

from __future__ import annotations

import pytest

from bot.whatsapp.faults import download_fault, send_fault


@pytest.mark.parametrize(
    ("text", "reason", "permanent"),
    [
        ("download failed with status code 403", "expired", True),
        ("download failed with status code 404", "expired", True),
        ("failed to download media from last host: download failed with status code 410", "expired", True),
        ("download failed with status code 429", "media_server", False),
        ("download failed with status code 503", "media_server", False),
        ("unexpected EOF", "media_server", False),
        ("hash of media ciphertext doesn't match", "corrupt", True),
        ("hash of media plaintext doesn't match", "corrupt", True),
        ("invalid media hmac", "corrupt", True),
        ("file length does not match", "corrupt", True),
        ("nothing downloadable found in message", "corrupt", True),
        ("something new", "media_server", False),
    ],
)
def test_downloads(text: str, reason: str, permanent: bool) -> None:
    fault = download_fault(text)
    assert (fault.reason, fault.permanent, fault.in_doubt) == (reason, permanent, False)


@pytest.mark.parametrize(
    ("text", "reason", "permanent", "in_doubt"),
    [
        ("no LID found for 573009999999@s.whatsapp.net from server", "not_on_whatsapp", True, False),
        ("server returned error 463", "reach_out_limit", True, False),
        ("server returned error 479", "bad_address", True, False),
        ("server returned error 429", "too_fast", False, False),
        ("timed out waiting for message send response", "no_answer", False, True),
        ("failed to send message node: broken pipe", "no_answer", False, True),
        ("websocket not connected", "not_connected", False, False),
        ("failed to send message node: websocket not connected", "not_connected", False, False),
        ("failed to get device list: info query timed out", "server", False, False),
    ],
)
def test_sends(text: str, reason: str, permanent: bool, in_doubt: bool) -> None:
    fault = send_fault(text)
    assert (fault.reason, fault.permanent, fault.in_doubt) == (reason, permanent, in_doubt)

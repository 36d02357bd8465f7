"""The library's error strings to typed errors: what is permanent, what may be tried again, what is in doubt.

The strings are those of whatsmeow (send.go, download.go, errors.go), as neonize passes them on.
"""

from __future__ import annotations

import re

from bot.model.errors import GatewayError
from bot.model.failures import Failure

_STATUS_CODE = re.compile(r"status code (\d{3})")
_SERVER_ERROR = re.compile(r"server returned error (\d+)")

#: The server's answers to a send that no repetition changes: 463 reach-out limit of the account, 479 bad addressing.
_REFUSALS = {463: Failure.REACH_OUT_LIMIT, 479: Failure.BAD_ADDRESS}
_TOO_FAST = 429
_GONE = {403, 404, 410}


def download_fault(text: str) -> GatewayError:
    """Why a download failed."""
    status = _number(_STATUS_CODE, text)
    if status in _GONE:
        return GatewayError("expired", text, permanent=True)
    if status:
        return GatewayError("media_server", text)
    if re.search(r"hash|hmac|length", text, re.IGNORECASE):
        return GatewayError("corrupt", text, permanent=True)
    if "nothing downloadable" in text or "no url present" in text.lower():
        return GatewayError("corrupt", text, permanent=True)
    return GatewayError("media_server", text)


def send_fault(text: str) -> GatewayError:
    """Why a send failed; in doubt when the message may have reached the server all the same."""
    if "no LID found" in text:
        return GatewayError(Failure.NOT_ON_WHATSAPP, text, permanent=True)
    code = _number(_SERVER_ERROR, text)
    if code in _REFUSALS:
        return GatewayError(_REFUSALS[code], text, permanent=True)
    if code:
        return GatewayError(Failure.TOO_FAST if code == _TOO_FAST else Failure.SERVER, text)
    if "not connected" in text or "not logged in" in text:
        return GatewayError(Failure.NOT_CONNECTED, text)
    if "timed out waiting for message send response" in text or "failed to send message node" in text:
        return GatewayError(Failure.NO_ANSWER, text, in_doubt=True)
    return GatewayError(Failure.SERVER, text)


def _number(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return int(match[1]) if match else 0

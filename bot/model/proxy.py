"""A proxy's address as it may be shown, and what a test of it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Reached:
    """Whether one of WhatsApp's hosts could be reached, and what kept us from it."""

    what: str  #: catalogue key below `proxy.host.`: socket, media
    after: timedelta
    fault: str = ""  #: technical words; empty when it was reached


def masked(proxy: str) -> str:
    """Kind and port, and the ends of the host's name: recognisable to its owner, of no use to others."""
    parts = urlsplit(proxy)
    host = parts.hostname or ""
    shown = host if len(host) <= 4 else f"{host[:2]}…{host[-2:]}"
    secret = "•••@" if parts.username else ""
    return f"{parts.scheme}://{secret}{shown}:{parts.port}"

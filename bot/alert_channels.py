"""Channels outside WhatsApp for alerts: e-mail, Slack, Telegram, ntfy, webhooks and more, through `apprise`."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from functools import partial

import apprise

from bot.model.alert import Severity
from bot.model.errors import ConfigError
from bot.ports import Channel

#: Its own lines could show parts of the addresses, which hold passwords; ours say which channel failed.
logging.getLogger("apprise").setLevel(logging.CRITICAL)

_KINDS = {Severity.WARNING: apprise.NotifyType.WARNING, Severity.CRITICAL: apprise.NotifyType.FAILURE}


class ChannelError(Exception):
    """The service could not be reached, or refused the message."""


def channels(urls: Iterable[str]) -> Mapping[str, Channel]:
    """A channel for each address, by a name that can be shown and stays the same: `mailto-1a2b3c`.

    Raises ConfigError for addresses that `apprise` does not understand.
    """
    found = {name_of(url): url for url in urls}
    faults = [
        f"ALERT_URLS: apprise does not understand the address {name} (hidden); see docs/operations.md for examples."
        for name, url in found.items()
        if not apprise.Apprise().add(url)
    ]
    if faults:
        raise ConfigError(faults)
    return {name: partial(deliver, url) for name, url in found.items()}


def name_of(url: str) -> str:
    """The kind of service, and a piece of the address's hash that tells two of a kind apart."""
    return f"{url.partition(':')[0].lower()}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"


def deliver(url: str, title: str, text: str, severity: Severity) -> None:
    """Blocks until the service took the message; at most about half a minute (apprise's own time-outs)."""
    sender = apprise.Apprise()
    if not sender.add(url):
        raise ChannelError(f"{name_of(url)}: apprise does not understand this address")
    taken = sender.notify(body=text, title=title, notify_type=_KINDS[severity], body_format=apprise.NotifyFormat.TEXT)
    if not taken:
        raise ChannelError(f"{name_of(url)}: the service cannot be reached or refused the message")

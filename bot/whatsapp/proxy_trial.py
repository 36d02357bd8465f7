"""Can WhatsApp be reached through a proxy? Asked of both of its hosts, as the library and the downloads use them."""

from __future__ import annotations

import ssl
import time
from datetime import timedelta

from bot.model.proxy import Reached
from bot.whatsapp import tunnel

#: Both are needed: the socket for messages, and the host of the media (whatsmeow's socket.URL and its media hosts).
HOSTS = {"socket": "web.whatsapp.com", "media": "mmg.whatsapp.net"}
PATIENCE = timedelta(seconds=20)


def try_proxy(proxy: str, context: ssl.SSLContext | None = None) -> tuple[Reached, ...]:
    """A TLS connection to each host, certificate checked; blocks up to 20 s for each, raises nothing."""
    return tuple(_reach(what, host, proxy, context or ssl.create_default_context()) for what, host in HOSTS.items())


def _reach(what: str, host: str, proxy: str, context: ssl.SSLContext) -> Reached:
    began, fault = time.monotonic(), ""
    try:
        with tunnel.connect(host, 443, proxy, PATIENCE.total_seconds()) as plain:
            with context.wrap_socket(plain, server_hostname=host):
                pass
    except OSError as error:  # also ssl's errors, time-outs, and the proxy's refusal
        fault = str(error) or type(error).__name__
    return Reached(what, timedelta(seconds=time.monotonic() - began), fault)

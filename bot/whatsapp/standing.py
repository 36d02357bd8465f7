"""How the WhatsApp process stands with WhatsApp: known to all of its parts."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from bot.model.errors import GatewayError
from bot.whatsapp.translate import Account


@dataclass
class Standing:
    account: Account = field(default_factory=Account)
    is_connected: bool = False
    qr_seen: threading.Event = field(default_factory=threading.Event)  #: a QR code is or was there

    def require_connection(self) -> None:
        """Also keeps the library from aborting: most of its calls do so while no account is connected."""
        if not self.is_connected:
            raise GatewayError("not_connected")

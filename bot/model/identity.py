"""Who is who: phone numbers in E.164 and WhatsApp addresses (JIDs), parsed once at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

import phonenumbers

ContactId = NewType("ContactId", int)
CampaignId = NewType("CampaignId", int)
FrameId = NewType("FrameId", int)
CaptureId = NewType("CaptureId", int)

PHONE_SERVER = "s.whatsapp.net"
LID_SERVER = "lid"


class BadPhone(ValueError):
    """The text is not a phone number that can exist."""


@dataclass(frozen=True, order=True)
class Phone:
    """A phone number in E.164, e.g. `+573001234567`."""

    number: str

    @classmethod
    def parse(cls, text: str, region: str | None = None) -> Phone:
        """Read a number as people write it; `region` (ISO 3166, e.g. `CO`) completes national numbers.

        Raises BadPhone when it is no possible number, or has no country code and no region is known.
        """
        cleaned = text.strip().replace("\u2011", "-").replace("\u00a0", " ")
        if cleaned.startswith("00"):
            cleaned = "+" + cleaned[2:]
        for candidate, country in ((cleaned, region), ("+" + cleaned.lstrip("+"), None)):
            try:
                number = phonenumbers.parse(candidate, country)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number):
                return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        raise BadPhone(text)

    @property
    def region(self) -> str | None:
        """The country of the number, ISO 3166; None for numbers that belong to none."""
        return phonenumbers.region_code_for_number(phonenumbers.parse(self.number))

    @property
    def masked(self) -> str:
        """Enough to recognise, too little to call: `+57•••••4567`."""
        return f"{self.number[:3]}•••••{self.number[-4:]}"

    @property
    def readable(self) -> str:
        """As printed on cards: `+57 300 1234567`."""
        number = phonenumbers.parse(self.number)
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    @property
    def jid(self) -> Jid:
        return Jid(self.number.lstrip("+"), PHONE_SERVER)

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, order=True)
class Jid:
    """A WhatsApp address without its device part: a phone number, a LID, a group, or `status@broadcast`."""

    user: str
    server: str

    @classmethod
    def parse(cls, text: str) -> Jid:
        """`user[.agent][:device]@server`; raises ValueError without a server."""
        user, at, server = text.rpartition("@")
        if not at or not server:
            raise ValueError(f"{text!r} is not a WhatsApp address (user@server)")
        if server in (PHONE_SERVER, LID_SERVER):
            user = user.split(":")[0].split(".")[0]
        return cls(user, server)

    @property
    def is_lid(self) -> bool:
        return self.server == LID_SERVER

    @property
    def phone(self) -> Phone | None:
        return Phone(f"+{self.user}") if self.server == PHONE_SERVER and self.user.isdigit() else None

    @property
    def masked(self) -> str:
        if self.phone:
            return self.phone.masked
        return f"{self.user[:2]}•••••{self.user[-2:]}@{self.server}"

    def __str__(self) -> str:
        return f"{self.user}@{self.server}"


STATUS_CHAT = Jid("status", "broadcast")

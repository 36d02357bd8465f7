"""Shared contact cards: the names and telephone numbers of a vCard (RFC 6350 and its older forms)."""

from __future__ import annotations

import quopri
import re

from bot.model.event import Card

#: WhatsApp's own limit is far lower; a larger card is an attack.
MAX_CARD = 1_000_000

_LINE = re.compile(r"^(?:[\w-]+\.)?(?P<name>[A-Za-z-]+)(?P<parameters>(?:;[^:]*)?):(?P<value>.*)$")
_WAID = re.compile(r";waid=(\d+)", re.IGNORECASE)


def read_cards(vcard: str, name: str = "", most: int = MAX_CARD) -> list[Card]:
    """The cards in a text (`most` characters of it), one for each BEGIN:VCARD; `name` stands in for a missing FN."""
    bodies = re.split(r"(?im)^BEGIN:VCARD\s*$", _unfold(vcard[:most]))
    cards = [_read(body, name) for body in bodies if body.strip()]
    return cards or ([Card(name, ())] if name else [])


def _read(body: str, name: str) -> Card:
    phones = []
    for line in body.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        if match["name"].upper() == "FN":
            name = _unescape(_decoded(match["parameters"], match["value"])).strip() or name
        elif match["name"].upper() == "TEL":
            phones.append(_phone(match["parameters"], match["value"]))
    return Card(name, tuple(dict.fromkeys(phone for phone in phones if phone)))


def _phone(parameters: str, value: str) -> str:
    """WhatsApp adds the full international number as `waid`; the written form is often a national one."""
    known = _WAID.search(parameters)
    return f"+{known[1]}" if known else _unescape(value).removeprefix("tel:").strip()


def _decoded(parameters: str, value: str) -> str:
    """Address books of Android write names with accents as quoted-printable, as vCard 2.1 did."""
    if "QUOTED-PRINTABLE" not in parameters.upper():
        return value
    return quopri.decodestring(value.encode()).decode("utf-8", "replace")


def _unfold(text: str) -> str:
    """A line that begins with white space continues the one before it (RFC 6350, 3.2); so does one after a soft break.

    Soft breaks (`=` at the end) are those of quoted-printable; only encoded values begin with it.
    """
    return re.sub(r"(?<==[0-9A-F]{2})=\r?\n(?==)", "", re.sub(r"\r?\n[ \t]", "", text))


def _unescape(text: str) -> str:
    return re.sub(r"\\([,;\\nN])", lambda match: "\n" if match[1] in "nN" else match[1], text)

"""A table of people as offices keep them: which column is what, and what each row says or lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.model.chat import Table
from bot.model.identity import BadPhone, Phone
from bot.model.text import folded

LONGEST_NAME = 80
#: Words of a column's heading, folded, the likeliest first.
_NAME = ("name", "nombre completo", "full name", "nombre", "nombres", "contacto", "contact", "persona", "display name")
_LAST_NAME = ("apellido", "apellidos", "last name", "surname", "family name")
_PHONE = (
    "number", "numero", "phone", "phone number", "telefono", "numero de telefono", "celular", "movil", "whatsapp",
    "mobile", "cell", "tel", "numero de celular", "phone 1 value",
)  # fmt: skip
#: A second number of the same person, as `phone 2` or Google's `phone 2 value`.
_OTHER_PHONE = re.compile(rf"(?:{'|'.join(_PHONE)}) [2-9](?: value)?")
_CONSENT = ("consent", "consentimiento", "acuerdo", "acepta", "acepto", "autoriza", "autorizacion", "agreed", "opt in")
_YES = frozenset(
    ("si", "s", "yes", "y", "true", "verdadero", "1", "x", "ok", "acepto", "acepta", "agreed", "dado", "declarado",
     "given", "declared", "✓", "✔", "✅")
)  # fmt: skip
_NO = frozenset(("no", "n", "false", "falso", "0", "retirado", "withdrawn", "❌", "✗"))
#: How Excel writes a long number that is too wide for its column; digits are lost for good.
_SHORTENED = re.compile(r"(\d)[.,](\d+)[eE]\+?(\d+)")
#: When somebody agreed, as spreadsheets write it (`2026-05-06T00:00:00`) and as people do, the day first (`6/5/2026`).
_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?:[t ].*)?")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})")


class Flaw(StrEnum):
    """Why a row is not taken; the sentence is the catalogue's `roster.<value>`."""

    NO_NAME = "no_name"
    NO_NUMBER = "no_number"
    BAD_NUMBER = "bad_number"
    SHORTENED = "shortened"  #: Excel cut the number's last digits off
    NO_CONSENT = "no_consent"  #: the consent column is empty
    REFUSED = "refused"  #: it says no
    UNCLEAR_CONSENT = "unclear_consent"
    REPEATED = "repeated"  #: the same number as in an earlier row


@dataclass(frozen=True)
class Person:
    row: int  #: as the file's program counts: the heading is row 1
    name: str
    phones: tuple[Phone, ...]  #: at least one
    agreed_on: date | None = None  #: if the list says when


@dataclass(frozen=True)
class BadRow:
    row: int
    flaw: Flaw
    text: str  #: what could not be understood, as it is written
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The places of what is looked for; None where the table has no such column."""

    phone: int
    name: int | None
    other_phones: tuple[int, ...] = ()
    last_name: int | None = None
    consent: int | None = None


def columns_of(table: Table, region: str | None) -> Columns | None:
    """By their headings, or else by what stands below them; None when no column holds phone numbers."""
    headings = [_heading(heading) for heading in table.columns]
    phone = _named(headings, _PHONE)
    name, last_name, consent = (_named(headings, words) for words in (_NAME, _LAST_NAME, _CONSENT))
    rows = (table.columns, *table.rows)
    if phone is None:
        phone = _most(rows, lambda cell: bool(_phones(cell, region)))
    if phone is None:
        return None
    if name is None:
        taken = {phone, last_name, consent}
        name = _most(rows, lambda cell: any(sign.isalpha() for sign in cell), but=taken)
    others = tuple(place for place, heading in enumerate(headings) if _OTHER_PHONE.fullmatch(heading))
    return Columns(phone, name, others, last_name, consent)


def read_roster(table: Table, columns: Columns, region: str | None) -> list[Person | BadRow]:
    """Every row that is not empty, in their order. `region` (ISO 3166) completes numbers without a country."""
    has_heading = not _phones(table.columns[columns.phone], region)
    rows = table.rows if has_heading else (table.columns, *table.rows)
    seen: dict[Phone, int] = {}
    found: list[Person | BadRow] = []
    for number, cells in enumerate(rows, 2 if has_heading else 1):
        if any(cell.strip() for cell in cells):
            read = _read(number, cells, columns, region)
            found.append(_unless_repeated(read, cells, seen))
    return found


def _read(row: int, cells: tuple[str, ...], columns: Columns, region: str | None) -> Person | BadRow:
    written = _plain(cells[columns.phone])
    names = (cells[place] for place in (columns.name, columns.last_name) if place is not None)
    name = " ".join(" ".join(_plain(part) for part in names).split())[:LONGEST_NAME].strip()
    others = (cells[place] for place in columns.other_phones)
    phones = tuple(dict.fromkeys([*_phones(written, region), *(p for cell in others for p in _phones(cell, region))]))
    flaw, text = None, ""
    if not written:
        flaw = Flaw.NO_NUMBER
    elif not _phones(written, region):
        flaw, text = (Flaw.SHORTENED if _SHORTENED.fullmatch(written) else Flaw.BAD_NUMBER), written
    elif not name:
        flaw = Flaw.NO_NAME
    elif columns.consent is not None:
        text = cells[columns.consent].strip()
        flaw = _consent_flaw(text)
    return BadRow(row, flaw, text, cells) if flaw else Person(row, name, phones, _date(folded(text)))


def _unless_repeated(read: Person | BadRow, cells: tuple[str, ...], seen: dict[Phone, int]) -> Person | BadRow:
    if isinstance(read, BadRow):
        return read
    earlier = next((seen[phone] for phone in read.phones if phone in seen), None)
    if earlier is not None:
        return BadRow(read.row, Flaw.REPEATED, str(earlier), cells)
    seen.update(dict.fromkeys(read.phones, read.row))
    return read


def _consent_flaw(text: str) -> Flaw | None:
    word = folded(text)
    if not word:
        return Flaw.NO_CONSENT
    if word in _NO:
        return Flaw.REFUSED
    return None if word in _YES or _date(word) else Flaw.UNCLEAR_CONSENT


def _date(text: str) -> date | None:
    found = _DATE.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _phones(cell: str, region: str | None) -> tuple[Phone, ...]:
    """The numbers in a cell that can exist; several stand apart by `;`, `/`, `,` or Google's `:::`."""
    phones = []
    for part in re.split(r":::|[;/,\n]", _exact(_plain(cell))):
        with suppress(BadPhone):
            phones.append(Phone.parse(part, region))
    return tuple(dict.fromkeys(phones))


def _exact(text: str) -> str:
    """A number as Excel's floats write it: `573001234567.0`, or `5.73001234567E+11` with all of its digits."""
    whole = re.fullmatch(r"(\d{7,15})[.,]0+", text)
    if whole:
        return whole[1]
    float_ = _SHORTENED.fullmatch(text)
    if float_ and len(float_[2]) == int(float_[3]):
        return float_[1] + float_[2]
    return "" if float_ else text


def _plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell.strip().removeprefix("'").strip()


def _heading(text: str) -> str:
    return " ".join(re.sub(r"[^\w ]+|_", " ", folded(text)).split())


def _named(headings: Sequence[str], words: Iterable[str]) -> int | None:
    return next((headings.index(word) for word in words if word in headings), None)


def _most(rows: Sequence[tuple[str, ...]], holds: Callable[[str], bool], but: Container[int | None] = ()) -> int | None:
    """The column in which the most cells hold what is looked for."""
    counts = {place: sum(holds(row[place]) for row in rows) for place in range(len(rows[0])) if place not in but}
    best = max(counts, key=lambda place: counts[place], default=None)
    return best if best is not None and counts[best] else None

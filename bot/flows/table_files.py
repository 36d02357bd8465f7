"""Spreadsheets, CSV files and contact cards that people send, read as rows of texts; runs in a lane."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from bot.model.chat import Table
from bot.model.vcard import read_cards

#: What a list of contacts can need; more is a mistake, or mischief.
MOST_BYTES = 5 * 1024**2
MOST_ROWS = 5000
MOST_COLUMNS = 40
LONGEST_CELL = 300
#: An .xlsx file is a zip archive; a small one can hold gigabytes.
MOST_UNPACKED = 64 * 1024**2

_SEPARATORS = (";", ",", "\t", "|")
#: So many lines tell which separator a CSV file has.
_SAMPLE = 20
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class UnreadableTable(Exception):
    """A file holds no rows that can be read; `reason` is a catalogue key below `attachment.`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


def read_table(content: bytes) -> Table:
    """The first row's words name the columns; raises UnreadableTable. The kind of file is seen by its bytes."""
    if len(content) > MOST_BYTES:
        raise UnreadableTable("table_too_large")
    if content.startswith(_OLD_OFFICE):
        raise UnreadableTable("old_spreadsheet")
    if content.startswith(_ZIP):
        return _table(_xlsx_rows(content))
    text = _decoded(content)
    if text.lstrip().upper().startswith("BEGIN:VCARD"):
        return _table(_card_rows(text))
    return _table(_csv_rows(text))


def _table(rows: Iterable[Iterable[str]]) -> Table:
    """Rows of one width; empty ones in between stay, so that a row's number is that of the file."""
    cut = (tuple(" ".join(cell.replace("\0", "").split())[:LONGEST_CELL] for cell in row) for row in rows)
    filled = list(islice(_from_first_to_last(cut), MOST_ROWS + 2))
    if len(filled) > MOST_ROWS + 1:
        raise UnreadableTable("too_many_rows")
    if not filled:
        raise UnreadableTable("empty_table")
    width = max(len(_stripped(row)) for row in filled)
    if width > MOST_COLUMNS:
        raise UnreadableTable("too_many_columns")
    columns, *others = ((*row, *[""] * width)[:width] for row in filled)
    return Table(columns, tuple(others))


def _from_first_to_last(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Without the empty rows before the first filled one and behind the last: sheets can have a million of them."""
    has_begun, empty = False, 0
    for row in rows:
        if not any(row):
            empty += has_begun
            continue
        yield from [()] * empty
        yield row
        has_begun, empty = True, 0


def _stripped(row: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at the end."""
    while row and not row[-1]:
        row = row[:-1]
    return row


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 if it is, else what Windows writes in Western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise UnreadableTable("not_a_table", "zero bytes")
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableTable("not_a_table", "no known encoding")


def _csv_rows(text: str) -> Iterator[list[str]]:
    lines = text.splitlines()
    separator = _separator(lines[:_SAMPLE])
    if lines and lines[0].lower().startswith("sep="):  # Excel's own hint
        separator, text = lines[0][4:5] or separator, "\n".join(lines[1:])
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise UnreadableTable("not_a_table", str(error)) from error


def _separator(lines: list[str]) -> str:
    """The one that parts the most lines, and among those the one that parts them most often."""
    return max(_SEPARATORS, key=lambda sign: (sum(sign in line for line in lines), sum(map(_counter(sign), lines))))


def _counter(sign: str) -> Any:
    return lambda line: line.count(sign)


def _card_rows(text: str) -> Iterator[list[str]]:
    cards = read_cards(text, most=MOST_BYTES)
    phones = max((len(card.phones) for card in cards), default=1)
    yield ["name", "phone", *(f"phone {number}" for number in range(2, phones + 1))]
    for card in cards:
        yield [card.name, *card.phones]


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    """The rows of the sheet that was shown last; formulas by their last values."""
    _check_archive(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book.active or book.worksheets[0]
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            yield [_written(cell) for cell in row]
    except Exception as error:  # openpyxl fails as its XML makes it stumble
        raise UnreadableTable("not_a_table", type(error).__name__) from error


def _check_archive(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise UnreadableTable("not_a_table", str(error)) from error
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnreadableTable("table_too_large", "unpacked")
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise UnreadableTable("not_a_table", "another kind of archive")


def _written(cell: Any) -> str:
    """A cell as a person would write it: numbers of phones are whole numbers, and Excel makes them decimals."""
    match cell:
        case None:
            return ""
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)

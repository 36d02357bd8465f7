"""A sheet as CSV that a double click opens right in Excel, LibreOffice and Google's sheets."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, tzinfo

from bot.model.chat import Language
from bot.papers.sheet import Cell, Sheet, one_line

#: By which Excel knows UTF-8.
BYTE_ORDER_MARK = "\ufeff"
#: What Excel splits at depends on its language: where the comma is the decimal sign it is the semicolon.
SEPARATOR = {Language.EN: ",", Language.ES: ";"}
DECIMAL = {Language.EN: ".", Language.ES: ","}
#: A cell that begins with one of these could be run as a formula (OWASP, "CSV Injection").
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_file(sheet: Sheet, language: Language, zone: tzinfo) -> bytes:
    """UTF-8 with a byte order mark; moments as `2026-05-06 09:00` in local time, shares as 0-1."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=SEPARATOR[language], lineterminator="\r\n")
    writer.writerow([column.heading for column in sheet.columns])
    writer.writerows([_written(cell, language, zone) for cell in row] for row in sheet.rows)
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()


def _written(cell: Cell, language: Language, zone: tzinfo) -> str:
    match cell:
        case None:
            return ""
        case str():
            return harmless(one_line(cell))
        case datetime():
            return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        case date():
            return cell.isoformat()
        case float():
            return f"{cell:.4f}".rstrip("0").rstrip(".").replace(".", DECIMAL[language])
        case int():
            return str(cell)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: behind an apostrophe, which importing takes off again."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text

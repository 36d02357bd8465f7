"""Sheets as an Excel workbook: typed dates in local time, a header that stays, filters, outcomes in colour."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from bot.papers.sheet import OUTCOME_COLOURS, Cell, Column, Kind, Sheet, one_line

#: Excel shows these in the reader's own order of day and month.
_FORMATS = {Kind.MOMENT: "yyyy-mm-dd hh:mm", Kind.DAY: "yyyy-mm-dd", Kind.SHARE: "0 %", Kind.NUMBER: "0.##"}
_HEADER = PatternFill("solid", fgColor="0C7A57")
#: Excel's own limit to a sheet's name, and the signs that it forbids there.
_NAME_LENGTH, _FORBIDDEN = 31, str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def xlsx_file(sheets: Sequence[Sheet], title: str, zone: tzinfo) -> bytes:
    """One worksheet for each sheet, in their order. Times lose their zone: Excel knows none."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = title, "Testigo"
    for sheet in sheets:
        _write(book.create_sheet(sheet.name.translate(_FORBIDDEN)[:_NAME_LENGTH]), sheet, zone)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write(page: Any, sheet: Sheet, zone: tzinfo) -> None:
    page.append([column.heading for column in sheet.columns])
    for row in sheet.rows:
        page.append([_plain(cell, zone) for cell in row])
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    for number, column in enumerate(sheet.columns, 1):
        _dress(page, number, column, len(sheet.rows) + 1)


def _dress(page: Any, number: int, column: Column, last_row: int) -> None:
    letter = get_column_letter(number)
    page.column_dimensions[letter].width = max(column.width, len(column.heading) + 4)
    header = page.cell(1, number)
    header.font, header.fill = Font(bold=True, color="FFFFFF"), _HEADER
    header.alignment = Alignment(vertical="center")
    for row in range(2, last_row + 1):
        cell = page.cell(row, number)
        if isinstance(cell.value, str):
            cell.data_type = "s"  # never a formula, whatever a name begins with
        elif column.kind in _FORMATS:
            cell.number_format = _FORMATS[column.kind]
    if column.kind is Kind.OUTCOME and last_row > 1:
        for code, (ground, letters) in OUTCOME_COLOURS.items():
            fill = PatternFill("solid", bgColor=ground)
            looks: Any = CellIsRule  # openpyxl's rules have no types
            rule = looks(operator="equal", formula=[f'"{code}"'], fill=fill, font=Font(color=letters))
            page.conditional_formatting.add(f"{letter}2:{letter}{last_row}", rule)


def _plain(cell: Cell, zone: tzinfo) -> Any:
    if isinstance(cell, datetime):
        return cell.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return one_line(cell) if isinstance(cell, str) else cell

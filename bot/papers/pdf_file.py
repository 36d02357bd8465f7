"""A campaign's report as a PDF: what it comes to and its chart on the first page, then the table, then the proofs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace
from PIL import Image

from bot.model.percent import whole_percent
from bot.papers.font import drawable, font_file
from bot.papers.sheet import OUTCOME_COLOURS, Cell, Kind, Sheet

#: Millimetres of an A4 page.
MARGIN, WIDTH = 15, 180
FAMILY = "DejaVu"
#: Millimetres: a column that needs no more gets what it needs; wider ones share the rest, and break their lines.
NARROW, PADDING = 34.0, 3.2
_GREEN, _MUTED, _TEXT = (12, 122, 87), (88, 98, 93), (28, 35, 32)


@dataclass(frozen=True)
class Proof:
    """A picture that shows why, and what is said below it."""

    picture: bytes  #: JPEG
    caption: str


@dataclass(frozen=True)
class Report:
    """All that a document says, in words."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]  #: what it comes to: a name and a value each
    chart: bytes | None  #: PNG
    table: Sheet
    proofs_title: str
    proofs: tuple[Proof, ...]
    foot: str  #: on each page; `{page}` and `{pages}` are put in


def pdf_file(report: Report, zone: tzinfo) -> bytes:
    """Lay it out on A4, upright."""
    page = _Pages(report.foot)
    page.add_page()
    _head(page, report)
    _facts(page, report.facts)
    if report.chart:
        page.image(io.BytesIO(report.chart), x=MARGIN + 35, w=WIDTH - 70)
    if report.table.rows:
        if report.chart:
            page.add_page()
        _table(page, report.table, zone)
    if report.proofs:
        if page.get_y() > page.h / 2:
            page.add_page()
        page.ln(8)
        _proofs(page, report)
    return bytes(page.output())


class _Pages(FPDF):
    """A4 pages with our font and a foot."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 8)
        for style, bold in (("", False), ("B", True)):
            self.add_font(FAMILY, style, str(font_file(bold=bold)))
        self.set_creator("Testigo")

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*_MUTED)
        self.cell(WIDTH, 6, self._foot.replace("{page}", str(self.page_no())).replace("{pages}", "{nb}"))


def _head(page: _Pages, report: Report) -> None:
    page.set_title(drawable(report.title))
    _line(page, report.title, 20, bold=True, colour=_GREEN)
    _line(page, report.subtitle, 10, colour=_MUTED)
    page.ln(4)


def _line(page: _Pages, words: str, size: int, *, bold: bool = False, colour: tuple[int, int, int] = _TEXT) -> None:
    page.set_font(FAMILY, "B" if bold else "", size)
    page.set_text_color(*colour)
    page.multi_cell(WIDTH, size * 0.5, drawable(words), align="L", new_x="LMARGIN", new_y="NEXT")


def _facts(page: _Pages, facts: Sequence[tuple[str, str]]) -> None:
    for name, value in facts:
        page.set_font(FAMILY, "", 10)
        page.set_text_color(*_MUTED)
        page.cell(50, 6, drawable(name))
        page.set_text_color(*_TEXT)
        page.multi_cell(WIDTH - 50, 6, drawable(value), align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(4)


def _table(page: _Pages, sheet: Sheet, zone: tzinfo) -> None:
    """The rows over as many pages as they take, each with the headings."""
    page.set_font(FAMILY, "", 8)
    page.set_text_color(*_TEXT)
    page.set_draw_color(220, 218, 208)
    headings = FontFace(emphasis="BOLD", color=(255, 255, 255), fill_color=_GREEN)
    texts = [[written(cell, column.kind, zone) for column, cell in zip(sheet.columns, cells, strict=True)]
             for cells in sheet.rows]  # fmt: skip
    widths = _widths(page, [drawable(column.heading) for column in sheet.columns], texts)
    with page.table(
        width=min(WIDTH, sum(widths)), align="LEFT", col_widths=widths, headings_style=headings, line_height=5,
        text_align="LEFT", borders_layout=TableBordersLayout.HORIZONTAL_LINES, padding=0.6,
    ) as table:  # fmt: skip
        table.row([drawable(column.heading) for column in sheet.columns])
        for cells in texts:
            row: Any = table.row()
            for column, words in zip(sheet.columns, cells, strict=True):
                colour = OUTCOME_COLOURS.get(words) if column.kind is Kind.OUTCOME else None
                row.cell(words, style=FontFace(color=f"#{colour[1]}") if colour else None)


def _widths(page: _Pages, headings: Sequence[str], texts: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """So wide that what is short stands in one line."""
    page.set_font(FAMILY, "B", 8)
    needed = [page.get_string_width(heading) + PADDING for heading in headings]
    page.set_font(FAMILY, "", 8)
    for cells in texts:
        needed = [max(width, page.get_string_width(cell) + PADDING) for width, cell in zip(needed, cells, strict=True)]
    wide = sum(width for width in needed if width > NARROW)
    rest = max(WIDTH - sum(width for width in needed if width <= NARROW), wide / 4)
    return tuple(width if width <= NARROW else rest * width / wide for width in needed)


def _proofs(page: _Pages, report: Report) -> None:
    """Two beside each other, with their captions."""
    _line(page, report.proofs_title, 14, bold=True, colour=_GREEN)
    page.ln(2)
    wide = (WIDTH - 6) / 2
    for first in range(0, len(report.proofs), 2):
        pair = report.proofs[first : first + 2]
        heights = [_height(proof.picture, wide) for proof in pair]
        if page.get_y() + max(heights) + 16 > page.h - MARGIN - 8:
            page.add_page()
        top = page.get_y()
        for place, proof in enumerate(pair):
            left = MARGIN + place * (wide + 6)
            page.image(io.BytesIO(proof.picture), x=left, y=top, w=wide)
            page.set_xy(left, top + heights[place] + 1)
            page.set_font(FAMILY, "", 8)
            page.set_text_color(*_TEXT)
            page.multi_cell(wide, 4, drawable(proof.caption), align="L")
        page.set_xy(MARGIN, top + max(heights) + 14)


def _height(picture: bytes, width: float) -> float:
    with Image.open(io.BytesIO(picture)) as image:
        return width * image.height / image.width


def written(cell: Cell, kind: Kind, zone: tzinfo) -> str:
    """A cell as a person reads it."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        case date():
            return cell.isoformat()
        case float() if kind is Kind.SHARE:
            return f"{whole_percent(cell)} %"
        case float():
            return f"{cell:.0f}"
        case _:
            return drawable(str(cell))

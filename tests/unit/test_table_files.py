"""Lists as people have them: from Excel in any language, from address books, and files that are none."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bot.flows.table_files import MOST_BYTES, MOST_ROWS, UnreadableTable, read_table
from bot.model.chat import Table

PEOPLE = Table(("Nombre", "Número"), (("Ana Gómez", "+57 300 123 4567"), ("Luis", "3007654321")))


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_csv_file_of_any_program(separator: str, encoding: str, end: str) -> None:
    rows = (PEOPLE.columns, *PEOPLE.rows)
    assert read_table(end.join(separator.join(row) for row in rows).encode(encoding)) == PEOPLE


def test_quotes_hold_separators_and_line_breaks_together() -> None:
    text = 'name,number\n"Gómez, Ana\nMaría",300\n'
    assert read_table(text.encode()) == Table(("name", "number"), (("Gómez, Ana María", "300"),))


def test_excels_own_hint_of_the_separator_is_no_row() -> None:
    assert read_table(b"sep=|\na,b|c\n1|2") == Table(("a,b", "c"), (("1", "2"),))


def test_numbers_of_a_spreadsheet_are_what_the_owner_sees() -> None:
    content = workbook(
        ("Name", "Number", None), ("Ana", 573001234567), (None, None), ("Luis", 3007654321.0), (date(2026, 5, 6), 1.5)
    )
    assert read_table(content).rows == (
        ("Ana", "573001234567"), ("", ""), ("Luis", "3007654321"), ("2026-05-06T00:00:00", "1.5"),
    )  # fmt: skip


def test_empty_rows_and_columns_around_a_list_are_dropped_and_short_rows_filled_up() -> None:
    assert read_table(b";;\na;b;c;;\n1;;;;\n;;;;\n2;3\n;;") == Table(
        ("a", "b", "c"), (("1", "", ""), ("", "", ""), ("2", "3", ""))
    )


def test_contact_cards_are_rows_of_names_and_numbers() -> None:
    cards = (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nTEL:+573001234567\r\nTEL:300 1\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=61=72=C3=AD=\r\n=61\r\n"
        "TEL;CELL:3007654321\r\nEND:VCARD\r\n"
    )
    assert read_table(cards.encode()) == Table(
        ("name", "phone", "phone 2"), (("Ana", "+573001234567", "300 1"), ("María", "3007654321", ""))
    )


def archive(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_table"),
        (b" \n;;\n", "empty_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old_spreadsheet"),
        (b"PK\x03\x04 but no archive", "not_a_table"),
        (archive("word/document.xml", b"<w/>"), "not_a_table"),
        (archive("xl/workbook.xml", b"<broken"), "not_a_table"),
        (archive("xl/workbook.xml", bytes(70 * 1024**2)), "table_too_large"),
        (b"a;b\n" + b"1;2\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b";".join([b"x"] * 50), "too_many_columns"),
        (workbook(tuple(range(50))), "too_many_columns"),
        (b"x" * (MOST_BYTES + 1), "table_too_large"),
        (b'a,"' + b"x" * 200_000, "not_a_table"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_list_is_told_so(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_table(content)
    assert refused.value.reason == reason


def test_as_many_rows_as_are_allowed_are_read() -> None:
    assert len(read_table(b"a;b\n" + b"1;2\n" * MOST_ROWS).rows) == MOST_ROWS


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_file_raises_anything_but_its_own_error(content: bytes) -> None:
    for start in (b"", b"\xff\xfe", b"PK\x03\x04", b"BEGIN:VCARD\n"):
        try:
            table = read_table(start + content)
        except UnreadableTable:
            continue
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert "\0" not in "".join(cell for row in table.rows for cell in row)

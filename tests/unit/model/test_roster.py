"""Lists of people as offices keep them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model.chat import Table
from bot.model.identity import Phone
from bot.model.roster import BadRow, Flaw, Person, columns_of, read_roster

ANA = Phone("+573001234567")


def read(columns: tuple[str, ...], *rows: tuple[str, ...], region: str | None = "CO") -> list[Person | BadRow]:
    table = Table(columns, rows)
    places = columns_of(table, region)
    assert places is not None
    return read_roster(table, places, region)


@pytest.mark.parametrize(
    "columns",
    [
        ("Nombre", "Teléfono"), ("NOMBRE COMPLETO", "Número de teléfono"), ("name", "phone number"),
        ("Contacto", "WhatsApp"), ("Full name", "Mobile"), ("Name", "Phone 1 - Value"), ("Nombre_completo", "Celular:"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_headings(columns: tuple[str, ...]) -> None:
    assert read(columns, ("Ana", "300 123 4567")) == [Person(2, "Ana", (ANA,))]
    assert read(columns[::-1], ("300 123 4567", "Ana")) == [Person(2, "Ana", (ANA,))]


def test_columns_with_strange_headings_are_known_by_what_they_hold() -> None:
    found = read(("A", "B", "C"), ("7", "Ana", "300 123 4567"), ("8", "Luis", "300 765 4321"))
    assert [(person.name, person.phones[0].number) for person in found if isinstance(person, Person)] == [
        ("Ana", "+573001234567"), ("Luis", "+573007654321"),
    ]  # fmt: skip


def test_a_list_without_headings_begins_in_its_first_row() -> None:
    found = read(("Ana", "300 123 4567"), ("Luis", "300 765 4321"))
    assert [(person.row, person.name) for person in found if isinstance(person, Person)] == [(1, "Ana"), (2, "Luis")]


def test_a_table_without_any_number_has_no_columns() -> None:
    assert columns_of(Table(("Nombre", "Ciudad"), (("Ana", "Cali"),)), "CO") is None


def test_first_and_last_names_are_one_name() -> None:
    assert read(("Nombres", "Apellidos", "Tel"), ("Ana María", "Ruiz", "3001234567"))[0] == Person(
        2, "Ana María Ruiz", (ANA,)
    )


@pytest.mark.parametrize(
    "written",
    [
        "+57 300 123 4567", "57-300-123-4567", "(300) 123-4567", "300.123.4567", "3001234567", "573001234567.0",
        "573001234567,00", "5.73001234567E+11", "5,73001234567e+11", "'+573001234567", "00573001234567",
    ],
)  # fmt: skip
def test_numbers_are_read_as_offices_write_them(written: str) -> None:
    assert read(("Nombre", "Número"), ("Ana", written)) == [Person(2, "Ana", (ANA,))]


def test_several_numbers_belong_to_one_person() -> None:
    second = Phone("+573007654321")
    assert read(("Nombre", "Tel"), ("Ana", "3001234567 / 3007654321"))[0] == Person(2, "Ana", (ANA, second))
    assert read(("name", "phone", "phone 2"), ("Ana", "3001234567", "3007654321"))[0] == Person(2, "Ana", (ANA, second))


@pytest.mark.parametrize(
    ("name", "number", "flaw"),
    [
        ("Ana", "", Flaw.NO_NUMBER), ("", "3001234567", Flaw.NO_NAME), ("Ana", "12345", Flaw.BAD_NUMBER),
        ("Ana", "5.73E+11", Flaw.SHORTENED), ("Ana", "no tiene", Flaw.BAD_NUMBER), ("Ana", "=1+1", Flaw.BAD_NUMBER),
    ],
)  # fmt: skip
def test_a_bad_row_says_what_is_wrong(name: str, number: str, flaw: Flaw) -> None:
    text = number if flaw in (Flaw.BAD_NUMBER, Flaw.SHORTENED) else ""
    assert read(("Nombre", "Número"), (name, number)) == [BadRow(2, flaw, text, (name, number))]


@pytest.mark.parametrize(
    ("said", "flaw"),
    [
        ("Sí", None), ("yes", None), ("X", None), ("2026-05-06", None), ("6/5/2026", None), ("declarado", None),
        ("", Flaw.NO_CONSENT), ("No", Flaw.REFUSED), ("withdrawn", Flaw.REFUSED), ("quizá", Flaw.UNCLEAR_CONSENT),
    ],
)  # fmt: skip
def test_a_column_of_consent_is_heeded(said: str, flaw: Flaw | None) -> None:
    (found,) = read(("Nombre", "Número", "Consentimiento"), ("Ana", "3001234567", said))
    assert (found.flaw if isinstance(found, BadRow) else None) is flaw


def test_a_number_that_is_there_twice_counts_in_its_first_row() -> None:
    found = read(("Nombre", "Número"), ("Ana", "3001234567"), ("Ana Ruiz", "+57 300 1234567"))
    assert found[1] == BadRow(3, Flaw.REPEATED, "2", ("Ana Ruiz", "+57 300 1234567"))


def test_rows_keep_the_numbers_of_the_file_across_empty_ones() -> None:
    found = read(("Nombre", "Número"), ("", ""), ("Ana", "3001234567"))
    assert [person.row for person in found] == [3]


def test_a_number_without_a_country_needs_a_region() -> None:
    (found,) = read(("Nombre", "Número"), ("Ana", "300 123 4567"), region=None)
    assert isinstance(found, BadRow)
    assert found.flaw is Flaw.BAD_NUMBER


@pytest.mark.parametrize("said", ["2026-05-06", "2026-05-06T00:00:00", "6/5/2026", "06.05.2026"])
def test_the_date_of_an_agreement_is_kept(said: str) -> None:
    (found,) = read(("Nombre", "Número", "Consentimiento"), ("Ana", "3001234567", said))
    assert found == Person(2, "Ana", (ANA,), date(2026, 5, 6))


def test_a_date_that_cannot_be_is_unclear() -> None:
    (found,) = read(("Nombre", "Número", "Consentimiento"), ("Ana", "3001234567", "31/2/2026"))
    assert isinstance(found, BadRow)
    assert found.flaw is Flaw.UNCLEAR_CONSENT

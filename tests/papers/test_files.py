"""The spreadsheets and documents open, and hold what the chat says."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from bot.flows.table_files import read_table
from bot.model.chat import Language, Role
from bot.model.identity import ContactId
from bot.model.result import Outcome
from bot.model.roster import Person, columns_of, read_roster
from tests.commands.desk import Desk, a_desk, add_campaign, add_contact, add_result


def a_full_desk(language: Language = Language.ES, contacts: int = 0) -> Desk:
    """A desk with a name that wants to be a formula, one that no font has, and so many more."""
    desk = a_desk(language)
    add_contact(desk, '=HYPERLINK("http://evil")', "+573001230000")
    add_contact(desk, "Zoë 🎉", "+573001230001")
    add_result(desk, desk.tables.campaigns.need(1), ContactId(4), Outcome.CUMPLE)
    for number in range(contacts):
        add_contact(desk, f"Persona {number}", f"+57300124{number:04}")
    return desk


def test_the_workbook_of_a_campaign_holds_everybody_with_typed_dates() -> None:
    (made,) = a_full_desk().papers("!exportar xlsx promo")
    book = load_workbook(io.BytesIO(made.content))
    assert book.sheetnames == ["Resumen", "Resultados", "Días", "Tiempos ciegos"]
    results = book["Resultados"]
    rows = list(results.iter_rows(values_only=True))
    assert rows[0] == ("#", "Nombre", "Número", "Resultado", "Publicado", "Imagen", "Puntos /100", "Observación")
    by_name = {row[1]: row for row in rows[1:]}
    assert by_name["Ana"][2:7] == ("+57•••••4567", "cumple", datetime(2026, 5, 6, 9, 0), 1, 97)
    assert by_name["Luis"][3] == "incumple"
    assert by_name["Sofía"][3:5] == ("pendiente", None)
    assert results.freeze_panes == "A2"
    assert results.auto_filter.ref == f"A1:H{len(rows)}"
    assert dict(book["Resumen"].iter_rows(min_row=2, values_only=True))["Participantes"] == "5"
    days = list(book["Días"].iter_rows(min_row=2, values_only=True))
    assert [day[0].date() for day in days] == [date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)]
    assert days[-1][1:4] == (3, 2, 1)


def test_a_campaign_that_judges_each_day_has_a_column_for_each() -> None:
    desk = a_full_desk()
    desk.ask("!campaña regla promo diario sí")
    (made,) = desk.papers("!exportar xlsx promo")
    rows = list(load_workbook(io.BytesIO(made.content))["Día por día"].iter_rows(values_only=True))
    by_name = {row[1]: dict(zip(rows[0][2:], row[2:], strict=True)) for row in rows[1:]}
    assert by_name["Ana"]["2026-05-06"] == "cumple"
    assert by_name["Luis"]["2026-05-06"] == "incumple"


def test_no_cell_is_a_formula() -> None:
    desk = a_full_desk()
    (book,) = desk.papers("!exportar xlsx promo")
    cells = [cell for row in load_workbook(io.BytesIO(book.content))["Resultados"].iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    (sheet,) = desk.papers("!exportar csv promo")
    text = sheet.content.decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    written = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
    assert not [cell for cell in written if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(("command", "separator", "heading"), [("!exportar csv promo", ";", "Resultado"),
                                                               ("!export csv promo", ",", "Outcome")])  # fmt: skip
def test_a_csv_file_opens_in_the_readers_excel(command: str, separator: str, heading: str) -> None:
    (made,) = a_full_desk().papers(command)
    assert made.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(made.content.decode("utf-8-sig")), delimiter=separator))
    assert {row[heading] for row in rows} == {"cumple", "incumple", "pendiente"}


def test_numbers_are_in_full_only_when_asked_for() -> None:
    desk = a_full_desk(Language.EN)
    (masked,), (full,) = desk.papers("!contact export csv"), desk.papers("!contact export csv numbers:yes")
    assert b"300 1234567" not in masked.content
    assert b"+57 300 1234567" in full.content


def test_exported_contacts_can_be_imported_again() -> None:
    desk = a_full_desk()
    for kind in ("csv", "xlsx"):
        (made,) = desk.papers(f"!contacto exportar {kind} números:sí")
        table = read_table(made.content)
        columns = columns_of(table, "CO")
        assert columns is not None
        people = [row for row in read_roster(table, columns, "CO") if isinstance(row, Person)]
        assert sorted(person.phones[0].number for person in people) == sorted(
            contact.phone.number for contact in desk.tables.contacts.all()
        )


@pytest.mark.parametrize("contacts", [0, 60])
def test_the_document_opens_and_names_everybody(contacts: int) -> None:
    (made,) = a_full_desk(contacts=contacts).papers("!exportar pdf promo")
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made.content)).pages]
    assert "Promo Mayo (#1)" in pages[0]
    assert "cumple 2" in pages[0]
    table = "\n".join(pages[1:])
    assert all(name in table for name in ("Ana", "Luis", "Zoë", *(f"Persona {n}" for n in range(contacts))))
    assert f"página 1 de {len(pages)}" in pages[0]


def test_the_document_of_a_campaign_without_contacts_has_no_empty_table() -> None:
    desk = Desk(Language.ES)
    add_campaign(desk, "Feria")
    (made,) = desk.papers("!exportar pdf feria")
    (page,) = PdfReader(io.BytesIO(made.content)).pages
    assert "Feria (#1)" in page.extract_text()


def test_the_list_of_blind_times_says_why() -> None:
    desk = a_full_desk(Language.EN)
    desk.clock.advance(timedelta(hours=5))
    (made,) = desk.papers("!export xlsx promo")
    blind = list(load_workbook(io.BytesIO(made.content))["Blind times"].iter_rows(values_only=True))
    assert blind[0] == ("From", "Until", "Hours", "Why")
    assert len(blind) > 1
    assert all(row[2] > 0 and row[3] for row in blind[1:])
    (document,) = desk.papers("!export pdf promo")
    assert "Blind times" in PdfReader(io.BytesIO(document.content)).pages[0].extract_text()


def test_the_audit_is_for_the_owner_alone() -> None:
    desk = a_full_desk(Language.EN)
    desk.ask("!campaign pause feria")
    (made,) = desk.papers("!export xlsx what:audit")
    rows = list(load_workbook(io.BytesIO(made.content))["Audit"].iter_rows(min_row=2, values_only=True))
    assert [row[3] for row in rows] == ["!campaign pause feria"]
    assert "⛔" in desk.ask_as(Role.OPERATOR, "!export xlsx what:audit")


def test_a_viewer_gets_no_numbers_in_full() -> None:
    desk = a_full_desk(Language.EN)
    assert "⛔" in desk.ask_as(Role.VIEWER, "!contact export numbers:yes")
    assert "⛔" in desk.ask_as(Role.VIEWER, "!export csv promo numbers:yes")
    assert desk.ask_as(Role.VIEWER, "!export csv promo") == ""


def test_a_proof_is_in_the_document_as_long_as_its_card_is_kept() -> None:
    desk = a_full_desk(Language.EN)
    assert proofs(desk) == 0
    picture = io.BytesIO()
    Image.new("RGB", (1080, 700)).save(picture, "JPEG")
    ana = desk.tables.judgements.need(1)
    desk.tables.judgements.save(replace(ana, card=desk.media.put(picture.getvalue())))
    desk.tables.judgements.save(replace(desk.tables.judgements.need(3), card="-"))
    assert proofs(desk) == 1


def proofs(desk: Desk) -> int:
    """Pictures in the document behind its first page, which has the chart."""
    (made,) = desk.papers("!export pdf promo")
    return sum(len(page.images) for page in PdfReader(io.BytesIO(made.content)).pages[1:])


def test_a_long_name_makes_a_file_name_that_every_phone_can_keep() -> None:
    desk = Desk(Language.ES)
    add_campaign(desk, "Gran campaña de lanzamiento del Café de la Esquina en todas las ciudades de Colombia")
    (made,) = desk.papers("!exportar csv #1")
    assert made.filename == "gran-campana-de-lanzamiento-del-cafe-de-la-esqui-2026-05-06.csv"

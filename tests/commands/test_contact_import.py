"""Lists of people come in as files: good rows are added, each bad one is told and comes back."""

from __future__ import annotations

import io
from dataclasses import replace

from openpyxl import load_workbook

from bot.flows.table_files import read_table
from bot.model.chat import Language, OrderState, Role
from bot.model.contact import Consent
from bot.model.identity import ContactId, Phone
from commands.text import ROWS
from tests.commands.desk import OWNER, THREE_ROWS, Desk, a_desk, a_table, no_picture

TWO_HUNDRED = tuple((f"Persona {n}", f"300 555 {n:04}") for n in range(195))
BAD = (("", "300 556 0001"), ("Sin número", ""), ("Corta", "5.73E+11"), ("Mal", "12345"), ("Doble", "300 555 0000"))


def test_a_list_is_added_and_each_bad_row_is_told() -> None:
    desk = a_desk(Language.ES)
    answer = desk.ask("!contacto importar", pictures=a_table(*TWO_HUNDRED, *BAD))
    assert "📥 agregados: 195 · ya conocidos: 0 · no agregados: 5" in answer
    for row, wrong in (
        (197, "falta el nombre"), (198, "falta el número"), (199, "Excel recortó «5.73E+11»"),
        (200, "«12345» no es un número de teléfono posible"), (201, "el mismo número que la fila 2"),
    ):  # fmt: skip
        assert f"Fila {row}: {wrong}" in answer
    assert "Declaras que dieron su acuerdo" in answer
    assert len(desk.tables.contacts) == 3 + 195


def test_the_whole_import_is_taken_back_at_a_word() -> None:
    desk = a_desk(Language.ES)
    addresses = len(desk.tables.addresses)
    desk.ask("!contacto importar", pictures=a_table(*TWO_HUNDRED))
    desk.ask("!deshacer")
    assert len(desk.tables.contacts) == 3
    assert len(desk.tables.addresses) == addresses


def test_the_bad_rows_come_back_in_a_file_that_can_be_mended_and_sent_again() -> None:
    desk = a_desk(Language.ES)
    (made,) = desk.papers("!contacto importar", pictures=a_table(*BAD[:4]))
    sheet = load_workbook(io.BytesIO(made.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Nombre", "Teléfono", "Fila", "Qué está mal")
    assert [row[2] for row in rows[1:]] == [2, 3, 4, 5]
    sheet["A2"], sheet["B3"], sheet["B4"], sheet["B5"] = "Ya con nombre", "3005560002", "3005560003", "3005560004"
    mended = io.BytesIO()
    sheet.parent.save(mended)
    table = read_table(mended.getvalue())
    answer = desk.ask("!contacto importar", pictures=a_table(*table.rows, columns=table.columns))
    assert "agregados: 4 · ya conocidos: 0 · no agregados: 0" in answer
    assert "Corrige estas filas" in desk.caption(made)


def test_whoever_left_is_not_brought_back_and_the_own_number_is_no_contact() -> None:
    desk = a_desk(Language.EN)
    ana = desk.tables.contacts.need(1)
    desk.tables.contacts.save(replace(ana, consent=Consent.WITHDRAWN))
    rows = a_table(("Ana again", ana.phone.number), ("Me", OWNER.number))
    answer = desk.ask("!contact import", pictures=rows)
    assert "added: 0 · already known: 0 · not added: 2" in answer
    assert "They left, and only they can come back, by writing YES: Ana (row 2)" in answer
    assert "own number, not added: Me (row 3)" in answer
    assert desk.tables.contacts.need(1).consent is Consent.WITHDRAWN


def test_only_those_who_agreed_are_added_when_the_list_says_so() -> None:
    desk = a_desk(Language.EN)
    columns = ("Name", "Number", "Consent")
    rows = (("Marta", "+573105550101", "2026-04-30"), ("Pedro", "+573105550102", "no"), ("Eva", "+573105550103", ""))
    answer = desk.ask("!contact import", pictures=a_table(*rows, columns=columns))
    assert "added: 1 · already known: 0 · not added: 2" in answer
    assert "Row 3: it says that they did not agree (“no”)." in answer
    assert "Row 4: it does not say whether they agreed" in answer
    marta = desk.tables.contacts.need(ContactId(4))
    assert marta.phone == Phone("+573105550101")
    assert marta.consent_source == "promotores.csv"
    assert "declared by you on 30 Apr 2026" in desk.ask("!contact show Marta")


def test_a_file_that_is_no_list_is_refused_in_a_sentence() -> None:
    desk = a_desk(Language.EN)
    assert "cannot be used: it is no list" in desk.ask("!contact import", pictures=(no_picture("not_a_table"),))
    no_numbers = a_table(("Ana", "Cali"), columns=("Name", "City"))
    assert "No column holds phone numbers (Name, City)" in desk.ask("!contact import", pictures=no_numbers)
    assert "One file at a time" in desk.ask("!contact import", pictures=THREE_ROWS * 2)


def test_a_viewer_imports_nothing() -> None:
    desk = a_desk(Language.EN)
    assert "⛔" in desk.ask_as(Role.VIEWER, "!contact import")


def test_a_long_list_is_shown_by_its_first_five_and_follows_as_a_spreadsheet() -> None:
    desk = Desk(Language.EN)
    people = tuple((f"Person {n:02}", f"+57300555{n:04}") for n in range(ROWS + 5))
    desk.ask("!contact import", pictures=a_table(*people))
    desk.ask("!campaign list")
    answer = desk.ask("!contact list")
    assert "Person 04" in answer
    assert "Person 05" not in answer
    assert f"… and {ROWS} more: all of them are in the file that follows" in answer
    order = desk.tables.orders.all()[-1]
    assert order.state is OrderState.MAKING
    (made,) = desk.papers("!contact list")
    assert load_workbook(io.BytesIO(made.content)).worksheets[0].max_row == 1 + ROWS + 5


def test_shared_contact_cards_as_a_file_are_a_list_too() -> None:
    cards = "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Persona {n}\r\nTEL;TYPE=CELL:+57 300 555 {n:04}\r\nEND:VCARD\r\n"
        for n in range(3)
    )
    table = read_table(cards.encode())
    desk = a_desk(Language.EN)
    answer = desk.ask("!contact import", pictures=a_table(*table.rows, columns=table.columns))
    assert "added: 3 · already known: 0 · not added: 0" in answer


def test_a_number_in_the_place_of_a_name_is_masked() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!contact import", pictures=a_table(("+57 310 555 0101", "+573105550101")))
    assert desk.tables.contacts.need(4).name == "+57•••••0101"

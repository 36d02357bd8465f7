"""Files through the real WhatsApp library: a list of 200 people comes in, charts and spreadsheets go out and open."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from PIL import Image
from pypdf import PdfReader

from bot.demo.pictures import cropped, forwarded, photo
from tests.support.owner import begin_campaign
from tests.support.product import Product
from tests.support.world import World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COFFEE, ROCKET = photo("coffee.jpg"), photo("rocket.jpg")


def test_two_hundred_people_are_imported_and_the_five_bad_rows_come_back(world: World, tmp_path: Path) -> None:
    with Product(world, tmp_path) as product:
        product.link()
        world.phone.send_document(the_list(), XLSX, "promotores.xlsx", "!contact import")
        report = world.phone.wait_for_text("📥")
        assert "added: 195 · already known: 0 · not added: 5" in report
        for row in (5, 50, 100, 150, 201):
            assert f"Row {row}:" in report
        to_mend = the_document(world, lambda name: name == "rows-to-correct.xlsx")
        rows = list(load_workbook(io.BytesIO(to_mend)).worksheets[0].iter_rows(min_row=2, values_only=True))
        assert [row[-2] for row in rows] == [5, 50, 100, 150, 201]
        product.wait_until(lambda: product.status()["contacts"] == 195, "195 contacts on the page")
        world.phone.say("!undo")
        product.wait_until(lambda: product.status()["contacts"] == 0, "no contacts any more")


def test_a_report_with_chart_spreadsheet_and_document_opens_on_the_phone(world: World, tmp_path: Path) -> None:
    ana, luis = world.add_person("Ana"), world.add_person("Luis")
    with Product(world, tmp_path) as product:
        product.link()
        begin_campaign(world, "Café", [COFFEE, ROCKET], {"Ana": ana, "Luis": luis})
        ana.post_image(cropped("rocket.jpg"))
        luis.post_image(forwarded("chelsea.jpg"))
        product.wait_until(lambda: product.status()["captures"]["judged"] == 2, "two judgements")

        world.phone.say("!gráfico torta Café")
        caption = world.phone.wait_for_text("📊")
        assert "✅ cumple: 1 (50 %)" in caption
        assert "❌ incumple: 1" in caption
        assert is_a_chart(world, caption)

        world.phone.say("!exportar xlsx Café")
        book = load_workbook(io.BytesIO(the_document(world, lambda name: name.endswith(".xlsx"))))
        results = {row[1]: row[3] for row in book["Resultados"].iter_rows(min_row=2, values_only=True)}
        assert results == {"Ana": "cumple", "Luis": "incumple"}

        world.phone.say("!exportar pdf Café")
        document = PdfReader(io.BytesIO(the_document(world, lambda name: name.endswith(".pdf"))))
        assert "Ana (#1)" in document.pages[-1].extract_text()
        assert len(document.pages[-1].images) == 1  # the proof of the one who complied


def the_list() -> bytes:
    """200 people below the headings; five of the rows cannot be taken."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["Nombre", "Número de teléfono"])
    for place in range(200):
        sheet.append([f"Persona {place}", 573005550000 + place])
    sheet["A5"], sheet["B50"], sheet["B100"], sheet["B150"] = None, None, "12345", "5.73E+11"
    sheet["B201"] = 573005550000
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def the_document(world: World, is_it: Callable[[str], bool]) -> bytes:
    """Wait for a document by its file name; decrypted as the phone does."""

    def found() -> Any:
        documents = [document_of(message) for message in world.phone.inbox]
        return next((message for message in documents if message and is_it(message.documentMessage.fileName)), None)

    return world.phone.file_of(world.wait(found, "a document"))


def document_of(message: Any) -> Any:
    """The part of a message that holds a document; with a caption it is wrapped once more."""
    if message.HasField("documentWithCaptionMessage"):
        message = message.documentWithCaptionMessage.message
    return message if message.HasField("documentMessage") else None


def is_a_chart(world: World, caption: str) -> bool:
    message = next(m for m in world.phone.inbox if m.HasField("imageMessage") and m.imageMessage.caption == caption)
    with Image.open(io.BytesIO(world.phone.file_of(message))) as picture:
        picture.load()
        return picture.format == "PNG" and picture.width == 1080

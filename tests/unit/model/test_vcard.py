"""Contact cards as phones and address books write them."""

from __future__ import annotations

import pytest

from bot.model.event import Card
from bot.model.vcard import read_cards
from tests.support.messages import vcard


def card(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"])


def test_whatsapps_own_card() -> None:
    assert read_cards(vcard("Ana Gómez", "+573001234567")) == [Card("Ana Gómez", ("+573001234567",))]


@pytest.mark.parametrize(
    ("line", "phone"),
    [
        ("TEL:300 123 4567", "300 123 4567"),
        ("TEL;TYPE=CELL:+57 300 1234567", "+57 300 1234567"),
        ("item1.TEL;waid=573001234567:300 123 4567", "+573001234567"),
        ("tel;type=CELL;type=pref:0034600111222", "0034600111222"),
        ("TEL;VALUE=uri:tel:+57-300-1234567", "+57-300-1234567"),
    ],
)
def test_numbers_are_found_however_they_are_written(line: str, phone: str) -> None:
    assert read_cards(card("FN:Ana", line)) == [Card("Ana", (phone,))]


def test_a_number_that_is_there_twice_counts_once() -> None:
    (found,) = read_cards(card("FN:Ana", "TEL:+573001234567", "TEL;TYPE=WORK:+573001234567"))
    assert found.phones == ("+573001234567",)


def test_folded_and_escaped_lines_are_read() -> None:
    assert read_cards(card("FN:Gómez\\, A", " na", "TEL:+5730", "\t01234567"))[0] == Card(
        "Gómez, Ana", ("+573001234567",)
    )


def test_several_cards_in_one_text() -> None:
    text = card("FN:Ana", "TEL:1") + "\r\n" + card("FN:Luis", "TEL:2")
    assert [(found.name, found.phones) for found in read_cards(text)] == [("Ana", ("1",)), ("Luis", ("2",))]


@pytest.mark.parametrize("text", ["", "no card at all", "BEGIN:VCARD"])
def test_a_card_without_content_has_the_name_that_it_was_shared_under(text: str) -> None:
    assert read_cards(text, "Ana") == [Card("Ana", ())]


def test_a_card_without_name_or_number_is_none() -> None:
    assert read_cards("") == []

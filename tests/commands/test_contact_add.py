"""Adding contacts: by name and number, by cards, one after the other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows import people
from bot.model.chat import Language
from bot.model.contact import Consent
from bot.model.event import Card
from tests.commands.desk import MARTA, OWNER, a_desk, jid

PEDRO = Card("Pedro", ("+57 310 555 0102", "+34 612 000 111"))
NOBODY = Card("Nobody", ("12",))


def test_consent_is_declared_by_the_owner_and_said_so() -> None:
    desk = a_desk()
    answer = desk.ask("!contact add Marta +57 310 555 0101")
    contact = desk.tables.contacts.need(4)
    assert (contact.name, contact.phone.number, contact.consent) == ("Marta", "+573105550101", Consent.DECLARED)
    assert "You declare that they agreed" in answer
    assert "*BAJA* or *STOP*" in answer


def test_name_and_number_stand_in_either_order() -> None:
    desk = a_desk()
    assert "*Marta Ruiz (#4)*" in desk.ask("!contact add +57 310-555-0101 Marta Ruiz")
    assert "*Pedro (#5)*" in desk.ask("!contact add Pedro (310) 555 0102")


def test_several_cards_are_added_at_once() -> None:
    desk = a_desk()
    answer = desk.ask("!contact add", cards=(MARTA, NOBODY, PEDRO, MARTA))
    assert "✅ *Marta (#4)*" in answer
    assert "The card “Nobody” has no phone number" in answer
    assert "✅ *Pedro (#5)*" in answer
    assert "*Marta (#4)* is already a contact" in answer
    assert answer.count("You declare") == 1


def test_a_contact_is_known_under_all_numbers_of_the_card() -> None:
    desk = a_desk()
    desk.ask("!contact add", cards=(PEDRO,))
    for number in ("+573105550102", "+34612000111"):
        contact = people.contact_of(desk.tables, [jid(number)])
        assert contact is not None
        assert contact.name == "Pedro"


@pytest.mark.parametrize("name", ["", "+57 310 555 0103", "3105550103"])
def test_a_card_without_a_name_is_called_by_its_masked_number(name: str) -> None:
    desk = a_desk()
    answer = desk.ask("!contact add", cards=(Card(name, ("+57 310 555 0103",)),))
    assert desk.tables.contacts.need(4).name == "+57•••••0103"
    assert "✅ *+57•••••0103 (#4)*" in answer


def test_cards_may_follow_the_command() -> None:
    desk = a_desk(Language.EN)
    assert "Share the contact cards" in desk.ask("!contact add")
    assert "✅ *Marta (#4)*" in desk.ask(cards=(MARTA,))
    assert "✅ *Zoé (#5)*" in desk.ask("Zoé +57 310 555 0199")
    assert "is missing" in desk.ask("just a note")
    assert "✅ *Pedro (#6)*" in desk.ask(cards=(PEDRO,))
    assert "You have 6 contacts" in desk.ask("done")
    assert desk.write("Zoé +57 310 555 0199") is None


def test_cards_alone_are_offered() -> None:
    desk = a_desk()
    assert "¿Agregar a *Marta*" in desk.ask(cards=(MARTA,))
    assert len(desk.tables.contacts) == 3
    assert "✅ *Marta (#4)*" in desk.ask("1")
    assert desk.write("1") is None


def test_an_offer_that_is_not_taken_up_leaves_notes_alone() -> None:
    desk = a_desk()
    desk.ask(cards=(MARTA,))
    assert desk.write("buy milk") is None
    assert len(desk.tables.contacts) == 3


def test_cards_are_offered_also_while_a_menu_is_open() -> None:
    desk = a_desk()
    desk.ask("!campaign lst")
    assert "*Marta*" in desk.ask(cards=(MARTA,))
    assert "*Marta (#4)*" in desk.ask("1")


def test_who_left_cannot_be_brought_back_by_the_owner() -> None:
    desk = a_desk()
    ana = desk.tables.contacts.need(1)
    desk.tables.contacts.save(replace(ana, consent=Consent.WITHDRAWN))
    assert "Only they can come back" in desk.ask("!contact add Ana +57 300 123 4567")
    assert desk.tables.contacts.need(1).consent is Consent.WITHDRAWN


def test_the_account_is_no_contact_of_its_own() -> None:
    desk = a_desk()
    answer = desk.ask("!contact add", cards=(Card("Me", (OWNER.number,)), MARTA))
    assert "number of this account itself" in answer
    assert "✅ *Marta (#4)*" in answer

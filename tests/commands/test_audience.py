"""At whom a campaign looks."""

from __future__ import annotations

import pytest

from bot.flows import people
from bot.model.chat import Language
from tests.commands.desk import Desk, a_desk, add_contact


def looked_at(desk: Desk) -> list[str]:
    return [contact.name for contact in people.participants(desk.tables, desk.tables.campaigns.need(1))]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ([], ["Ana", "Luis", "Sofía"]),
        (["only Ana, Luis"], ["Ana", "Luis"]),
        (["solo #1,sofia"], ["Ana", "Sofía"]),
        (["only 1, +57 300 765 4321"], ["Ana", "Luis"]),
        (["- Luis"], ["Ana", "Sofía"]),
        (["-Luis"], ["Ana", "Sofía"]),
        (["– Luis", "+ Luis"], ["Ana", "Luis", "Sofía"]),
        (["only Ana", "+ Luis", "- Ana"], ["Luis"]),
        (["only Ana", "all"], ["Ana", "Luis", "Sofía"]),
        (["- Ana", "todos"], ["Ana", "Luis", "Sofía"]),
        (["- Ana", "only Ana"], ["Ana"]),
    ],
)
def test_changes_add_up(changes: list[str], names: list[str]) -> None:
    desk = a_desk()
    for change in changes:
        desk.ask(f"!campaign contacts #1 {change}")
    assert looked_at(desk) == names


def test_everyone_includes_those_added_later_and_chosen_does_not() -> None:
    desk = a_desk()
    desk.ask("!campaign contacts promo only Ana")
    add_contact(desk, "Zoé", "+573109998877")
    assert looked_at(desk) == ["Ana"]
    desk.ask("!campaign contacts promo all")
    assert looked_at(desk) == ["Ana", "Luis", "Sofía", "Zoé"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("only", "Whom?"),
        ("all Ana", "stands alone"),
        ("except Ana", "I don't understand “except Ana”"),
        ("only Ana, Lius", "Did you mean *Luis (#2)*?"),
        ("+ +57 310 555 0101", "No contact has the number +57 310 555 0101"),
        ("+ +57 1", "no phone number that can exist"),
    ],
)
def test_a_change_that_is_not_understood_changes_nothing(change: str, told: str) -> None:
    desk = a_desk()
    assert told in desk.ask(f"!campaign contacts #1 {change}")
    assert looked_at(desk) == ["Ana", "Luis", "Sofía"]


def test_names_with_commas_stand_in_quotes() -> None:
    desk = a_desk()
    add_contact(desk, "Ruiz, Marta", "+573109998877")
    desk.ask('!campaign contacts #1 only "Ruiz, Marta", Ana')
    assert looked_at(desk) == ["Ana", "Ruiz, Marta"]


@pytest.mark.parametrize("names", ["Ana and Luis", "Ana y Luis", "Ana & Luis", "Ana, Luis", "Ana,and Luis"])
def test_two_names_may_be_joined_by_and(names: str) -> None:
    assert "2 chosen contacts" in a_desk(Language.EN).ask(f"!campaign contacts promo only {names}")


def test_a_couple_with_one_name_is_one_contact() -> None:
    desk = a_desk(Language.EN)
    add_contact(desk, "Ana y Luis", "+573001119999")
    assert "1 chosen contact" in desk.ask("!campaign contacts promo only Ana y Luis")


def test_of_two_joined_names_the_wrong_one_is_named() -> None:
    assert "“Lius”. Did you mean *Luis (#2)*" in a_desk(Language.EN).ask("!campaign contacts promo only Ana and Lius")

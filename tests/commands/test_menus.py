"""What a command leaves open is asked with numbers, and a number goes on."""

from __future__ import annotations

import re

import pytest

from bot.model.chat import Language
from tests.commands.desk import a_desk, add_campaign, add_contact, pictures


def test_the_missing_campaign_is_chosen_by_its_number() -> None:
    desk = a_desk(Language.EN)
    assert desk.ask("!results").endswith("Which campaign? Reply with its number.\n1. Feria (#2)\n2. Promo Mayo (#1)")
    assert "*Promo Mayo (#1)*" in desk.ask("2")


def test_in_spanish_too() -> None:
    desk = a_desk()
    assert desk.ask("!resultados").endswith("¿Qué campaña? Responde con su número.\n1. Feria (#2)\n2. Promo Mayo (#1)")
    assert "*Promo Mayo (#1)*" in desk.ask("2.")


@pytest.mark.parametrize(
    ("said", "number", "answer"),
    [
        ("!results status:pending", "2", "⏳ Sofía (#3)"),
        ("!campaign threshold 60 40", "1", "Feria (#2)"),
        ("!campaign rule posts 2", "1", "At least 2 statuses"),
        ("!campaign contacts + Ana", "1", "*Feria (#2)*"),
        ("!mark Ana no", "2", "Ana (#1) in Promo Mayo"),
    ],
)
def test_the_other_words_stay_as_they_were_written(said: str, number: str, answer: str) -> None:
    desk = a_desk(Language.EN)
    assert "Which campaign?" in desk.ask(said)
    assert answer in desk.ask(number)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("!campaign contacts promo only Ana, An, Luis", "looks at 3 chosen contacts"),
        ("!campaign contacts promo only Luis,An", "looks at 2 chosen contacts"),
        ("!campaign contacts promo only Luis and An", "looks at 2 chosen contacts"),
        ("!campaign contacts promo -An", "Ana (#1)\nLuis (#2)\nSofía (#3)"),
        ('!contact note "An" called  on Monday', "called on Monday"),
    ],
)
def test_a_name_that_fits_several_is_replaced_where_it_stands(said: str, answer: str) -> None:
    desk = a_desk(Language.EN)
    add_contact(desk, "Anabel", "+573001119999")
    assert "“An” fits several" in desk.ask(said)
    told = desk.ask("2")
    assert "⚠️" not in told
    assert answer in told


def test_one_question_may_follow_another() -> None:
    desk = a_desk()
    add_contact(desk, "Anabel", "+573001119999")
    assert "«An» puede ser más de uno" in desk.ask("!marcar An cumple")
    assert "¿Qué campaña?" in desk.ask("2")
    assert "Anabel (#4) en Feria" in desk.ask("1")


def test_what_is_chosen_still_waits_for_its_code() -> None:
    desk = a_desk(Language.EN)
    add_campaign(desk, "Promo Junio")
    assert "“promo” fits several" in desk.ask("!campaign delete promo")
    asked = desk.ask("2")
    code = re.search(r"!confirm (\w{4})", asked)
    assert code is not None
    assert "*Promo Junio (#3)*" in asked
    desk.ask(code[0])
    assert [campaign.name for campaign in desk.tables.campaigns.all()] == ["Promo Mayo", "Feria"]


def test_a_sequence_is_chosen_by_its_number() -> None:
    desk = a_desk()
    for campaign in ("promo", "feria"):
        desk.ask(f"!secuencia nueva {campaign} 1d Hola")
    assert "1. Feria (#2) · 1 paso\n2. Promo Mayo (#1) · 1 paso" in desk.ask("!secuencia pausar")
    assert "Promo Mayo (#1)" in desk.ask("2")
    assert "⏸ *Promo Mayo (#1)* · 1 paso · 2 en curso · 0 completos" in desk.ask("!secuencias")


def test_nine_are_offered_and_the_others_counted() -> None:
    desk = a_desk(Language.EN)
    for number in range(10):
        add_contact(desk, f"Marta {number}", f"+5730011199{number:02}")
    asked = desk.ask("!contact show marta")
    assert "9. Marta 8 (#12)" in asked
    assert "10. " not in asked
    assert asked.endswith("… and 1 more: for that one, write the full name, or the number after #.")


def test_what_is_nearly_right_is_taken_at_one_character() -> None:
    desk = a_desk()
    assert "¿Quisiste decir *Feria (#2)*? Responde 1 si es así." in desk.ask("!resultados ferai")
    assert "*Feria (#2)*" in desk.ask("sí")
    assert "Responde 1 si es así." in desk.ask("!resultados feria estado:pendinte")
    assert "⏳ Ana (#1)" in desk.ask("1")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("!help remindrs", "!sequence"),
        ("!tz bogotta", "America/Bogota"),
        ("!campaign rule promo captoin Sol", "“Sol”"),
        ("!contact show Lius", "*Luis (#2)*"),
    ],
)
def test_so_are_a_topic_a_zone_a_rule_and_a_contact(said: str, answer: str) -> None:
    desk = a_desk(Language.EN)
    assert "Reply 1" in desk.ask(said)
    assert answer in desk.ask("1")


def test_a_wrong_number_asks_again_and_nought_drops_it() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!results")
    assert "from 1 to 2" in desk.ask("7")
    assert "Dropped" in desk.ask("0")
    assert desk.write("1") is None


def test_a_wizard_goes_on_beside_a_menu() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign new Coffee")
    assert "Which campaign?" in desk.ask("!results")
    desk.write(pictures=pictures(1))
    desk.ask("!results")
    assert "*Feria (#2)*" in desk.ask("1")
    assert "*Coffee (#3)*" in desk.ask("done")


def test_a_wizard_is_not_pushed_aside_by_a_command_that_was_offered() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign new Coffee")
    assert "Did you mean" in desk.ask("!campain new Tea")
    assert "Coffee" in desk.ask("1")
    assert desk.conversation() is not None

"""Destructive commands wait for a code; `!confirm` does what was shown, once, in time, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.model.chat import Language
from commands.confirming import SIGNS
from tests.commands.desk import Desk, a_desk, add_campaign

TWO_MINUTES = timedelta(minutes=2)


def code_in(answer: str) -> str:
    found = re.search(r"!(?:confirm|confirmar) (\w{4})\*", answer)
    assert found is not None, answer
    return found[1]


def names(desk: Desk) -> list[str]:
    return [campaign.name for campaign in desk.tables.campaigns.all()]


@pytest.mark.parametrize(
    ("delete", "confirm", "done"),
    [
        ("!campaign delete promo", "!confirm {}", "is deleted"),
        ("!campaña borrar promo", "!confirmar {}", "está borrada"),
        ("!campaña borrar promo", "!CONFIRMAR {}", "está borrada"),
        ("!campaign delete promo", "!confirmar {}", "is deleted"),
    ],
)
def test_a_deletion_says_what_is_lost_and_is_done_at_its_code(delete: str, confirm: str, done: str) -> None:
    desk = a_desk()
    asked = desk.ask(delete)
    assert "*Promo Mayo (#1)*: 2 " in asked
    assert names(desk) == ["Promo Mayo", "Feria"]
    assert done in desk.ask(confirm.format(code_in(asked).lower()))
    assert names(desk) == ["Feria"]
    assert (len(desk.tables.frames), len(desk.tables.results), len(desk.tables.judgements)) == (1, 0, 0)


def test_a_code_works_once() -> None:
    desk = a_desk()
    code = code_in(desk.ask("!campaign delete promo"))
    desk.ask(f"!confirm {code}")
    assert f"No code {code} is waiting" in desk.ask(f"!confirm {code}")


def test_a_code_is_too_old_after_two_minutes_and_says_so() -> None:
    desk = a_desk()
    code = code_in(desk.ask("!campaign delete promo"))
    desk.clock.advance(TWO_MINUTES)
    assert f"The code {code} was good for 2 minutes" in desk.ask(f"!confirm {code}")
    assert names(desk) == ["Promo Mayo", "Feria"]


def test_a_wrong_code_does_nothing_and_leaves_the_right_one_alone() -> None:
    desk = a_desk()
    code = code_in(desk.ask("!campaign delete promo"))
    assert "No code" in desk.ask("!confirm AAAA")
    assert "is deleted" in desk.ask(f"!confirm {code}")


def test_other_commands_and_other_codes_may_come_in_between() -> None:
    desk = a_desk()
    first = code_in(desk.ask("!campaign delete promo"))
    desk.ask("!results promo")
    second = code_in(desk.ask("!campaign delete feria"))
    assert first != second
    assert "Feria" in desk.ask(f"!confirm {second}")
    assert "Promo Mayo" in desk.ask(f"!confirm {first}")
    assert names(desk) == []


def test_what_the_words_mean_by_now_is_asked_about_anew() -> None:
    """The name went over to another campaign within the two minutes."""
    desk = a_desk()
    code = code_in(desk.ask("!campaign delete promo"))
    desk.tables.campaigns.remove(desk.tables.campaigns.need(1))
    add_campaign(desk, "Promo Junio")
    again = desk.ask(f"!confirm {code}")
    assert "has changed meanwhile" in again
    assert "*Promo Junio (#3)*" in again
    assert "is deleted" in desk.ask(f"!confirm {code_in(again)}")


def test_in_a_wizard_the_prefix_may_be_left_out_and_the_wizard_goes_on() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign new Coffee")
    code = code_in(desk.ask("campaign delete promo"))
    assert "is deleted" in desk.ask(f"confirm {code}")
    assert desk.conversation() is not None


def test_codes_hold_no_signs_that_look_alike() -> None:
    assert not set(SIGNS) & set("0O1IL2Z5S8BUV")
    desk = a_desk()
    codes = {code_in(desk.ask("!campaign delete promo")) for _ in range(50)}
    assert len(codes) == 50
    assert set("".join(codes)) <= set(SIGNS)


def test_old_codes_are_forgotten() -> None:
    desk = a_desk()
    desk.ask("!campaign delete promo")
    desk.clock.advance(timedelta(hours=2))
    desk.ask("!campaign delete promo")
    assert len(desk.tables.confirmations) == 1

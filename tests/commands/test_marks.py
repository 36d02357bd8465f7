"""`!mark`: the outcome is said as people say it, and never taken for another one."""

from __future__ import annotations

import pytest

from bot.model.chat import Language
from bot.model.result import Outcome
from storage.query import where
from tests.commands.desk import a_desk


@pytest.mark.parametrize(
    ("said", "outcome", "why"),
    [
        ("!marcar sofía promo no capturado vacaciones", Outcome.NO_CAPTURADO, "vacaciones"),
        ("!marcar sofía promo no_capturado", Outcome.NO_CAPTURADO, ""),
        ("!marcar sofía promo No cumplió a tiempo", Outcome.INCUMPLE, "a tiempo"),
        ("!marcar sofía promo no", Outcome.INCUMPLE, ""),
        ("!marcar sofía promo cumplió me mostró", Outcome.CUMPLE, "me mostró"),
        ("!mark sofía promo not captured her phone broke", Outcome.NO_CAPTURADO, "her phone broke"),
        ("!mark sofía promo did not comply", Outcome.INCUMPLE, ""),
    ],
)
def test_outcomes_of_several_words_are_understood_whole(said: str, outcome: Outcome, why: str) -> None:
    desk = a_desk()
    desk.ask(said)
    (result,) = desk.tables.results.find(where("contact_id") == 3)
    assert (result.outcome, result.marked_why) == (outcome, why)


def test_the_outcomes_are_named_in_the_askers_language() -> None:
    assert "none of these: complied, failed, not_captured" in a_desk(Language.EN).ask("!mark luis promo nonsense")
    assert "cumple, incumple, no_capturado" in a_desk(Language.ES).ask("!marcar luis promo tonterías")

"""`!why` says what the campaign's rules make of what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.chat import Language
from tests.commands.desk import a_desk


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("caption Sol", ["❌ did not comply", "It does not suffice: the caption does not hold the words"]),
        ("posts 2", ["⏳ Pending", "Statuses that count: 1 of 2", "97/100"]),
        ("frames all", ["⏳ Pending", "Statuses that count: 1 of at least 1; every picture must be shown"]),
        ("alive 6 h", ["⏳ Pending", "It counts if it is still up at 6 May 15:00"]),
        ("hours 10-20", ["⏳ Pending", "1 status outside the campaign's dates or hours counts for nothing"]),
        ("daily yes", ["Days complied: 1 · each day: *!days 1*"]),
    ],
)
def test_a_rule_is_explained_by_what_was_seen(rule: str, lines: list[str]) -> None:
    desk = a_desk(Language.EN)
    desk.ask(f"!campaign rule promo {rule}")
    answer = desk.ask("!why Ana promo")
    assert all(line in answer for line in lines), answer


def test_a_status_that_was_deleted_too_early_says_so_in_the_list_too() -> None:
    desk = a_desk(Language.ES)
    ana = desk.tables.captures.need(1)
    desk.tables.captures.save(replace(ana, removed_at=ana.posted_at + timedelta(minutes=5)))
    desk.ask("!campaña regla promo visible 6 h")
    assert "No basta: se borró demasiado pronto" in desk.ask("!por qué Ana promo")
    assert "❌ Ana (#1) · 6 may 09:00 · imagen 1, pero: se borró demasiado pronto" in desk.ask("!resultados promo")

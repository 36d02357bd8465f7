"""Schedules of one's own: written as people write times, kept, done, paused, deleted, undone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model.chat import Language
from bot.model.job import Job, Maker
from bot.model.plan import Plan, daily, every_hours, monthly, once, weekly
from storage.query import where
from tests.commands.desk import Desk, a_desk

TOMORROW_AT_SIX = datetime(2026, 5, 7, 23, tzinfo=UTC)

PLANS = [
    ("daily 20:00", daily(20)), ("every day at 8", daily(8)), ("diario 20:00", daily(20)),
    ("cada día a las 8:30", daily(8, 30)), ("todos los días", daily(9)), ("every day at 8pm", daily(20)),
    ("every Monday 9:00", weekly(0, 9)), ("Mondays", weekly(0, 9)), ("cada lunes 9:00", weekly(0, 9)),
    ("todos los miércoles a las 7", weekly(2, 7)), ("los sábados 10:15", weekly(5, 10, 15)),
    ("monthly 1 9:00", monthly(1, 9)), ("every month on the 31st at 8", monthly(31, 8)),
    ("cada mes el 15 a las 8", monthly(15, 8)), ("mensual", monthly(1, 9)),
    ("every 6 hours", every_hours(6)), ("cada 6 horas", every_hours(6)), ("cada hora", every_hours(1)),
    ("tomorrow 18:00", once(TOMORROW_AT_SIX)), ("mañana a las 18:00", once(TOMORROW_AT_SIX)),
    ("7 may 6pm", once(TOMORROW_AT_SIX)), ("2026-05-07 18:00", once(TOMORROW_AT_SIX)),
]  # fmt: skip


def own(desk: Desk) -> list[Job]:
    return desk.tables.jobs.find(where("made_by") == Maker.OWNER.value)


@pytest.mark.parametrize(("text", "plan"), PLANS, ids=[text for text, _ in PLANS])
def test_times_are_understood_as_people_write_them(text: str, plan: Plan) -> None:
    desk = a_desk(Language.EN)
    desk.ask(f"!schedule reminder {text} call Ana")
    [job] = own(desk)
    assert job.plan == plan
    assert job.facts == {"text": "call Ana"}


@pytest.mark.parametrize("text", ["whenever", "every 25 hours", "monthly 32 9:00", "daily 27:00", "yesterday 10:00"])
def test_times_that_cannot_be_are_told(text: str) -> None:
    desk = a_desk(Language.EN)
    assert "⚠️" in desk.ask(f"!schedule reminder {text}")
    assert own(desk) == []


def test_a_time_of_the_past_is_told() -> None:
    assert "is over" in a_desk(Language.EN).ask("!schedule reminder 6 may 8:00 call Ana")


def test_a_schedule_is_listed_paused_resumed_and_deleted() -> None:
    desk = a_desk(Language.ES)
    desk.ask("!programar resumen cada lunes 9:00 promo")
    [job] = own(desk)
    assert "cada lunes, 09:00" in desk.ask("!programar lista")
    desk.ask(f"!programar pausar {job.id}")
    assert "en pausa" in desk.ask("!programación")
    assert "está en pausa" in desk.ask(f"!programar ejecutar {job.id}")
    assert "11 may 09:00" in desk.ask(f"!programar reanudar {job.id}")
    assert "Borrado" in desk.ask(f"!programar borrar #{job.id}")
    assert own(desk) == []
    desk.ask("!deshacer")
    assert len(own(desk)) == 1


def test_run_now_makes_it_due_now() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!schedule summary daily 20:00")
    [job] = own(desk)
    desk.ask(f"!schedule run {job.id}")
    assert desk.tables.jobs.need(job.id).due_at == desk.clock.now()


def test_an_unknown_number_is_told() -> None:
    assert "no job “99”" in a_desk(Language.EN).ask("!jobs 99")

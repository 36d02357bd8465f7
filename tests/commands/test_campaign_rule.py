"""The rules of a campaign, as they are said in the chat."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.model.chat import Language
from bot.model.result import Outcome
from bot.model.rules import CampaignRules, Hours
from commands.rule_change import _CHANGES as RULE_NAMES
from commands.words import folded
from tests.commands.desk import BOGOTA, Desk, a_desk


def rules_after(*said: str, language: Language = Language.EN) -> CampaignRules:
    desk = a_desk(language)
    name = {Language.EN: "campaign rule", Language.ES: "campaña regla"}[language]
    for words in said:
        desk.ask(f"!{name} promo {words}")
    return desk.tables.campaigns.need(1).rules


def local(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BOGOTA).astimezone(UTC)


@pytest.mark.parametrize(
    ("said", "ends_at"),
    [
        ("31/5", local(6, 1)),
        ("31/5 18:00", local(5, 31, 18)),
        ("31 may 2026 6 pm", local(5, 31, 18)),
        ("may 31", local(6, 1)),
        ("31 de mayo", local(6, 1)),
        ("2026-05-31", local(6, 1)),
        ("2026-05-31T18:30", local(5, 31, 18, 30)),
        ("hoy", local(5, 7)),
        ("mañana 9:15", local(5, 7, 9, 15)),
        ("viernes", local(5, 9)),
        ("el miércoles 18:00", local(5, 6, 18)),
        ("on Tuesday", local(5, 13)),
        ("3/1", local(1, 4, year=2027)),
        ("31.12.26", local(1, 1, year=2027)),
    ],
)
def test_an_end_is_understood_however_it_is_written(said: str, ends_at: datetime) -> None:
    assert rules_after(f"until {said}").ends_at == ends_at


def test_a_day_without_a_time_begins_and_ends_with_the_local_day() -> None:
    rules = rules_after("from 31/5", "until 31/5")
    assert (rules.starts_at, rules.ends_at) == (local(5, 31), local(6, 1))


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("hours 8-20", CampaignRules(hours=Hours(time(8), time(20)))),
        ("hours from 8:30 to 8 pm", CampaignRules(hours=Hours(time(8, 30), time(20)))),
        ("hours 22:00 – 02:00", CampaignRules(hours=Hours(time(22), time(2)))),
        ("posts 3", CampaignRules(least_posts=3)),
        ("daily yes", CampaignRules(daily=True)),
        ("frames all", CampaignRules(all_frames=True)),
        ("alive 1.5 h", CampaignRules(alive_for=timedelta(minutes=90))),
        ("alive 45min", CampaignRules(alive_for=timedelta(minutes=45))),
        ("reposts no", CampaignRules(reposts=False)),
        ("caption «Café Sol»", CampaignRules(caption="Café Sol")),
    ],
)
def test_each_rule_can_be_set_and_taken_away(said: str, rules: CampaignRules) -> None:
    kept = rules_after(said)
    assert kept == CampaignRules(**{**vars(rules), "zone": "America/Bogota"})
    name = said.split()[0]
    assert vars(rules_after(said, f"{name} {'yes' if name == 'reposts' else 'off'}")) | {"zone": "UTC"} == vars(
        CampaignRules()
    )


def test_the_same_can_be_said_in_spanish() -> None:
    rules = rules_after(
        "desde mañana", "hasta 7 de junio", "horas de 8 a 20", "publicaciones 2", "diaria sí", "imágenes todas",
        "visible 6 horas", "reenvíos no", "texto Café Sol", language=Language.ES,
    )  # fmt: skip
    assert rules == CampaignRules(
        local(5, 7), local(6, 8), Hours(time(8), time(20)), True, 2, True, timedelta(hours=6), False, "Café Sol",
        "America/Bogota",
    )  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        "from 1/6 to 7/6", "from 1 June until 7 June", "from: 1/6 until: 7/6", "until 7/6 from 1/6", "from 1 to 7 June",
        "desde 1/6 hasta 7/6", "desde el 1 de junio hasta el 7 de junio", "del 1 al 7 de junio", "hasta 7/6 desde 1/6",
        "desde 1/6 a 7/6", "desde el 1 al 7 de junio", "desde el 1 hasta el 7 de junio", "from June 1 to June 7",
    ],
)  # fmt: skip
def test_both_ends_of_the_time_can_be_said_together(said: str) -> None:
    assert rules_after(said) == CampaignRules(local(6, 1), local(6, 8), zone="America/Bogota")


def test_both_ends_can_be_moved_beyond_the_old_ones() -> None:
    rules = rules_after("from 1/6 to 7/6", "from 10/6 9:00 to 12/6 18:00")
    assert rules == CampaignRules(local(6, 10, 9), local(6, 12, 18), zone="America/Bogota")


@pytest.mark.parametrize("said", ["del 1 al 7 de junio", "desde 1/6 hasta 7/6"])
def test_without_a_campaign_the_words_of_a_rule_are_no_campaign(said: str) -> None:
    desk = a_desk(Language.ES)
    assert "¿Qué campaña?" in desk.ask(f"!campaña regla {said}")
    assert not any(campaign.rules != CampaignRules() for campaign in desk.tables.campaigns.all())
    desk.ask("2")
    rules = desk.tables.campaigns.need(1).rules
    assert (rules.starts_at, rules.ends_at) == (local(6, 1), local(6, 8))


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("desde mañana a las 8:00", CampaignRules(local(5, 7, 8), zone="America/Bogota")),
        ("hasta viernes a las 18:00", CampaignRules(None, local(5, 8, 18), zone="America/Bogota")),
        ("desde mañana a las 8:00 hasta el viernes a las 18:00",
         CampaignRules(local(5, 7, 8), local(5, 8, 18), zone="America/Bogota")),
        ("desde mañana a las 8:00 a viernes", CampaignRules(local(5, 7, 8), local(5, 9), zone="America/Bogota")),
    ],
)  # fmt: skip
def test_a_time_may_be_said_as_it_is_spoken(said: str, rules: CampaignRules) -> None:
    assert rules_after(said, language=Language.ES) == rules


def test_words_of_a_caption_are_no_rules() -> None:
    assert rules_after("caption from Monday to Friday").caption == "from Monday to Friday"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("from 1/6 to 32/6", "I don't understand the day “32/6”"),
        ("from 7/6 to 1/6", "before the beginning"),
        ("until 32/5", "I don't understand the day “32/5”"),
        ("until 31/5 99:00", "I don't understand the day"),
        ("hours all day", "I don't understand the hours “all day”"),
        ("hours 8-25", "I don't understand the hours"),
        ("alive long", "I don't understand “long”"),
        ("alive 3 days", "I don't understand “3 days”"),
        ("alive 30 h", "from 1 minute to 24 h"),
        ("posts 0", "no number from 1 to 50"),
        ("posts many", "no number from 1 to 50"),
        ("daily perhaps", "write *yes* or *no*"),
        ("frames some", "write *all* or *any*"),
        ("captoin Sol", "Did you mean *caption*?"),
        ("zzzz", "I don't know the rule “zzzz”"),
        ("hours", "Add the value behind the rule"),
        ("caption " + "x" * 81, "too long"),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(said: str, answer: str) -> None:
    desk = a_desk(Language.EN)
    assert answer in desk.ask(f"!campaign rule #1 {said}")
    assert desk.tables.campaigns.need(1).rules == CampaignRules()


def test_the_end_cannot_lie_before_the_beginning() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign rule promo from 31/5")
    assert "before the beginning" in desk.ask("!campaign rule promo until 30/5")


def test_results_follow_the_rules_at_once_and_undo_takes_both_back() -> None:
    desk = a_desk(Language.EN)
    answer = desk.ask("!campaign rule promo caption Sol")
    assert "1 changed" in answer
    assert outcomes(desk) == [Outcome.INCUMPLE, Outcome.INCUMPLE]
    desk.ask("!undo")
    assert outcomes(desk) == [Outcome.CUMPLE, Outcome.INCUMPLE]
    assert desk.tables.campaigns.need(1).rules == CampaignRules()


def test_all_rules_are_shown_and_cleared() -> None:
    desk = a_desk(Language.ES)
    for words in ("hasta 31/5", "publicaciones 2", "diaria sí", "visible 6 h", "horas 8-20", "texto Sol"):
        desk.ask(f"!campaña regla promo {words}")
    shown = desk.ask("!campaña reglas promo")
    for line in ("Hasta: 31 may 2026", "Cada día", "Al menos 2 estados al día", "visible 6 h", "de 08:00 a 20:00"):
        assert line in shown
    assert "Sin reglas" in desk.ask("!campaña regla promo quitar")


def test_daily_without_an_end_is_remarked_upon() -> None:
    assert "Without an end nobody can comply" in a_desk(Language.EN).ask("!campaign rule promo daily yes")


def outcomes(desk: Desk) -> list[Outcome]:
    return [result.outcome for result in sorted(desk.tables.results.all(), key=lambda result: result.contact_id)]


def test_a_change_of_pictures_settles_who_needs_all_of_them_and_offers_to_judge_again() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign rule promo frames all")
    assert outcomes(desk) == [Outcome.INCUMPLE]
    answer = desk.ask("!frame disable promo 2")
    assert "2 statuses were judged by the former pictures: *!campaign reprocess 1*" in answer
    assert outcomes(desk) == [Outcome.CUMPLE, Outcome.INCUMPLE]


@pytest.mark.parametrize("language", list(Language))
def test_who_does_not_know_the_names_of_the_rules_is_told_them_all(language: Language) -> None:
    said = "!campaign rule promo wobbly 1" if language is Language.EN else "!campaña regla promo wobbly 1"
    line = next(line for line in a_desk(language).ask(said).splitlines() if ":" in line)
    names = line.rpartition(": ")[2].rstrip(".").split(", ")
    assert len(names) == len(dataclasses.fields(CampaignRules)) - 1  # the zone is no rule
    assert all(folded(name) in RULE_NAMES for name in names)


def test_of_whom_something_was_seen_that_does_not_decide_the_list_does_not_say_that_nothing_was() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign rule promo posts 3")
    answer = desk.ask("!results promo status:pending")
    assert "⏳ Ana (#1) · seen, but nothing decides yet: *!why 1*" in answer
    assert "⏳ Sofía (#3) · nothing seen yet" in answer

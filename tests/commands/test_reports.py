"""What the reports say about campaigns in the middle of things."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model.capture import Judgement, MissReason, Verdict
from bot.model.chat import Language
from bot.model.contact import Consent
from bot.model.identity import CampaignId, CaptureId, ContactId
from bot.model.result import Outcome
from tests.commands.desk import Desk, a_desk, add_result


def a_busy_desk() -> Desk:
    """Ana complied, Luis's post was not what was asked for, Sofía's could not be obtained."""
    desk = a_desk(Language.EN)
    promo = desk.tables.campaigns.need(1)
    missed = add_result(desk, promo, ContactId(3), Outcome.NO_CAPTURADO)
    desk.tables.results.save(replace(missed, reason=MissReason.EXPIRED))
    return desk


def put_in_review(desk: Desk, contact: int) -> None:
    now = desk.clock.now()
    desk.tables.judgements.add(
        Judgement(0, f"{contact}:2", CaptureId(contact), CampaignId(2), ContactId(contact), now, Verdict.REVIEW, now)
    )


def test_results_say_what_was_seen_and_when() -> None:
    answer = a_busy_desk().ask("!results promo")
    assert "*Promo Mayo (#1)* · ✅ 1 ❌ 1 📵 1 ⏳ 0" in answer
    assert "✅ Ana (#1) · 6 May 09:00 · picture 1 · 97/100" in answer
    assert "❌ Luis (#2) · 6 May 09:00 · posted something else" in answer
    assert "📵 Sofía (#3) · 6 May 09:00 · WhatsApp no longer has it" in answer


def test_results_name_the_frame_by_its_place_in_the_campaign() -> None:
    desk = a_desk(Language.EN)
    ana = desk.tables.results.need(1)
    second = desk.tables.frames.need(2)
    desk.tables.results.save(replace(ana, frame_id=second.id))
    assert "picture 2" in desk.ask("!results promo search:an")


def test_results_marked_by_hand_say_by_whom_and_why() -> None:
    desk = a_desk(Language.EN)
    luis = desk.tables.results.need(2)
    desk.tables.results.save(replace(luis, marked_by="the owner", marked_why="shown on paper"))
    assert "Luis (#2) · set by the owner: shown on paper" in desk.ask("!results promo")


@pytest.mark.parametrize(
    ("marks", "results", "said", "by"),
    [("!mark Luis promo complied", "!results promo", "set by you", "!why Luis promo"),
     ("!marcar Luis promo cumple lo vi", "!resultados promo", "puesto por ti: lo vi", "!porqué Luis promo")],
)  # fmt: skip
def test_who_set_an_outcome_reads_themselves_as_you(marks: str, results: str, said: str, by: str) -> None:
    desk = a_desk()
    desk.ask(marks)
    assert f"Luis (#2) · {said}" in (answer := desk.ask(results))
    assert f"{said}:\n" not in answer
    assert said in desk.ask(by).lower()


def test_doubtful_statuses_are_pending_and_can_be_asked_for() -> None:
    desk = a_desk(Language.EN)
    put_in_review(desk, contact=2)
    answer = desk.ask("!results feria status:review")
    assert "⏳ Luis (#2) · to review" in answer
    assert "Ana" not in answer
    assert "🔎 statuses to review: 1" in desk.ask("!summary feria")


def test_results_of_nobody_say_so() -> None:
    assert "Nobody is like that." in a_desk().ask("!results feria status:complied")


def test_who_left_is_in_no_report() -> None:
    desk = a_busy_desk()
    ana = desk.tables.contacts.need(1)
    desk.tables.contacts.save(replace(ana, consent=Consent.WITHDRAWN))
    assert "Ana" not in desk.ask("!results promo")
    assert "Ana (#1) · +57•••••4567 · left" in desk.ask("!contact list")
    assert "not looked at, not written to" in desk.ask("!contact show Ana")


def test_the_summary_of_a_campaign_counts_everybody_once() -> None:
    answer = a_busy_desk().ask("!summary promo")
    assert "*Promo Mayo (#1)* · day 3 · 09:00" in answer
    assert "✅ complied: 1 (33 %)" in answer
    assert "❌ did not comply: 1" in answer
    assert "📵 not captured: 1" in answer
    assert "⏳ pending: 0" in answer
    assert "🟩🟩🟩🟥🟥🟥🟥🟪🟪🟪" in answer


def test_a_campaigns_days_are_counted_in_local_time() -> None:
    desk = a_desk(Language.EN)
    desk.clock.advance(timedelta(hours=14, minutes=59))
    assert "day 3 · 23:59" in desk.ask("!summary promo")
    desk.clock.advance(timedelta(minutes=1))
    assert "day 4 · 00:00" in desk.ask("!summary promo")


def test_the_summary_of_all_names_the_best_and_the_worst() -> None:
    answer = a_busy_desk().ask("!summary")
    assert "Campaigns: 2 · active: 2" in answer
    assert "Contacts: 3 · results: 3" in answer
    assert "Most often complied: Ana (1)" in answer
    assert "Most often failed: Luis (1), Sofía (1)" in answer
    assert "Best campaign: Promo Mayo (#1), 33 %" in answer
    assert "Weakest campaign: Feria (#2), 0 %" in answer


def test_reports_of_nothing_are_no_bugs() -> None:
    desk = Desk(Language.EN)
    assert "Campaigns: 0" in desk.ask("!summary")
    assert "There are no campaigns yet" in desk.ask("!campaign list")
    assert "There are no contacts yet" in desk.ask("!contact list")
    assert "No campaign is active" in desk.ask("!results")
    assert "⬜ 2." in desk.ask("!start")


def test_a_nearly_used_limit_is_a_worry() -> None:
    desk = a_desk(Language.EN)
    view = desk.survey()
    full = replace(view.limits[0], used=29)
    order = desk.order("!status")
    crowded = replace(view, limits=(full, *view.limits[1:]), queue=replace(view.queue, in_doubt=1))
    answer = desk.dispatcher.answer(order, None, desk.role, crowded, desk.clock.now()).text
    assert "Nearly used up: minute: 29 of 30" in answer
    assert "1 message in doubt" in answer

"""What the bot reports by itself says what is in the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import jobs, timetable
from bot.flows.jobs import Wanted
from bot.model.job import Maker
from bot.model.overview import HealthItem
from bot.model.plan import once
from bot.model.rules import CampaignRules
from storage.query import where
from tests.support.stage import Stage

POSTER = b"the poster"
HEALTH = (HealthItem("disk", True, "9000 MB"), HealthItem("backup", False, "60 h"), HealthItem("phone", None))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    campaign = stage.campaign("Promo", POSTER)
    ends_at = stage.clock.now() + timedelta(hours=25)
    stage.tables.campaigns.save(replace(campaign, rules=CampaignRules(ends_at=ends_at, zone="America/Bogota")))
    ana = stage.contact("Ana", "+573001234567")
    stage.contact("Luis", "+573007654321")
    ana.post_image(POSTER + b" posted")
    stage.settle()
    yield stage
    stage.close()


def said(stage: Stage, kind: str, **facts: int | str) -> str:
    """What a job of this kind says when it is due now."""
    now, voice = stage.clock.now(), stage.engine.jobs.voice
    job = jobs.add(stage.tables, Wanted(f"test:{kind}", kind, once(now), facts), Maker.OWNER, voice, now)
    jobs.run(stage.tables, timetable.DUTIES, replace(job, due_at=now), voice, now, HEALTH)
    found = [item.text for item in stage.tables.outbox.all() if item.key.startswith(f"job:test:{kind}")]
    return found[-1] if found else ""


def test_the_plan_of_the_day_names_the_campaigns(stage: Stage) -> None:
    assert "*Promo (#1)* · day 1/2" in said(stage, "morning_plan")


def test_the_summary_of_the_day_has_outcomes_and_coverage(stage: Stage) -> None:
    text = said(stage, "evening_summary")
    assert "*Promo (#1)* · day 1/2" in text
    assert "1 (50 %)" in text
    assert "Coverage" in text


def test_before_the_end_the_pending_are_named(stage: Stage) -> None:
    text = said(stage, "ends_tomorrow", campaign=1)
    assert "ends on 7 May 10:00" in text
    assert "Pending: Luis" in text
    assert "Ana" not in text


def test_of_a_campaign_that_is_gone_nothing_is_said(stage: Stage) -> None:
    for kind in ("ends_soon", "final_report", "own_summary", "own_export", "own_chart"):
        assert said(stage, kind, campaign=99) == ""


def test_the_final_report_comes_with_the_list_as_a_document(stage: Stage) -> None:
    assert "final report" in said(stage, "final_report", campaign=1)
    [order] = stage.tables.orders.find(where("state") == "making")
    assert [paper.facts["format"] for paper in order.papers] == ["pdf"]


def test_the_weeks_trends_compare_two_weeks(stage: Stage) -> None:
    stage.clock.advance(timedelta(minutes=1))
    text = said(stage, "weekly_trends")
    assert "Statuses seen: 1 (none the week before)" in text
    stage.clock.advance(timedelta(days=7))
    assert "Statuses seen: 0 (▼ 1 the week before)" in said(stage, "weekly_trends")


def test_the_months_report_tells_what_was_deleted_kept_and_backed_up(stage: Stage) -> None:
    text = said(stage, "monthly_report")
    assert "contacts 2, statuses 1, results 1" in text
    assert "✅ Free disk space: 9000 MB" in text
    assert "⚠️ Age of the last backup: 60 h" in text
    assert "Phone" not in text


def test_the_months_report_names_campaigns_that_nobody_closed(stage: Stage) -> None:
    assert "campaign close" not in said(stage, "monthly_report")
    stage.clock.advance(timedelta(days=181))
    assert "Open for more than 180 days: Promo." in said(stage, "monthly_report")
    assert "!campaign close 1" in said(stage, "monthly_report")


def test_a_chart_of_ones_own_is_the_pie_of_a_campaign_or_of_all(stage: Stage) -> None:
    said(stage, "own_chart", campaign=1)
    [order] = stage.tables.orders.find(where("state") == "making")
    assert [(paper.kind, paper.facts["campaign"]) for paper in order.papers] == [("chart", 1)]


def test_a_reminder_says_the_owners_words(stage: Stage) -> None:
    assert said(stage, "own_reminder", text="call Ana") == "🤖 🔔 call Ana"

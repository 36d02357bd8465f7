"""What the bot does by itself and when: the duties of product.md §9, and the jobs that should exist now.

A new duty: write its function (`Work` in, whether there was anything to do out), add a `Duty` below, and its name as
`job.<kind>` to the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.flows import block_rounds, blocks, bulletins, periodicals
from bot.flows.jobs import Duty, Wanted
from bot.model.document import to_document
from bot.model.plan import Plan, daily, every_hours, monthly, once, weekly
from storage.query import where
from storage.tables import Tables

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: When a campaign's jobs are due, counted from its end.
SOON, VERY_SOON, AFTER = timedelta(hours=-24), timedelta(hours=-2), timedelta(hours=24)

_ALL = (
    Duty("morning_plan", bulletins.morning_plan, useful_for=4 * HOUR, plan=daily(8)),
    Duty("evening_summary", bulletins.evening_summary, useful_for=3 * HOUR, plan=daily(20)),
    Duty("weekly_trends", periodicals.weekly_trends, useful_for=2 * DAY, plan=weekly(0, 9)),
    Duty("monthly_report", periodicals.monthly_report, useful_for=7 * DAY, plan=monthly(1, 9)),
    Duty("ends_tomorrow", bulletins.ends_soon, useful_for=20 * HOUR),
    Duty("ends_soon", bulletins.ends_soon, useful_for=2 * HOUR),
    Duty("final_report", bulletins.final_report, useful_for=7 * DAY),
    Duty("own_summary", bulletins.own_summary, useful_for=6 * HOUR),
    Duty("own_export", bulletins.own_export, useful_for=DAY),
    Duty("own_chart", bulletins.own_chart, useful_for=6 * HOUR),
    Duty("own_reminder", bulletins.own_reminder, useful_for=DAY),
    Duty("block_check", block_rounds.duty, useful_for=6 * HOUR, plan=every_hours(blocks.HOURS)),
)

DUTIES: Mapping[str, Duty] = {duty.kind: duty for duty in _ALL}


def wanted(tables: Tables, now: datetime) -> Iterator[Wanted]:
    """The product's own jobs, and those of the campaigns that have an end."""
    for duty in _ALL:
        if duty.plan is not None:
            yield Wanted(duty.kind, duty.kind, _plan(tables, duty.kind, duty.plan), {})
    still_told = now - AFTER - DUTIES["final_report"].useful_for
    for campaign in tables.campaigns.find(where("rules").ends_at >= to_document(still_told)):
        ends_at = campaign.rules.ends_at
        assert ends_at is not None
        for kind, after in (("ends_tomorrow", SOON), ("ends_soon", VERY_SOON), ("final_report", AFTER)):
            yield Wanted(f"{kind}:{campaign.id}", kind, once(ends_at + after), {bulletins.CAMPAIGN: campaign.id})


def _plan(tables: Tables, kind: str, plan: Plan) -> Plan:
    """The owner says how often blocks are looked for."""
    return every_hours(blocks.hours(tables)) if kind == "block_check" else plan

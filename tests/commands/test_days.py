"""`!days` and what the summary says of a campaign with an end, or with days of their own."""

from __future__ import annotations

from datetime import timedelta

from bot.model.chat import Language
from bot.model.incident import LinkChange
from bot.model.link import LinkState
from tests.commands.desk import Desk, a_desk

DAY = timedelta(days=1)


def a_daily_desk() -> Desk:
    """Ana complied today, Luis posted something else, nothing was seen of Sofía."""
    desk = a_desk(Language.EN)
    desk.ask("!campaign rule promo daily yes")
    desk.ask("!campaign rule promo until 9/5")
    connected = LinkChange(0, desk.clock.now() - 3 * DAY, LinkState.CONNECTED)
    for change in desk.tables.link_log.all():
        desk.tables.link_log.remove(change)
    desk.tables.link_log.add(connected)
    return desk


def test_each_participant_has_a_row_of_days() -> None:
    desk = a_daily_desk()
    desk.clock.advance(DAY)
    answer = desk.ask("!days promo")
    assert "✅⏳ Ana · 1/2" in answer
    assert "❌⏳ Luis · 0/2" in answer
    assert "⏳⏳ Sofía · 0/2" in answer
    assert "Coverage: 72 h of 72 h" in answer


def test_a_contact_has_a_line_for_each_day() -> None:
    desk = a_daily_desk()
    desk.clock.advance(DAY)
    answer = desk.ask("!days promo Ana")
    assert "Ana (#1): 1 of 2 days" in answer
    assert "⏳ 7 May 2026 · pending\n✅ 6 May 2026 · complied" in answer


def test_a_day_that_was_not_seen_says_so() -> None:
    desk = a_daily_desk()
    desk.tables.link_log.add(LinkChange(0, desk.clock.now(), LinkState.STOPPED))
    desk.clock.advance(DAY)
    assert "✅🌑 Ana" in desk.ask("!days promo")
    assert "blind 6 May 09:00 – 7 May 09:00" not in desk.ask("!days promo")  # it still goes on
    assert "(blind since 6 May 09:00, switched off)" in desk.ask("!days promo")


def test_the_summary_counts_today_and_says_which_day_it_is() -> None:
    desk = a_daily_desk()
    answer = desk.ask("!summary promo")
    assert "*Promo Mayo (#1)* · day 3/6 · 09:00" in answer
    assert "Today: ✅ 1 ❌ 1 📵 0 ⏳ 1" in answer
    desk.clock.advance(DAY)
    assert "Today: ✅ 0 ❌ 0 📵 0 ⏳ 3" in desk.ask("!summary promo")
    desk.clock.advance(4 * DAY)
    answer = desk.ask("!summary promo")
    assert "over after 6 days" in answer
    assert "Today" not in answer


def test_the_summary_of_a_campaign_that_has_not_begun_says_when_it_does() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!campaign rule feria from 9/5 8:00")
    assert "*Feria (#2)* · begins 9 May 08:00" in desk.ask("!summary feria")

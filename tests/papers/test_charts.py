"""The charts: pictures that a phone shows, with every number in the caption, whatever there is to count."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from bot.flows.statistics import Posts, by_day, by_hour, posts
from bot.model.capture import Verdict
from bot.model.chat import Language
from bot.model.identity import CampaignId
from bot.model.incident import LinkChange
from bot.model.link import LinkState
from bot.model.result import Outcome
from bot.papers.bar_chart import Bar, bar_chart
from bot.papers.canvas import COLOURS, MARGIN, WIDTH, Canvas
from bot.papers.font import drawable
from bot.papers.period import MOST_BARS, put_together
from bot.papers.pie_chart import INSIDE, Slice, pie_chart
from bot.papers.rate_chart import Rate, rate_chart
from tests.commands.desk import Desk, a_desk, add_campaign, add_contact, add_result

KINDS = ("pie", "days", "hours", "campaigns", "uptime")


def opened(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image.convert("RGB")


def shares(picture: bytes, colours: dict[str, str]) -> dict[str, float]:
    """Which share of the pixels that have one of these colours has which."""
    image = opened(picture)
    counted = {tuple(colour): count for count, colour in image.getcolors(1 << 24) or []}
    found = {name: counted.get(tuple(bytes.fromhex(colour[1:])), 0) for name, colour in colours.items()}
    return {name: count / max(sum(found.values()), 1) for name, count in found.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_of_nothing_is_no_bug(kind: str) -> None:
    desk = Desk(Language.EN)
    (made,) = desk.papers(f"!chart {kind}")
    assert opened(made.content).width == WIDTH
    assert desk.caption(made)


@pytest.mark.parametrize("kind", KINDS)
def test_names_of_any_kind_are_drawn(kind: str) -> None:
    desk = a_desk(Language.ES)
    for name in (
        "🎉🎉🎉",
        "$x^2_{$ y \\frac",
        "Una campaña con un nombre larguísimo que no cabe en ninguna línea",
        "العربية",
        "李雷",
    ):
        add_campaign(desk, name)
    (made,) = desk.papers(f"!chart {kind} #3" if kind in ("pie", "days", "hours") else f"!chart {kind}")
    assert opened(made.content).width == WIDTH


def test_the_slices_of_the_pie_are_as_large_as_their_numbers() -> None:
    counts = {"cumple": 60, "incumple": 30, "pendiente": 10}
    slices = [Slice(code, count, COLOURS[code]) for code, count in counts.items()]
    drawn = pie_chart("Título", "", "", slices, middle="", below="")
    found = shares(drawn, {each.name: each.colour for each in slices})
    assert found == pytest.approx({"cumple": 0.6, "incumple": 0.3, "pendiente": 0.1}, abs=0.03)


def test_the_parts_of_the_bars_are_as_high_as_their_numbers() -> None:
    legend = [("a", COLOURS["cumple"]), ("b", COLOURS["incumple"])]
    drawn = bar_chart("Título", "", "", legend, [Bar("1", (300, 100)), Bar("2", (100, 300))], empty="")
    assert shares(drawn, dict(legend)) == pytest.approx({"a": 0.5, "b": 0.5}, abs=0.02)


@pytest.mark.parametrize("bars", [1, 3, 31])
def test_no_label_below_the_bars_touches_the_next(bars: int) -> None:
    """Between the ink of two labels there is room: the row of labels has at least one gap for each but the last."""
    drawn = opened(bar_chart("T", "", "", [("a", COLOURS["cumple"])], [Bar(f"{n} may", (n,)) for n in range(bars)],
                             empty=""))  # fmt: skip
    row = drawn.convert("L").crop((MARGIN, 930, WIDTH - MARGIN, 970))
    ink = [row.crop((x, 0, x + 1, 40)).getextrema()[0] < 200 for x in range(row.width)]
    gaps, run = 0, 0
    for dark in ink[ink.index(True) :]:
        run = 0 if dark else run + 1
        gaps += run == 15
    assert gaps >= min(bars, 5) - 1


def test_forty_campaigns_make_a_picture_that_a_phone_can_show() -> None:
    rates = [Rate(f"Campaña número {n} con un nombre largo (#{n})", n / 40, f"{n} %") for n in range(40)]
    image = opened(rate_chart("Campañas", "", "… y 20 más", rates, empty=""))
    assert image.width == WIDTH
    assert image.height < 3 * WIDTH


def test_a_text_that_does_not_fit_keeps_both_ends() -> None:
    canvas = Canvas(400, "t", "", "")
    cut = canvas.fitted("Una campaña con un nombre larguísimo (#12)", 300)
    assert cut.startswith("Una")
    assert "…" in cut
    assert cut.endswith("(#12)")
    assert canvas.width_of(cut) <= 300
    assert canvas.fitted("corta", 300) == "corta"
    assert canvas.fitted("Una campaña", 1) == "…"


def test_the_share_in_the_pie_is_written_whole_when_everybody_complies() -> None:
    everybody = [Slice("cumple", 1, COLOURS["cumple"])]
    ring = opened(pie_chart("T", "", "", everybody, middle="100 %", below="")).convert("L")
    middle = ring.crop((int(WIDTH / 2 - INSIDE / 2), 430, int(WIDTH / 2 + INSIDE / 2), 510))
    ink = [middle.crop((x, 0, x + 1, 80)).getextrema()[0] < 100 for x in range(middle.width)]
    assert sum(ink) > 0.7 * INSIDE  # as large as there is room for
    assert sum(here and not before for before, here in itertools.pairwise([False, *ink])) == len("100%")


def test_what_the_font_lacks_is_left_out() -> None:
    assert drawable("Ana 🎉 Ñúñez") == "Ana Ñúñez"
    assert drawable("e\u0301") == "é"


@pytest.mark.parametrize(
    ("name", "drawn"),
    [("🌸🌸", "☺"), ("👩‍👩‍👧‍👦", "☺"), ("🎉🎉 (#1)", "☺ (#1)"), ("🎉 Ana 🎉", "Ana"), ("李雷", "…"),
     ("李雷 Li", "… Li"), ("李 雷 (#3)", "… (#3)"), ("ஆனந்த்", "…"), ("Олег", "Олег"), ("+57 300", "+57 300"),
     ("12\n34", "12 34"), ("🇨🇴", "☺"),
     ("\u202a+57 300\u202c", "+57 300"), ("  ", "")],
)  # fmt: skip
def test_a_name_that_the_font_lacks_does_not_vanish(name: str, drawn: str) -> None:
    assert drawable(name) == drawn


@pytest.mark.parametrize(("days", "bars"), [(1, 1), (31, 31), (32, 5), (217, 31), (300, 10)])
def test_long_times_are_put_together(days: int, bars: int) -> None:
    counted = {date(2026, 1, 1) + timedelta(days=n): Posts(match=1) for n in range(days)}
    together = list(put_together(counted))
    assert len(together) == bars <= MOST_BARS
    assert sum(posts.total for _, posts in together) == days


def test_posts_are_counted_by_local_days_and_hours() -> None:
    desk = a_desk(Language.EN)
    found = posts(desk.tables, desk.tables.campaigns.need(1))
    zone = ZoneInfo("Pacific/Auckland")  # 09:00 in Bogotá is 02:00 of the next day there
    assert by_day(found, zone, date(2026, 5, 6), date(2026, 5, 7)) == {
        date(2026, 5, 6): Posts(), date(2026, 5, 7): Posts(match=1, no_match=1),
    }  # fmt: skip
    assert by_hour(found, zone)[2] == Posts(match=1, no_match=1)


def test_a_post_seen_by_several_campaigns_counts_once_as_the_best() -> None:
    desk = a_desk(Language.EN)
    ana = desk.tables.judgements.need(1)
    desk.tables.judgements.add(replace(ana, key="1:2", campaign_id=CampaignId(2), verdict=Verdict.NO_MATCH))
    assert "Posts: 2 · match 1 · other content 1" in desk.caption(desk.papers("!chart days")[0])


def test_the_caption_says_the_numbers_of_the_pie() -> None:
    desk = a_desk(Language.ES)
    add_contact(desk, "Otra", "+573001239999")
    caption = desk.caption(desk.papers("!gráfico torta promo")[0])
    assert "✅ cumple: 1 (25 %)" in caption
    assert "⏳ pendiente: 2" in caption
    assert "Cobertura:" in caption


@pytest.mark.parametrize("kind", ["torta", "días", "horas", "cobertura"])
def test_the_words_below_a_chart_say_when_the_bot_was_blind(kind: str) -> None:
    """Before it was first started it was not blind: nobody expected it to see anything."""
    desk = a_desk(Language.ES)
    for change in desk.tables.link_log.all():
        desk.tables.link_log.remove(change)
    for hours, state in ((9, LinkState.CONNECTED), (4, LinkState.RECONNECTING), (3, LinkState.CONNECTED)):
        desk.tables.link_log.add(LinkChange(0, desk.clock.now() - timedelta(hours=hours), state))
    caption = desk.caption(desk.papers(f"!gráfico {kind}")[0])
    assert "Cobertura: 8 h de 9 h (ciego 05:00–06:00, sin conexión)" in caption


def test_the_days_before_the_first_start_are_no_rows_of_the_coverage() -> None:
    desk = a_desk(Language.EN)
    desk.clock.advance(timedelta(days=1))
    assert desk.caption(desk.papers("!chart uptime days:14")[0]).splitlines()[-1] == "6 May 0 %, 7 May 0 %"


def test_one_who_failed_among_three_hundred_is_not_hidden_by_rounding() -> None:
    desk = Desk(Language.EN)
    campaign = add_campaign(desk, "Promo")
    for number in range(300):
        contact = add_contact(desk, f"P{number}", f"+57300{1000000 + number}")
        add_result(desk, campaign, contact.id, Outcome.CUMPLE if number else Outcome.INCUMPLE)
    (made,) = desk.papers("!chart pie promo")
    assert "complied: 299 (99 %)" in desk.caption(made)
    assert "99 % · 299/300" in desk.caption(desk.papers("!chart campaigns")[0])

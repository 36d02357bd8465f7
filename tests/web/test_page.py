"""What the page shows, in which language, and what other programs are told."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.i18n import Catalogue
from bot.model.coverage import Blind
from bot.model.link import LinkState
from bot.model.overview import AlertView, CampaignView, OutcomeCounts, Overview, RecentEvent
from tests.support.clock import START, FakeClock
from tests.support.overviews import QR_CODE, a_busy_overview, a_link, an_overview
from tests.web.conftest import Visit
from webstatus.app import HUNG, STALE, create_app
from webstatus.figures import MOST_BLIND
from webstatus.link_view import TONES
from webstatus.reader import Reader
from webstatus.shortlist import IN_DOCUMENT, ON_PAGE

TAGS = re.compile(r"<[^>]+>")


def words(text: str) -> str:
    """What a page says, without its markup."""
    return " ".join(html.unescape(TAGS.sub(" ", text)).split())


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_state_has_a_plain_sentence_and_what_to_do(
    visit: Visit, catalogue: Catalogue, state: LinkState, language: str
) -> None:
    text = html.unescape(visit(an_overview(state)).get(f"/?lang={language}").text)
    assert catalogue.say(f"link.{state}", language) in text
    assert catalogue.say(f"link.{state}.todo", language) in text


def test_every_state_has_a_tone() -> None:
    assert set(TONES) == set(LinkState)


def test_what_is_known_about_a_ban_is_told(visit: Visit) -> None:
    text = visit(an_overview(LinkState.BANNED)).get("/?lang=en").text
    assert "Until 7 May 15:00" in text  # Bogota is five hours behind UTC
    assert "reason code: 104" in text


def test_a_next_try_is_announced(visit: Visit) -> None:
    text = visit(an_overview(LinkState.RECONNECTING)).get("/?lang=en").text
    assert "Next try at 09:02:00 (attempt 3)" in text


def test_the_qr_code_is_shown_with_its_end(visit: Visit) -> None:
    browser = visit(an_overview(LinkState.QR_SHOWN))
    text = browser.get("/?lang=en").text
    assert 'src="/qr.svg?v=' in text
    assert "Valid until 09:00:20" in text
    assert 'data-seconds="20"' in text
    assert QR_CODE not in text
    picture = browser.get("/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.text.startswith("<svg")


def test_a_new_qr_code_has_a_new_address(visit: Visit) -> None:
    shown = an_overview(LinkState.QR_SHOWN)
    renewed = replace(shown, link=replace(shown.link, code=QR_CODE.replace("Q", "R")))
    first, second = (visit(each).get("/").text.partition("/qr.svg?v=")[2][:12] for each in (shown, renewed))
    assert first != second


def test_an_ended_qr_code_is_not_shown(visit: Visit, clock: FakeClock) -> None:
    browser = visit(an_overview(LinkState.QR_SHOWN))
    clock.advance(timedelta(seconds=20))
    assert "/qr.svg" not in browser.get("/").text
    assert browser.get("/qr.svg").status_code == 404


@pytest.mark.parametrize("state", [state for state in LinkState if state is not LinkState.QR_SHOWN])
def test_there_is_no_qr_code_in_any_other_state(visit: Visit, state: LinkState) -> None:
    shown = an_overview(state)
    browser = visit(replace(shown, link=replace(shown.link, code=QR_CODE)))
    assert "/qr.svg" not in browser.get("/").text
    assert browser.get("/qr.svg").status_code == 404


def test_the_pairing_code_is_shown_as_the_phone_shows_it(visit: Visit) -> None:
    assert "ABCD-EFGH" in visit(an_overview(LinkState.PAIRING_CODE)).get("/").text


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [
        ("/", "", "es"),  # the bot's own
        ("/", "en-GB,en;q=0.9,es;q=0.5", "en"),
        ("/", "fr, es;q=0.8, en;q=0.2", "es"),
        ("/", "fr", "es"),
        ("/?lang=en", "es", "en"),
        ("/?lang=xx", "en", "en"),
    ],
)
def test_the_language_is_the_visitors(visit: Visit, address: str, header: str, language: str) -> None:
    text = visit().get(address, headers={"Accept-Language": header} if header else {}).text
    assert f'<html lang="{language}">' in text
    assert {"es": "Sucesos recientes", "en": "Recent events"}[language] in text


def test_the_page_reads_without_script(visit: Visit) -> None:
    text = visit().get("/").text
    assert '<noscript><meta http-equiv="refresh"' in text
    for shown in ("Promo Mayo", "41", "83 %", "7,5 h", "36 / 200", "44 / 50"):
        assert shown in text
    assert " style=" not in text
    assert "<style" not in text


def test_an_empty_bot_says_what_to_do_first(visit: Visit) -> None:
    text = visit(an_overview()).get("/?lang=en").text
    assert "!campaign new" in text
    assert "Nothing has happened yet." in text


def test_every_card_is_filled(visit: Visit) -> None:
    read = words(visit().get("/?lang=en").text)
    for shown in (
        "2 alerts", "Only 812 MB are free on the disk.", "critical · since 08:40",
        "The phone has not been seen for 10 days",
        "today 7.5 h of 9 h", "7 days 151.5 h of 153 h", "30 days 679.5 h of 705 h",
        "05:00–06:30 no connection · 1.5 h", "5 May 00:00–00:40 switched off · 40 min",
        "20:00 Summary of the day", "7 May 08:00 Campaign ends in 2 hours · #12",
        "08:00 Plan of the day · done", "Summary of the day · missed: the bot was off",
        "Risk of a ban: raised", "limit to contacts: 50 an hour",
    ):  # fmt: skip
        assert shown in read


def test_every_chart_says_what_it_shows_and_has_its_numbers(visit: Visit) -> None:
    text = visit().get("/?lang=en").text
    for chart in ("outcomes", "posts", "today", "days", "sends", "campaign-12", "campaign-13"):
        assert f'aria-labelledby="{chart}-title {chart}-words"' in text
        assert re.search(rf'<title id="{chart}-title">[^<]+</title>', text)
        assert re.search(rf'<desc id="{chart}-words">[^<]+</desc>', text)
    for chart in ("posts", "sends", "days"):
        assert f'<details id="{chart}-numbers"' in text


def test_nothing_is_drawn_from_what_is_not_known_yet(visit: Visit) -> None:
    text = visit(an_overview()).get("/?lang=en").text
    assert "numbers" not in text
    assert 'id="posts-title"' not in text
    assert "No jobs are planned." in text
    assert "alerts-title" not in text
    assert "Risk of a ban" not in text


def test_many_blind_times_are_cut_short_and_counted(visit: Visit) -> None:
    busy = a_busy_overview()
    blind = tuple(
        Blind(START - timedelta(hours=2 * ago), START - timedelta(hours=2 * ago - 1), LinkState.DEAF)
        for ago in range(20, 0, -1)
    )
    text = visit(replace(busy, trends=replace(busy.trends, blind=blind))).get("/?lang=en").text
    assert text.count("nothing was coming in") == MOST_BLIND
    assert "And 12 more." in text


def many_campaigns(count: int) -> Overview:
    """Those with odd numbers are paused."""
    view = CampaignView(1, "x", "active", 1, OutcomeCounts(1, 2, 3, 4))
    numbers = range(1, count + 1)
    views = (replace(view, id=n, name=f"Campaign-{n}.", state="paused" if n % 2 else "active") for n in numbers)
    return replace(a_busy_overview(), campaigns=tuple(views))


def test_many_campaigns_are_cut_short_and_counted_the_active_and_newest_stay(visit: Visit) -> None:
    text = words(visit(many_campaigns(3 * ON_PAGE)).get("/?lang=en").text)
    shown = [n for n in range(1, 3 * ON_PAGE + 1) if f"Campaign-{n}." in text]
    assert shown == list(range(ON_PAGE + 2, 3 * ON_PAGE + 1, 2))
    assert f"And {2 * ON_PAGE} more: !campaigns" in text
    assert "more: !campaigns" not in words(visit(many_campaigns(ON_PAGE)).get("/?lang=en").text)


def test_page_and_document_stay_small_however_many_campaigns_there_are(visit: Visit) -> None:
    for address, most in (("/", ON_PAGE), ("/api/status", IN_DOCUMENT)):
        few, many = (len(visit(many_campaigns(count)).get(address).data) for count in (most, 100 * most))
        assert many < 1.1 * few
    document = visit(many_campaigns(IN_DOCUMENT + 7)).get("/api/status").json
    assert document is not None
    assert (len(document["campaigns"]), document["campaigns_left_out"]) == (IN_DOCUMENT, 7)


def test_what_blind_times_mean_is_said_only_when_there_were_any(visit: Visit) -> None:
    busy = a_busy_overview()
    assert "may not have been seen" in visit(busy).get("/?lang=en").text
    text = visit(replace(busy, trends=replace(busy.trends, blind=()))).get("/?lang=en").text
    assert "may not have been seen" not in text


@pytest.mark.parametrize("language", ["es", "en"])
def test_an_alert_is_told_without_the_signs_of_the_chat(visit: Visit, language: str) -> None:
    alert = AlertView("captures", "warning", START, {"share": 25, "missed": 5, "seen": 20})
    text = visit(replace(a_busy_overview(), alerts=(alert,))).get(f"/?lang={language}").text
    assert ("!registro" if language == "es" else "!log") in text
    assert "*!" not in text


def test_all_is_said_only_of_all() -> None:
    reader = Reader(Catalogue.load().say, "en", "UTC", START)
    shares = [reader.percent(part, 1000) for part in (0, 4, 994, 999, 1000)]
    assert shares == ["0 %", "0 %", "99 %", "99 %", "100 %"]


def test_an_event_without_a_sentence_does_not_break_the_page(visit: Visit) -> None:
    event = RecentEvent(START, "event_of_a_newer_version")
    answer = visit(replace(an_overview(), events=(event,))).get("/")
    assert answer.status_code == 200
    assert "event_of_a_newer_version" in answer.text


def test_a_hanging_engine_is_told(visit: Visit, clock: FakeClock) -> None:
    browser = visit(an_overview())
    assert browser.get("/readyz").status_code == 200
    assert browser.get("/healthz").json == {"ok": True}
    assert "may be hanging" not in browser.get("/?lang=en").text
    clock.advance(STALE + timedelta(seconds=1))
    assert browser.get("/readyz").status_code == 503
    assert "Nothing new from the bot since 09:00" in browser.get("/?lang=en").text
    assert browser.get("/healthz").status_code == 200  # it may come back by itself
    clock.advance(HUNG - STALE)
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"ok": False})


@pytest.mark.parametrize("state", LinkState)
def test_ready_means_connected(visit: Visit, state: LinkState) -> None:
    answer = visit(an_overview(state)).get("/readyz")
    is_ready = state is LinkState.CONNECTED
    assert answer.json == {"ready": is_ready}
    assert answer.status_code == (200 if is_ready else 503)


def test_the_status_document_is_complete_and_holds_no_code(visit: Visit) -> None:
    shown = replace(a_busy_overview(), link=a_link(LinkState.QR_SHOWN))
    answer = visit(shown).get("/api/status")
    document = answer.json
    assert document is not None
    assert document["link"]["state"] == "qr_shown"
    assert document["outcomes"]["cumple"] == 41
    assert document["coverage_today"] == {"seen_seconds": 27_000, "day_seconds": 32_400}
    assert document["limits"][0] == {
        "name": "minute", "used": 3, "limit": 30, "resets_at": "2026-05-06T14:00:21+00:00",
    }  # fmt: skip
    assert document["queue"]["next_at"] == "2026-05-06T14:00:14+00:00"
    assert document["events"][0]["key"] == "match"
    assert QR_CODE not in answer.text


def test_a_wrong_address_is_told_in_the_visitors_language(visit: Visit) -> None:
    assert "There is no such page" in visit().get("/nowhere?lang=en").text
    assert visit().get("/api/nowhere").json == {"error": "not found"}


def test_a_bug_is_a_short_page_and_a_logged_traceback(catalogue: Catalogue, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("the engine is gone")

    browser = create_app(broken, catalogue.say).test_client()  # type: ignore[arg-type]
    answer = browser.get("/?lang=en", headers={"Host": "127.0.0.1"})
    assert answer.status_code == 500
    assert "Something broke here" in answer.text
    assert "the engine is gone" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "the engine is gone" in caplog.text

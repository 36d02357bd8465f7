"""The page in a real browser (Chromium): drawn, kept fresh, operable by keyboard, never wider than a phone.

Skipped where Chromium is not installed; on Debian and Ubuntu: apt-get install chromium chromium-driver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import selenium_axe_python
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from bot.i18n import Catalogue
from bot.model.link import LinkState
from bot.model.overview import Overview
from tests.support.overviews import a_busy_overview, a_link, an_overview
from tests.web.chromium import CHROMIUM, DRIVER, chromium, emulate
from webstatus.app import create_app
from webstatus.server import Server, serve

CATALOGUE = Catalogue.load()
TOKEN = "a-token-that-is-long-enough"
#: Long enough for any machine; nothing waits that long when all is well.
PATIENCE = 60

pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER,
    reason="needs Chromium and its driver (Debian: apt-get install chromium chromium-driver)",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


class Board:
    """What the page shows now; a test changes it under the browser's eyes."""

    def __init__(self) -> None:
        self.shown = an_overview(now=datetime.now(UTC))

    def show(self, overview: Overview) -> None:
        self.shown = overview


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def page(board: Board, browser: webdriver.Chrome) -> Iterator[Server]:
    server = serve(create_app(lambda: board.shown, CATALOGUE.say), "127.0.0.1", 0)
    complaints(browser)  # those of the test before are forgotten
    yield server
    browser.get("about:blank")
    server.close()


def wait(browser: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    while_it_changes = (StaleElementReferenceException,)
    WebDriverWait(browser, PATIENCE, poll_frequency=0.05, ignored_exceptions=while_it_changes).until(
        lambda _: condition()
    )


def heading(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "h1").text


def complaints(browser: webdriver.Chrome) -> list[str]:
    """What the browser's console says, e.g. about a broken security policy."""
    return [line["message"] for line in browser.get_log("browser")]  # type: ignore[no-untyped-call]


def test_the_qr_code_is_drawn_and_counts_down(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    board.show(an_overview(LinkState.QR_SHOWN, datetime.now(UTC)))
    browser.get(page.address + "?lang=en")
    picture = browser.find_element(By.CSS_SELECTOR, "img.qr")
    wait(browser, lambda: bool(browser.execute_script("return arguments[0].naturalWidth > 0", picture)))
    first = browser.find_element(By.CSS_SELECTOR, "[data-seconds]").text
    assert first.startswith("(0:")
    wait(browser, lambda: browser.find_element(By.CSS_SELECTOR, "[data-seconds]").text not in ("", first))
    assert complaints(browser) == []


def test_the_page_follows_the_link_by_itself(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    now = datetime.now(UTC)
    board.show(an_overview(LinkState.QR_SHOWN, now))
    browser.get(page.address + "?lang=en")
    assert heading(browser) == "Scan this code with your phone"
    browser.execute_script("window.isTheSamePage = true")
    board.show(a_busy_overview(LinkState.CONNECTED, now))
    wait(browser, lambda: heading(browser) == "Connected")
    assert browser.title == "Connected – Testigo"
    assert browser.find_elements(By.CSS_SELECTOR, "img.qr") == []
    assert "Promo Mayo" in browser.find_element(By.ID, "campaigns").text
    assert browser.execute_script("return window.isTheSamePage")
    board.show(replace(board.shown, link=a_link(LinkState.BANNED, now)))
    wait(browser, lambda: heading(browser) == "WhatsApp banned this account for a time")
    assert complaints(browser) == []


def test_a_dead_bot_is_told(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    board.show(an_overview(LinkState.CONNECTING, datetime.now(UTC)))
    browser.get(page.address)
    lost = browser.find_element(By.ID, "lost")
    assert not lost.is_displayed()
    page.close()
    wait(browser, lost.is_displayed)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("state", [LinkState.QR_SHOWN, LinkState.PAIRING_CODE, LinkState.CONNECTED])
def test_nothing_is_wider_than_the_screen(
    browser: webdriver.Chrome, board: Board, page: Server, width: int, state: LinkState
) -> None:
    busy = a_busy_overview(state, datetime.now(UTC))
    long_name = replace(busy.campaigns[0], name="Donaudampfschifffahrtsgesellschaftskapitän" * 2)
    board.show(replace(busy, campaigns=(long_name, *busy.campaigns)))
    emulate(browser, width)
    browser.get(page.address)
    drawn, room = browser.execute_script(
        "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
    )
    assert drawn <= room <= width


AXE = Path(selenium_axe_python.__file__).parent / "axe-core" / "axe.min.js"
#: WCAG 2.2 at level AA, and axe's own good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(browser: webdriver.Chrome) -> list[str]:
    """What axe-core, the accessibility checker, finds wrong with the page; each with the element and the reason."""
    browser.execute_script(AXE.read_text("utf-8"))
    found = browser.execute_async_script(
        "axe.run(document, {runOnly: arguments[0]}).then(arguments[1], e => arguments[1]({broken: String(e)}))", RULES
    )
    assert "broken" not in found, found
    assert found["passes"], "axe-core looked at nothing"
    return [
        f"{each['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("width", "colours"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("state", [LinkState.QR_SHOWN, LinkState.PAIRING_CODE, LinkState.BANNED, LinkState.CONNECTED])
def test_everybody_can_use_the_page(
    browser: webdriver.Chrome, board: Board, page: Server, state: LinkState, width: int, colours: str
) -> None:
    board.show(a_busy_overview(state, datetime.now(UTC)))
    emulate(browser, width, colours=colours)
    browser.get(page.address)
    for summary in browser.find_elements(By.TAG_NAME, "summary"):
        summary.click()
    assert violations(browser) == []


@pytest.mark.parametrize(("path", "colours"), [("login", "light"), ("login?code=wrong", "dark"), ("nowhere", "light")])
def test_everybody_can_log_in_and_read_errors(browser: webdriver.Chrome, path: str, colours: str) -> None:
    server = serve(create_app(lambda: an_overview(now=datetime.now(UTC)), CATALOGUE.say, token=TOKEN), "127.0.0.1", 0)
    try:
        emulate(browser, 390, colours=colours)
        browser.get(server.address + path)
        assert violations(browser) == []
    finally:
        browser.get("about:blank")
        server.close()


def test_the_check_of_accessibility_notices_faults(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    emulate(browser, 390)
    browser.get(page.address)
    browser.execute_script("document.documentElement.lang = ''; document.querySelector('h1').style.color = '#ddd'")
    found = violations(browser)
    assert any(each.startswith("html-has-lang") for each in found)
    assert any(each.startswith("color-contrast") for each in found)


def test_a_refresh_leaves_alone_what_the_visitor_is_doing(
    browser: webdriver.Chrome, board: Board, page: Server
) -> None:
    now = datetime.now(UTC)
    board.show(a_busy_overview(LinkState.CONNECTING, now))  # refreshed each two seconds
    emulate(browser, 390)
    browser.get(page.address + "?lang=en")
    summary = browser.find_element(By.CSS_SELECTOR, "#sends-numbers summary")
    browser.execute_script("arguments[0].focus()", summary)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    scrolled = browser.execute_script("return window.scrollY")
    chart = browser.find_element(By.CSS_SELECTOR, "#posts-title")
    assert scrolled > 0
    busy = board.shown
    board.show(replace(busy, contacts=75, outcomes=replace(busy.outcomes, cumple=42)))
    wait(browser, lambda: "75" in browser.find_element(By.ID, "results").text)
    assert browser.find_element(By.ID, "sends-numbers").get_attribute("open") is not None
    assert browser.switch_to.active_element == summary
    assert browser.execute_script("return window.scrollY") == scrolled
    assert chart == browser.find_element(By.CSS_SELECTOR, "#posts-title")  # not drawn anew


def test_every_link_and_switch_is_reached_by_keyboard(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    board.show(a_busy_overview(LinkState.CONNECTED, datetime.now(UTC)))
    emulate(browser, 1280)
    browser.get(page.address + "?lang=en")
    wanted = browser.find_elements(By.CSS_SELECTOR, "a, summary")
    reached = []
    for _ in wanted:
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) == "solid"
        reached.append(focused)
    assert reached == wanted


def test_the_page_is_read_and_renewed_without_script(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        now = datetime.now(UTC)
        board.show(a_busy_overview(LinkState.CONNECTING, now))
        browser.get(page.address + "?lang=en")
        assert heading(browser) == "Connecting"
        board.show(a_busy_overview(LinkState.CONNECTED, now))
        wait(browser, lambda: heading(browser) == "Connected")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_a_renewed_qr_code_replaces_the_old_one(browser: webdriver.Chrome, board: Board, page: Server) -> None:
    now = datetime.now(UTC)
    shown = an_overview(LinkState.QR_SHOWN, now)
    board.show(shown)
    browser.get(page.address)
    first = browser.find_element(By.CSS_SELECTOR, "img.qr").get_attribute("src")
    renewed = replace(shown.link, code=shown.link.code[::-1], code_until=now + timedelta(seconds=50))
    board.show(replace(shown, link=renewed))
    wait(browser, lambda: browser.find_element(By.CSS_SELECTOR, "img.qr").get_attribute("src") != first)
    picture = browser.find_element(By.CSS_SELECTOR, "img.qr")
    wait(browser, lambda: bool(browser.execute_script("return arguments[0].naturalWidth > 0", picture)))
    board.show(replace(shown, link=a_link(LinkState.CONNECTED, now)))
    wait(browser, lambda: browser.find_elements(By.CSS_SELECTOR, "img.qr") == [])
    assert complaints(browser) == []


def test_a_visitor_logs_in_by_keyboard_and_finds_no_secret_in_the_address(browser: webdriver.Chrome) -> None:
    server = serve(create_app(lambda: an_overview(now=datetime.now(UTC)), CATALOGUE.say, token=TOKEN), "127.0.0.1", 0)
    try:
        browser.get(server.address + "?lang=en")
        assert heading(browser) == "Enter your key"
        browser.switch_to.active_element.send_keys("wrong", Keys.ENTER)
        wait(browser, lambda: "not right" in browser.find_element(By.TAG_NAME, "main").text)
        browser.switch_to.active_element.send_keys(TOKEN, Keys.ENTER)
        wait(browser, lambda: browser.find_elements(By.ID, "link") != [])
        assert browser.current_url == server.address
        assert browser.execute_script("return document.cookie") == ""
    finally:
        browser.get("about:blank")
        server.close()

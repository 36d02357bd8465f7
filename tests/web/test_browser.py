"""The page in a real browser (Chromium): drawn, kept fresh, operable by keyboard, never wider than a phone.

Skipped where Chromium is not installed; on Debian and Ubuntu: apt-get install chromium chromium-driver.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from bot.i18n import Catalogue
from bot.model.link import LinkState
from bot.model.overview import Overview
from tests.support.overviews import a_busy_overview, a_link, an_overview
from webstatus.app import create_app
from webstatus.server import Server, serve

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
TOKEN = "a-token-that-is-long-enough"
#: Long enough for any machine; nothing waits that long when all is well.
PATIENCE = 60

pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER,
    reason="needs Chromium and its driver (Debian: apt-get install chromium chromium-driver)",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    profile: Path = tmp_path_factory.mktemp("chromium")
    for argument in (
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    yield driver
    driver.quit()


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
    server = serve(create_app(lambda: board.shown, Catalogue.load().say), "127.0.0.1", 0)
    yield server
    browser.get("about:blank")
    server.close()


def size(browser: webdriver.Chrome, width: int, *, colours: str = "light") -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": colours}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


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


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1280])
@pytest.mark.parametrize("state", [LinkState.QR_SHOWN, LinkState.PAIRING_CODE, LinkState.BANNED, LinkState.CONNECTED])
def test_nothing_is_wider_than_the_screen(
    browser: webdriver.Chrome, board: Board, page: Server, width: int, state: LinkState
) -> None:
    busy = a_busy_overview(state, datetime.now(UTC))
    long_name = replace(busy.campaigns[0], name="Donaudampfschifffahrtsgesellschaftskapitän" * 2)
    board.show(replace(busy, campaigns=(long_name, *busy.campaigns)))
    size(browser, width)
    browser.get(page.address)
    drawn, room = browser.execute_script(
        "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
    )
    assert drawn <= room <= width


#: The contrast of each text with the ground behind it, by WCAG 2.2's formula (success criterion 1.4.3).
CONTRASTS = """
const channel = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const parts = text => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
function ground(element) {
  for (let e = element; e; e = e.parentElement) {
    const colour = parts(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}
const poor = [];
for (const element of document.querySelectorAll('body *')) {
  const text = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
  if (!text || !element.checkVisibility()) continue;
  const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) poor.push(text + ' ' + contrast.toFixed(2));
}
return poor;
"""


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("state", [LinkState.QR_SHOWN, LinkState.PAIRING_CODE, LinkState.BANNED])
def test_every_text_can_be_read(
    browser: webdriver.Chrome, board: Board, page: Server, colours: str, state: LinkState
) -> None:
    board.show(a_busy_overview(state, datetime.now(UTC)))
    size(browser, 1280, colours=colours)
    browser.get(page.address)
    assert browser.execute_script(CONTRASTS) == []


def test_a_visitor_logs_in_by_keyboard_and_finds_no_secret_in_the_address(browser: webdriver.Chrome) -> None:
    app = create_app(lambda: an_overview(now=datetime.now(UTC)), Catalogue.load().say, token=TOKEN)
    server = serve(app, "127.0.0.1", 0)
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

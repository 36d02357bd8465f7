"""Draws docs/screenshots anew, from a simulated bot: `python -m tests.web.screenshots` (needs Chromium)."""

from __future__ import annotations

import base64
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from selenium import webdriver

from bot.i18n import Catalogue
from bot.model.link import LinkState
from bot.model.overview import Overview
from bot.wiring import installed_version
from tests.support.clock import FakeClock
from tests.support.overviews import a_link, an_overview
from tests.web.chromium import chromium, emulate
from tests.web.season import Season
from webstatus.app import create_app
from webstatus.server import serve

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
#: A Wednesday, 14:40 in Bogota.
NOW = datetime(2026, 5, 6, 19, 40, tzinfo=UTC)
BOGOTA = ZoneInfo("America/Bogota")
DESKTOP, PHONE = 1280, 390


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder) / "profile") as browser:
        season = Season(Path(folder), NOW)
        busy = replace(season.play(), version=installed_version())
        season.close()
        linking = replace(an_overview(LinkState.QR_SHOWN, NOW), link=a_link(LinkState.QR_SHOWN, NOW))
        banned = replace(busy, link=a_link(LinkState.BANNED, NOW))
        draw(browser, "page-connected-light", busy, DESKTOP, "light", "en")
        draw(browser, "page-connected-dark", busy, DESKTOP, "dark", "es")
        draw(browser, "page-phone", busy, PHONE, "light", "es", top=1900)
        draw(browser, "page-qr", linking, DESKTOP, "light", "es", top=680)
        draw(browser, "page-banned-phone-dark", banned, PHONE, "dark", "en", top=844)


def draw(
    browser: webdriver.Chrome, name: str, overview: Overview, width: int, colours: str, language: str, top: int = 0
) -> None:
    """The whole page, or its `top` pixels."""
    clock = FakeClock(overview.at + timedelta(seconds=1))
    server = serve(create_app(lambda: overview, Catalogue.load(zone=BOGOTA).say, clock=clock), "127.0.0.1", 0)
    emulate(browser, width, colours=colours)
    browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    browser.get(f"{server.address}?lang={language}")
    height = top or browser.execute_script("return document.documentElement.scrollHeight")
    emulate(browser, width, height, colours=colours)
    drawn = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
    (FOLDER / f"{name}.png").write_bytes(base64.b64decode(drawn))
    sys.stdout.write(f"{name}: {width} × {height}\n")
    browser.get("about:blank")
    server.close()


if __name__ == "__main__":
    main()

"""The page of the whole product in a real browser, with the real WhatsApp library behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from bot.demo.pictures import photo
from tests.support.product import PATIENCE, Product
from tests.support.qr_reader import read_qr
from tests.support.world import World
from tests.web.chromium import CHROMIUM, DRIVER, chromium

pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER,
    reason="needs Chromium and its driver (Debian: apt-get install chromium chromium-driver)",
)


def test_the_page_follows_from_the_code_to_the_first_result(world: World, tmp_path: Path) -> None:
    with Product(world, tmp_path) as product, chromium(tmp_path / "profile") as browser:
        product.wait_until(product.qr_on_page, "a QR code on the page")
        browser.get(product.address + "?lang=en")
        look = WebDriverWait(browser, PATIENCE, ignored_exceptions=(StaleElementReferenceException,))

        def reads(where: str, what: str) -> None:
            look.until(lambda _: what in browser.find_element(By.CSS_SELECTOR, where).text)

        reads("h1", "Scan this code with your phone")
        code = browser.find_element(By.CSS_SELECTOR, "img.qr").get_attribute("src")
        assert code is not None
        world.scan(read_qr(product.get(code.removeprefix(product.address.rstrip("/")))))
        reads("h1", "Connected")
        assert browser.find_elements(By.CSS_SELECTOR, "img.qr") == []

        world.phone.wait_for_text("Testigo is linked")
        world.phone.send_album([photo("coffee.jpg")], {0: "!campaign new Corner Café"})
        world.phone.wait_for_text("Corner Café")
        ana = world.add_person("Ana")
        world.phone.say(f"!contact add Ana {ana.number}")
        reads("#campaigns", "Corner Café")
        ana.post_image(photo("coffee.jpg"))
        reads("#events", "Ana complied with Corner Café")
        assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]

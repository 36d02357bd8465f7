"""A page over an overview that the test chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.i18n import Catalogue
from bot.model.overview import Overview
from tests.support.clock import FakeClock
from tests.support.overviews import a_busy_overview
from webstatus.access import LoginCodes
from webstatus.app import create_app


class Browser(FlaskClient):
    """A test client that asks for the page under a name of the test's choice."""

    host = "127.0.0.1:8765"

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return super().open(*args, **{"base_url": f"http://{self.host}", **options})


Visit = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def codes(clock: FakeClock) -> LoginCodes:
    return LoginCodes(clock)


@pytest.fixture
def visit(catalogue: Catalogue, clock: FakeClock, codes: LoginCodes) -> Visit:
    """Makes a browser for a page: `visit(overview, token=..., host=...)`."""

    def make(
        overview: Overview | None = None, token: str | None = None, host: str = "127.0.0.1:8765", proxies: int = 0
    ) -> FlaskClient:
        shown = overview or a_busy_overview()
        app = create_app(lambda: shown, catalogue.say, token=token, codes=codes, proxies=proxies, clock=clock)
        app.test_client_class = Browser
        browser = app.test_client()
        assert isinstance(browser, Browser)
        browser.host = host
        return browser

    return make

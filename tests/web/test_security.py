"""What the page refuses, and what every answer carries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from bot.model.link import LinkState
from tests.support.overviews import ACCOUNT, QR_CODE, a_busy_overview, an_overview
from tests.web.conftest import Visit
from webstatus.access import MOST_FAILURES, LoginCodes

TOKEN = "a-token-that-is-long-enough"
PUBLIC = "bot.example"
PATHS = ("/", "/qr.svg", "/api/status", "/healthz", "/readyz", "/login", "/static/page.css", "/static/page.js", "/no")
EXPECTED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("token", [None, TOKEN])
def test_every_answer_carries_the_headers(visit: Visit, path: str, token: str | None) -> None:
    answer = visit(an_overview(LinkState.QR_SHOWN), token=token).get(path)
    for name, value in EXPECTED_HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(visit: Visit, path: str, method: str) -> None:
    answer = visit().open(path, method=method)
    assert answer.status_code == {"/no": 404}.get(path, 403 if (path, method) == ("/login", "POST") else 405)
    if answer.status_code == 405:
        assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_a_body(visit: Visit, path: str) -> None:
    browser = visit(an_overview(LinkState.QR_SHOWN))
    assert browser.head(path).status_code == browser.get(path).status_code
    assert browser.head(path).data == b""


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_foreign_names_are_refused(visit: Visit, path: str) -> None:
    browser = visit(an_overview(LinkState.QR_SHOWN), host="evil.example:8765")
    answer = browser.get(path)
    assert answer.status_code == 421
    assert b"svg" not in answer.data.replace(b"icon.svg", b"").replace(b"image/svg", b"")


def test_with_a_token_any_name_will_do(visit: Visit) -> None:
    assert visit(token=TOKEN, host=PUBLIC).get("/", headers={"X-Auth-Token": TOKEN}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/qr.svg", "/api/status"])
def test_with_a_token_nothing_is_shown_without_it(visit: Visit, path: str) -> None:
    answer = visit(a_busy_overview(LinkState.QR_SHOWN), token=TOKEN, host=PUBLIC).get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    for secret in ("/qr.svg", "<path", "Promo Mayo", "qr_shown", QR_CODE):
        assert secret not in answer.text


def test_with_a_token_the_health_checks_stay_open_and_say_little(visit: Visit) -> None:
    browser = visit(an_overview(LinkState.QR_SHOWN), token=TOKEN, host=PUBLIC)
    assert browser.get("/healthz").json == {"ok": True}
    assert browser.get("/readyz").json == {"ready": False}


@pytest.mark.parametrize(
    "headers", [{"X-Auth-Token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, {"Authorization": f"bearer {TOKEN}"}]
)
def test_the_token_opens_in_a_header(visit: Visit, headers: dict[str, str]) -> None:
    browser = visit(an_overview(LinkState.QR_SHOWN), token=TOKEN, host=PUBLIC)
    assert browser.get("/qr.svg", headers=headers).status_code == 200
    assert browser.get("/qr.svg").status_code == 401  # a header opens once


@pytest.mark.parametrize(
    "headers",
    [{"X-Auth-Token": "wrong"}, {"X-Auth-Token": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer"},
     {"Authorization": f"Basic {TOKEN}"}, {"Cookie": "testigo=eyJpc19rbm93biI6dHJ1ZX0.forged.forged"}],
)  # fmt: skip
def test_anything_else_does_not(visit: Visit, headers: dict[str, str]) -> None:
    assert visit(token=TOKEN, host=PUBLIC).get("/api/status", headers=headers).status_code == 401


def test_the_token_is_not_taken_from_the_address(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    assert browser.get(f"/?token={TOKEN}").status_code == 401


def log_in(browser: FlaskClient, token: str = TOKEN, **headers: str) -> tuple[int, str]:
    answer = browser.post("/login", data={"token": token}, headers=headers)
    return answer.status_code, answer.headers.get("Set-Cookie", "")


def test_the_form_gives_a_cookie_that_opens(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    assert 'method="post"' in browser.get("/login").text
    status, cookie = log_in(browser)
    assert status == 303
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    assert browser.get("/").status_code == 200
    assert browser.get("/login").status_code == 303


def test_the_cookie_is_secure_when_the_visitor_came_by_https(visit: Visit) -> None:
    _, cookie = log_in(visit(token=TOKEN, host=PUBLIC), **{"X-Forwarded-Proto": "https"})
    assert "Secure" in cookie


def test_a_cookie_of_another_run_does_not_open(visit: Visit) -> None:
    _, cookie = log_in(visit(token=TOKEN, host=PUBLIC))
    restarted = visit(token=TOKEN, host=PUBLIC)
    assert restarted.get("/", headers={"Cookie": cookie.partition(";")[0]}).status_code == 401


def test_a_wrong_key_in_the_form_is_told(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    answer = browser.post("/login?lang=en", data={"token": "wrong"})
    assert answer.status_code == 401
    assert "That key or link is not right" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_another_site_cannot_use_the_form(visit: Visit) -> None:
    status, cookie = log_in(visit(token=TOKEN, host=PUBLIC), **{"Sec-Fetch-Site": "cross-site"})
    assert (status, cookie) == (403, "")


def test_guessing_ends_in_429_while_those_who_are_in_stay_in(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    log_in(browser)
    stranger = browser.application.test_client()
    for _ in range(MOST_FAILURES):
        assert stranger.get("/", headers={"X-Auth-Token": "guess"}).status_code == 401
    for attempt in (stranger.get("/", headers={"X-Auth-Token": TOKEN}), stranger.post("/login", data={"token": TOKEN})):
        assert attempt.status_code == 429
        assert attempt.headers["Retry-After"] == "60"
    assert browser.get("/").status_code == 200


def guess_from(browser: FlaskClient, forwarded: str, key: str = "guess") -> int:
    return browser.get("/", headers={"X-Auth-Token": key, "X-Forwarded-For": forwarded}).status_code


def test_behind_a_proxy_only_the_one_who_guesses_must_wait(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC, proxies=1)
    for number in range(MOST_FAILURES):
        forged = f"203.0.113.{number}, 198.51.100.7"  # the proxy adds the last one
        assert guess_from(browser, forged) == 401
    assert guess_from(browser, "203.0.113.99, 198.51.100.7", TOKEN) == 429
    assert guess_from(browser, "198.51.100.8", TOKEN) == 200


def test_without_a_proxy_nobody_escapes_by_forging_its_header(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    for number in range(MOST_FAILURES):
        assert guess_from(browser, f"203.0.113.{number}") == 401
    assert guess_from(browser, "203.0.113.99", TOKEN) == 429


@pytest.mark.parametrize("forwarded", ["", " ", ",", "198.51.100.7, "])
def test_a_proxy_that_does_not_say_whom_it_passes_on_counts_itself(visit: Visit, forwarded: str) -> None:
    browser = visit(token=TOKEN, host=PUBLIC, proxies=1)
    for _ in range(MOST_FAILURES):
        assert guess_from(browser, forwarded) == 401
    assert guess_from(browser, forwarded, TOKEN) == 429


def test_asking_without_a_key_is_no_guess(visit: Visit) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    for _ in range(2 * MOST_FAILURES):
        browser.get("/")
    assert browser.get("/", headers={"X-Auth-Token": TOKEN}).status_code == 200


def test_a_login_link_opens_once(visit: Visit, codes: LoginCodes) -> None:
    browser = visit(token=TOKEN, host=PUBLIC)
    link = f"/login?code={codes.issue()}"
    assert browser.head(link).status_code == 200  # a link preview does not use it up
    welcome = browser.get(link)
    assert welcome.status_code == 200
    assert "SameSite=Strict" in welcome.headers["Set-Cookie"]
    assert 'content="0;url=/"' in welcome.text
    assert browser.get("/").status_code == 200
    assert browser.application.test_client().get(link).status_code == 401


def test_a_long_form_is_refused(visit: Visit) -> None:
    answer = visit(token=TOKEN, host=PUBLIC).post("/login", data={"token": "x" * 100_000})
    assert answer.status_code == 413


def test_names_from_outside_cannot_become_markup(visit: Visit) -> None:
    shown = a_busy_overview()
    campaign = replace(shown.campaigns[0], name="<script>alert(1)</script>")
    text = visit(replace(shown, campaigns=(campaign,))).get("/").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("path", ["/", "/api/status"])
def test_numbers_are_masked(visit: Visit, path: str) -> None:
    text = visit().get(path).get_data(as_text=True)
    assert ACCOUNT.user not in text
    assert "4567" in text

"""Who may see the page: right and wrong keys, guessing, login links, foreign names of this machine."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clock import FakeClock
from webstatus.access import (
    LOGIN_CODE_LIFE,
    MOST_ADDRESSES,
    MOST_FAILURES,
    MOST_LOGIN_CODES,
    Door,
    Failures,
    LoginCodes,
    TooManyFailures,
    is_this_machine,
)

TOKEN = "a-token-that-is-long-enough"


def test_only_the_token_opens() -> None:
    door = Door(TOKEN, FakeClock())
    assert door.opens_to_token(TOKEN, "198.51.100.1")
    for wrong in ("", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "señal"):
        assert not door.opens_to_token(wrong, "198.51.100.1")


def test_guessing_is_stopped_for_a_minute_and_only_for_the_one_who_guesses() -> None:
    clock = FakeClock()
    door = Door(TOKEN, clock)
    for _ in range(MOST_FAILURES):
        assert not door.opens_to_token("guess", "198.51.100.1")
    with pytest.raises(TooManyFailures):
        door.opens_to_token(TOKEN, "198.51.100.1")
    assert door.opens_to_token(TOKEN, "198.51.100.2")
    clock.advance(timedelta(seconds=61))
    assert door.opens_to_token(TOKEN, "198.51.100.1")


def test_slow_failures_do_not_add_up() -> None:
    clock = FakeClock()
    door = Door(TOKEN, clock)
    for _ in range(3 * MOST_FAILURES):
        assert not door.opens_to_token("guess", "198.51.100.1")
        clock.advance(timedelta(seconds=7))
    assert door.opens_to_token(TOKEN, "198.51.100.1")


def test_the_memory_for_failures_is_bounded() -> None:
    failures = Failures(FakeClock())
    for number in range(3 * MOST_ADDRESSES):
        failures.add(f"address {number}")
    assert len(failures) == MOST_ADDRESSES


def test_a_login_code_works_once() -> None:
    clock = FakeClock()
    codes = LoginCodes(clock)
    door = Door(TOKEN, clock, codes)
    code = codes.issue()
    assert door.opens_to_code(code, "198.51.100.1")
    assert not door.opens_to_code(code, "198.51.100.1")


def test_a_login_code_ends() -> None:
    clock = FakeClock()
    codes = LoginCodes(clock)
    code = codes.issue()
    clock.advance(LOGIN_CODE_LIFE)
    assert not codes.redeem(code)


def test_a_login_code_is_not_used_up_by_somebody_who_must_wait() -> None:
    clock = FakeClock()
    codes = LoginCodes(clock)
    door = Door(TOKEN, clock, codes)
    code = codes.issue()
    for _ in range(MOST_FAILURES):
        door.opens_to_code("guess", "198.51.100.1")
    with pytest.raises(TooManyFailures):
        door.opens_to_code(code, "198.51.100.1")
    assert door.opens_to_code(code, "198.51.100.2")


def test_only_so_many_login_codes_are_open_at_once() -> None:
    codes = LoginCodes(FakeClock())
    first, *others = [codes.issue() for _ in range(MOST_LOGIN_CODES + 1)]
    assert not codes.redeem(first)
    assert all(codes.redeem(code) for code in others)


def test_without_login_links_no_code_opens() -> None:
    assert not Door(TOKEN, FakeClock()).opens_to_code("", "198.51.100.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost", "LOCALHOST:80", "[::1]", "[::1]:8765"])
def test_this_machine_has_few_names(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8765", "192.168.1.5:8765", "[::2]:1",
     "127.0.0.1:80@evil.example", "::1"],
)  # fmt: skip
def test_every_other_name_is_foreign(host: str) -> None:
    assert not is_this_machine(host)

"""Coverage in words, in both languages."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.flows.coverage_lines import covered
from bot.i18n import Catalogue
from bot.model.coverage import Blind, Coverage
from bot.model.link import LinkState
from tests.support.clock import START

BOGOTA = ZoneInfo("America/Bogota")
CATALOGUE = Catalogue.load(zone=BOGOTA)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def told(coverage: Coverage, language: str = "es") -> str:
    return CATALOGUE.render(covered(coverage, BOGOTA, START + 12 * HOUR), language)


def blind(start: timedelta, length: timedelta, reason: LinkState = LinkState.RECONNECTING) -> Blind:
    return Blind(START + start, START + start + length, reason)


def test_one_blind_interval_is_told_with_its_times_and_reason() -> None:
    found = Coverage(24 * HOUR, 22.5 * HOUR, (blind(10 * MINUTE, 90 * MINUTE),))
    assert told(found) == "Cobertura: 22,5 h de 24 h (ciego 09:10–10:40, sin conexión)"
    assert told(found, "en") == "Coverage: 22.5 h of 24 h (blind 09:10–10:40, no connection)"


def test_without_any_there_is_nothing_to_explain() -> None:
    assert told(Coverage(24 * HOUR, 24 * HOUR)) == "Cobertura: 24 h de 24 h"


def test_of_many_the_longest_are_named_in_their_order() -> None:
    lengths = (5, 40, 1, 30)
    found = tuple(blind(n * HOUR, minutes * MINUTE, LinkState.STOPPED) for n, minutes in enumerate(lengths))
    assert told(Coverage(24 * HOUR, 22 * HOUR, found)) == (
        "Cobertura: 22 h de 24 h (ciego 09:00–09:05, apagado; 10:00–10:40, apagado; 12:00–12:30, apagado; y 1 más)"
    )


def test_other_days_are_named_and_what_goes_on_has_no_end() -> None:
    yesterday = blind(-22 * HOUR, HOUR, LinkState.DEAF)
    night = blind(-10 * HOUR, 6 * HOUR, LinkState.BANNED)
    still = blind(11 * HOUR, HOUR, LinkState.LOGGED_OUT)
    assert told(Coverage(48 * HOUR, 40 * HOUR, (yesterday, night, still))) == (
        "Cobertura: 40 h de 48 h (ciego 5 may 11:00–12:00, no llegaba nada; "
        "5 may 23:00 – 6 may 05:00, cuenta suspendida; desde 20:00, desvinculado)"
    )


def test_every_state_of_the_link_has_its_words() -> None:
    for state in LinkState:
        assert state is LinkState.CONNECTED or told(Coverage(HOUR, HOUR / 2, (blind(HOUR, HOUR / 2, state),)))

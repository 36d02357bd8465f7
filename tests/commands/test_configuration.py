"""Settings changed from the chat work at once, win over the environment, and stay."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.flows import preferences
from bot.flows.policy import Policy
from bot.i18n import Catalogue
from bot.model.chat import Language
from bot.model.pacing import Limit
from bot.settings import Profile, Settings
from commands.setting_names import NAMES
from tests.commands.desk import BANDS, CATALOGUE, Desk, a_desk


def restarted(desk: Desk) -> Settings:
    """The settings of a bot that starts over the same records."""
    policy = Policy(Settings(), desk.tables, Catalogue(CATALOGUE.texts), own=BANDS, version="test")
    return policy().settings


def test_every_setting_of_the_chat_has_names_and_words() -> None:
    assert tuple(NAMES) == preferences.CHANGEABLE
    for name in preferences.CHANGEABLE:
        assert CATALOGUE.has(f"setting.{name}", "en")
    known = [word for names in NAMES.values() for word in set(names)]
    assert len(known) == len(set(known))


@pytest.mark.parametrize("name", preferences.CHANGEABLE)
def test_what_is_shown_can_be_typed_back(name: str) -> None:
    desk = a_desk(Language.EN)
    shown = preferences.written(desk.policy().settings, name)
    before = getattr(desk.policy().settings, name)
    assert "✏️" in desk.ask(f"!config set {NAMES[name][0]} {shown or 'none'}")
    assert getattr(desk.policy().settings, name) == before


@pytest.mark.parametrize("name", preferences.CHANGEABLE)
def test_what_does_not_fit_is_explained_and_nothing_is_changed(name: str) -> None:
    desk = a_desk(Language.EN)
    answer = desk.ask(f"!config set {NAMES[name][0]} zzzz-99")
    assert "“zzzz-99” does not fit" in answer
    assert len(desk.tables.preferences) == 0


def test_a_change_works_at_once_and_after_a_restart() -> None:
    desk = a_desk()
    desk.ask("!configuración poner silencio 22:00-08:00")
    rules = desk.policy()
    assert rules.limits.quiet is not None
    assert (rules.limits.quiet.start, rules.limits.quiet.end) == (time(22), time(8))
    assert restarted(desk).quiet_hours == (time(22), time(8))
    desk.ask("!config set quiet none")
    assert desk.policy().limits.quiet is None


def test_times_are_shown_in_the_new_zone_at_once() -> None:
    desk = a_desk(Language.EN)
    assert "9:00" in desk.ask("!summary promo") or "09:00" in desk.ask("!summary promo")
    desk.ask("!tz Madrid")
    assert "16:00" in desk.ask("!summary promo")


def test_the_language_of_what_names_none_changes() -> None:
    desk = a_desk(Language.ES)
    assert "No conozco" in desk.ask("!xyzzy")
    desk.ask("!idioma inglés")
    assert "I don't know" in desk.ask("!xyzzy")


def test_a_number_without_a_country_is_of_the_country_that_was_set() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!config set country ES")
    assert "+34 612 34 56 79" in desk.ask("!contact add Zoé 612 34 56 79")


def test_a_profile_moves_its_limits_and_a_limit_set_afterwards_wins() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!config set number-minute 7")
    desk.ask("!config set profile intensive")
    settings = desk.policy().settings
    assert settings.profile is Profile.INTENSIVE
    assert (settings.messages_per_minute_per_phone, settings.messages_per_day_per_phone) == (10, 200)
    assert settings.gap_per_phone == timedelta(seconds=1)
    desk.ask("!config set number-minute 4")
    assert desk.policy().limits.per_number[0][::2] == (Limit.NUMBER_MINUTE, 4)
    desk.ask("!config set profile normal")
    assert desk.policy().settings == Settings(language=Language.EN, region="CO")


def test_a_reset_goes_back_to_the_environment() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!config set all-hour 100")
    assert "*all-hour*: 200" in desk.ask("!config reset all-hour")
    assert len(desk.tables.preferences) == 0


def test_a_change_is_undone_at_once() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!config set all-hour 100")
    desk.ask("!config set all-hour 150")
    desk.ask("!undo")
    assert desk.policy().settings.messages_per_hour == 100
    desk.ask("!undo")
    assert desk.policy().settings.messages_per_hour == 200


def test_a_doubt_above_certainty_is_refused() -> None:
    desk = a_desk(Language.EN)
    desk.ask("!config set sure 60")
    assert "nothing would ever be doubtful" in desk.ask("!config set doubtful 70")
    assert desk.policy().thresholds.review == BANDS.review


def test_a_preference_that_another_version_wrote_is_left_out() -> None:
    assert preferences.overlaid(Settings(), {"messages_per_hour": "many", "unheard_of": "1"}) == Settings()


@pytest.mark.parametrize(
    ("city", "zone"),
    [("america/bogota", "America/Bogota"), ("BOGOTÁ", "America/Bogota"), ("new york", "America/New_York"),
     ("ciudad de méxico", "America/Mexico_City"), ("utc", "UTC")],
)  # fmt: skip
def test_a_zone_is_found_by_its_city(city: str, zone: str) -> None:
    assert zone in a_desk().ask(f"!tz {city}")


def test_a_slip_in_a_city_is_understood() -> None:
    assert "Did you mean *America/Bogota*?" in a_desk().ask("!tz bogotta")
    assert "don't know the time zone" in a_desk().ask("!tz qqqqqqqq")

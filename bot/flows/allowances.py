"""The sending limits in force: those of the settings, with what the owner changed from the chat."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from bot.model.limits import DAY, HOUR, MINUTE, Limit, Limits, QuietHours
from bot.settings import Profile, Settings
from storage.tables import Tables

#: Name of a fact: OFF, or absent.
WARMUP = "warmup"
OFF = "off"


def of_settings(settings: Settings) -> Limits:
    """What the settings say."""
    quiet = settings.quiet_hours
    return Limits(
        per_number=(
            (Limit.NUMBER_MINUTE, MINUTE, settings.messages_per_minute_per_phone),
            (Limit.NUMBER_HOUR, HOUR, settings.messages_per_hour_per_phone),
            (Limit.NUMBER_DAY, DAY, settings.messages_per_day_per_phone),
        ),
        in_total=(
            (Limit.MINUTE, MINUTE, settings.messages_per_minute),
            (Limit.HOUR, HOUR, settings.messages_per_hour),
            (Limit.DAY, DAY, settings.messages_per_day),
        ),
        number_gap=settings.gap_per_phone,
        gap=settings.gap,
        contacts_per_hour=settings.contact_messages_per_hour,
        warmup=settings.warmup,
        quiet=QuietHours(*quiet, settings.timezone) if quiet else None,
        human_pace=settings.human_pace,
    )


def in_force(tables: Tables, limits: Limits) -> Limits:
    """`limits` of the settings, without the warm-up when it was switched off from the chat."""
    return replace(limits, warmup=()) if tables.facts.get(WARMUP) == OFF else limits


@cache
def of_profile(profile: Profile) -> Limits:
    """A ready set of limits, as the setting SPAM_PROFILE gives it."""
    return of_settings(Settings.load({"SPAM_PROFILE": profile.value}, env_file=None))


def choose_warmup(tables: Tables, *, is_on: bool) -> None:
    tables.facts.choose(WARMUP, "" if is_on else OFF)

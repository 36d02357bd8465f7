"""The sending limits in force: those of the settings, with what the owner changed from the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from functools import cache
from zoneinfo import ZoneInfo

from bot.model.limits import DAY, HOUR, MINUTE, Limit, Limits, QuietHours
from bot.settings import Profile, Settings
from storage.tables import Tables

#: Names of facts; empty or absent: as in the settings.
PROFILE = "limits_profile"
QUIET = "quiet_hours"  #: `HH:MM-HH:MM`, or OFF
WARMUP = "warmup"  #: OFF, or absent
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


def in_force(tables: Tables, limits: Limits, zone: ZoneInfo) -> Limits:
    """`limits` of the settings, with what was changed from the chat."""
    profile, quiet = tables.facts.get(PROFILE), tables.facts.get(QUIET)
    if profile:
        chosen = of_profile(Profile(str(profile)))
        limits = replace(
            limits, per_number=chosen.per_number, in_total=chosen.in_total, number_gap=chosen.number_gap
        )  # fmt: skip
    if quiet:
        limits = replace(limits, quiet=None if quiet == OFF else _hours(str(quiet), zone))
    return replace(limits, warmup=()) if tables.facts.get(WARMUP) == OFF else limits


@cache
def of_profile(profile: Profile) -> Limits:
    """A ready set of limits, as the setting SPAM_PROFILE gives it."""
    return of_settings(Settings.load({"SPAM_PROFILE": profile.value}, env_file=None))


def choose_profile(tables: Tables, profile: Profile) -> None:
    tables.facts.set(PROFILE, profile.value)


def choose_quiet(tables: Tables, start: time | None, end: time | None) -> None:
    """Contacts get nothing from `start` to `end`, local time; None: at all hours something."""
    tables.facts.set(QUIET, f"{start:%H:%M}-{end:%H:%M}" if start and end else OFF)


def choose_warmup(tables: Tables, *, is_on: bool) -> None:
    tables.facts.set(WARMUP, "" if is_on else OFF)


def _hours(text: str, zone: ZoneInfo) -> QuietHours:
    start, _, end = text.partition("-")
    return QuietHours(time.fromisoformat(start), time.fromisoformat(end), zone)

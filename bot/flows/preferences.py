"""Settings that the owner changes from the chat: kept as texts, read like the environment, and used at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.model.errors import UserError
from bot.model.preference import Preference
from bot.settings import PROFILES, Profile, Settings
from bot.settings.fields import declarations
from bot.settings.readers import MEBIBYTE
from storage.query import where
from storage.tables import Tables

#: The setting that stands for several others.
PROFILE = "profile"
#: The settings that can be changed from the chat, in the order in which they are shown. Their words are the
#: catalogue's `setting.<field>.name` and `setting.<field>.does`.
CHANGEABLE = (
    "language", "timezone", "region", PROFILE, "messages_per_minute_per_phone", "messages_per_hour_per_phone",
    "messages_per_day_per_phone", "messages_per_minute", "messages_per_hour", "messages_per_day", "gap_per_phone",
    "gap", "contact_messages_per_hour", "quiet_hours", "alert_quiet_hours", "match_yes", "match_review",
    "media_timeout", "media_retries", "media_limit", "keep_other_hours", "keep_matching_days",
    "keep_results_days",
)  # fmt: skip
_DECLARED = dict(declarations(Settings))


def chosen(tables: Tables) -> dict[str, str]:
    """What was changed from the chat: texts by field."""
    return {preference.name: preference.text for preference in tables.preferences.all()}


def overlaid(settings: Settings, texts: Mapping[str, str]) -> Settings:
    """The settings with what was changed from the chat; a profile moves its limits, a limit set by itself wins.

    A text that an older or newer version wrote and that cannot be read is left out.
    """
    known = [name for name in CHANGEABLE if name in texts]
    readable = {name: value for name in known for value in _read(name, texts[name])}
    if PROFILE in readable:
        settings = replace(settings, **_limits_of(readable[PROFILE]))
    return replace(settings, **readable)


def choose(tables: Tables, settings: Settings, name: str, text: str, now: datetime) -> Settings:
    """Change a setting; returns all settings as they are then. Raises UserError for a text that does not fit."""
    if not _read(name, text):
        raise UserError("config.bad_value")
    new = overlaid(settings, {**chosen(tables), name: text})
    if new.match_yes is not None and new.match_review is not None and new.match_review > new.match_yes:
        raise UserError("config.doubtful_above_sure", doubtful=new.match_review, sure=new.match_yes)
    wanted = Preference(0, name, text, now)
    stored, is_new = tables.preferences.add_once(wanted)
    if not is_new:
        tables.preferences.save(replace(wanted, id=stored.id))
    if name == PROFILE:  # its limits are meant, not those that were set one by one before
        for limit in _limits_of(new.profile):
            reset(tables, limit)
        return overlaid(settings, chosen(tables))
    return new


def reset(tables: Tables, name: str) -> bool:
    """Use what the environment says again; returns whether anything had been changed."""
    preference = tables.preferences.one(where("name") == name)
    if preference is not None:
        tables.preferences.remove(preference)
    return preference is not None


def written(settings: Settings, name: str) -> str:
    """A setting's value as it would be typed; empty when there is none."""
    value, unit = getattr(settings, name), _DECLARED[name].unit
    match value:
        case None:
            return ""
        case timedelta():
            return str(round(value.total_seconds() * 1000))
        case ZoneInfo():
            return value.key
        case StrEnum():
            return value.value
        case (time() as start, time() as end):
            return f"{start:%H:%M}-{end:%H:%M}"
        case int() if unit == "MB":
            return str(value // MEBIBYTE)
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def _read(name: str, text: str) -> list[Any]:
    """The value in a list, empty when the text does not fit; an empty text means no value, where that may be."""
    declared = _DECLARED[name]
    if not text:
        return [] if declared.default else [None]
    try:
        return [declared.read(text)]
    except ValueError:
        return []


def _limits_of(profile: Profile) -> dict[str, Any]:
    """Every limit that some profile moves, as this one has it."""
    moved = {env for limits in PROFILES.values() for env in limits}
    wanted = PROFILES[profile]
    return {
        name: declared.read(wanted.get(declared.env, declared.default))
        for name, declared in declarations(Settings)
        if declared.env in moved
    }

"""The settings: one declaration each, read from the environment and `.env`, all faults told at once."""

# ruff: noqa: RUF009 - the calls in the class below make dataclass fields, which is what the rule wants
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.model.chat import Language
from bot.model.errors import ConfigError
from bot.settings import readers as read
from bot.settings.env_file import read_env_file
from bot.settings.faults import contradictions, unknown_names
from bot.settings.fields import declarations, optional, setting

ENV_FILE = Path(".env")
DAY_MS = 24 * 60 * 60 * 1000
ANYWHERE = "0.0.0.0"


class Profile(StrEnum):
    """A ready set of sending limits (product.md §6)."""

    NORMAL = "normal"
    INTENSIVE = "intensive"
    CONSERVATIVE = "conservative"


class LogFormat(StrEnum):
    TEXT = "text"  #: for people
    JSON = "json"  #: one JSON document per line


@dataclass(frozen=True)
class Settings:
    """Every setting with its default; `load` reads them."""

    data: Path = setting(
        "TESTIGO_DATA", "data", read.folder, "Everything that the bot keeps: the link's keys, the records, the media."
    )
    language: Language = setting(
        "TESTIGO_LANGUAGE", "es", read.one_of(Language), "Language of scheduled messages and alerts: `es` or `en`."
    )
    timezone: ZoneInfo = setting(
        "TESTIGO_TIMEZONE", "America/Bogota", read.time_zone, "Local time of campaigns and schedules.", unit="IANA name"
    )
    region: str | None = optional(
        "TESTIGO_REGION",
        read.region,
        "Country of phone numbers written without one; empty: that of the linked account.",
        unit="ISO 3166, e.g. `CO`",
    )

    profile: Profile = setting(
        "SPAM_PROFILE",
        "normal",
        read.one_of(Profile),
        "Ready set of sending limits: `normal`, `intensive` or `conservative`; a limit set by itself wins.",
    )
    messages_per_minute_per_phone: int = setting(
        "SPAM_MESSAGES_PER_MINUTE_PER_PHONE", "5", read.whole(1, 1000), "Most messages to one number in a minute."
    )
    messages_per_hour_per_phone: int = setting(
        "SPAM_MESSAGES_PER_HOUR_PER_PHONE", "20", read.whole(1, 10_000), "Most messages to one number in an hour."
    )
    messages_per_day_per_phone: int = setting(
        "SPAM_MESSAGES_PER_DAY_PER_PHONE", "50", read.whole(1, 100_000), "Most messages to one number in a day."
    )
    messages_per_minute: int = setting(
        "SPAM_GLOBAL_MESSAGES_PER_MINUTE", "30", read.whole(1, 1000), "Most messages in a minute, all numbers."
    )
    messages_per_hour: int = setting(
        "SPAM_GLOBAL_MESSAGES_PER_HOUR", "200", read.whole(1, 10_000), "Most messages in an hour, all numbers."
    )
    messages_per_day: int = setting(
        "SPAM_GLOBAL_MESSAGES_PER_DAY", "1000", read.whole(1, 100_000), "Most messages in a day, all numbers."
    )
    gap_per_phone: timedelta = setting(
        "SPAM_MIN_DELAY_MS", "2000", read.milliseconds(0, DAY_MS), "Least time between two messages to one number.",
        unit="ms",
    )  # fmt: skip
    gap: timedelta = setting(
        "SPAM_MIN_DELAY_ANY_MS", "1000", read.milliseconds(0, DAY_MS), "Least time between any two messages.", unit="ms"
    )
    contact_messages_per_hour: int = setting(
        "SPAM_CONTACTS_PER_HOUR", "50", read.whole(1, 10_000), "Most messages to contacts in an hour."
    )
    warmup: tuple[int, ...] = setting(
        "SPAM_WARMUP",
        "20,40,60,80,100,120,150",
        read.counts,
        "Most messages to contacts on each of the first days of a new link; `off`: no warm-up.",
    )
    human_pace: float = setting(
        "SPAM_HUMAN_PACE",
        "100",
        read.percent(0, 1000),
        "The pause in which a person would type, before each message to a contact; 100 is 3 to 12 seconds.",
        unit="%",
    )
    quiet_hours: tuple[time, time] | None = optional(
        "TESTIGO_QUIET_HOURS",
        read.hours,
        "Hours in which contacts get nothing, e.g. `23:00-08:00`; empty: none.",
        unit="local time",
    )

    alert_urls: tuple[str, ...] | None = optional(
        "ALERT_URLS",
        read.addresses,
        "Where alerts go besides the control chat: e-mail, Slack, Telegram, ntfy, webhooks (docs/operations.md).",
        unit="apprise addresses, separated by spaces",
        secret=True,
    )
    alert_quiet_hours: tuple[time, time] | None = optional(
        "ALERT_QUIET_HOURS",
        read.hours,
        "Hours in which only critical alerts are told, e.g. `22:00-07:00`; empty: the quiet hours of contacts.",
        unit="local time",
    )

    media_timeout: timedelta = setting(
        "STATUS_MEDIA_TIMEOUT_MS",
        "30000",
        read.milliseconds(1000, DAY_MS),
        "How long a status may wait for its media, each try.",
        unit="ms",
    )
    media_retries: int = setting(
        "MAX_STATUS_RETRIES", "3", read.whole(1, 100), "Tries for a status's media before it counts as not captured."
    )
    media_limit: int = setting(
        "MEDIA_MAX_MB", "64", read.mebibytes(1, 2048), "Largest media that is downloaded.", unit="MB"
    )
    keep_other_hours: int = setting(
        "RETENTION_OTHER_HOURS", "24", read.whole(1, 8760), "How long media that matched nothing stays.", unit="hours"
    )
    keep_matching_days: int = setting(
        "RETENTION_MATCHING_DAYS",
        "7",
        read.whole(1, 3650),
        "How long matching media stays; the card with the evidence stays with the result.",
        unit="days",
    )
    keep_results_days: int = setting(
        "RETENTION_RESULTS_DAYS", "180", read.whole(1, 3650), "How long results of closed campaigns stay.", unit="days"
    )
    match_yes: float | None = optional(
        "MATCH_YES", read.score, "Score from which a status surely matches; empty: the matcher's own.", unit="0-100"
    )
    match_review: float | None = optional(
        "MATCH_REVIEW", read.score, "Score from which the owner is asked; empty: the matcher's own.", unit="0-100"
    )

    host: str = setting("HOST", "127.0.0.1", read.plain, "Address at which the page listens.")
    port: int = setting(
        "PORT",
        "8765",
        read.whole(0, 65535),
        "Port of the page. When it is set and HOST is not, the page listens at every address, as hosts expect.",
    )
    token: str | None = optional(
        "TESTIGO_TOKEN",
        read.token,
        "Key to the page; required as soon as it listens anywhere but at this machine itself.",
        unit="16 characters or more",
        secret=True,
    )
    page_proxies: int = setting(
        "TESTIGO_PAGE_PROXIES",
        "0",
        read.whole(0, 5),
        "Reverse proxies in front of the page, whose `X-Forwarded-For` tells who guesses keys; a Procfile host has 1.",
    )
    proxy: str | None = optional(
        "TESTIGO_PROXY", read.proxy, "Proxy for WhatsApp, e.g. `socks5://10.0.0.2:1080`.", unit="URL", secret=True
    )
    proxy_list: Path | None = optional(
        "TESTIGO_PROXY_LIST",
        read.file,
        "A file with a proxy in each line: each account gets a fixed one of its own; TESTIGO_PROXY wins.",
        unit="path",
    )
    backup_passphrase: str | None = optional(
        "TESTIGO_BACKUP_PASSPHRASE",
        read.passphrase,
        "Seals the link's keys in backups; empty: with the key in `backup.key` of the data folder.",
        unit="16 characters or more",
        secret=True,
    )
    device_name: str = setting(
        "TESTIGO_DEVICE_NAME", "Testigo", read.short_text(50), "Name in the phone's list of linked devices."
    )
    worker_command: tuple[str, ...] | None = optional(
        "TESTIGO_WORKER_COMMAND",
        read.command,
        "For developers: the command that starts the WhatsApp process instead of the real one.",
        unit="JSON list",
    )

    log_level: int = setting(
        "LOG_LEVEL", "INFO", read.log_level, "How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`."
    )
    log_format: LogFormat = setting(
        "TESTIGO_LOG_FORMAT", "text", read.one_of(LogFormat), "`text` for people, `json` for machines."
    )

    @classmethod
    def load(cls, environ: Mapping[str, str], env_file: Path | None = ENV_FILE) -> Settings:
        """Read the environment over the file over the profile over the defaults.

        A file that does not exist is no fault. Raises ConfigError with one sentence for every fault there is.
        """
        written, faults = read_env_file(env_file)
        faults += unknown_names([declared.env for _, declared in declarations(Settings)], environ, written)
        given = {name: text for name, text in {**written, **environ}.items() if text}
        texts = {**_profile_limits(given), **_address(given), **given}
        values: dict[str, Any] = {}
        for name, declared in declarations(Settings):
            if text := texts.get(declared.env):
                try:
                    values[name] = declared.read(text)
                except ValueError as wrong:
                    shown = "(hidden)" if declared.secret else f'"{text}"'
                    faults.append(f"{declared.env}={shown} {wrong}.")
        settings = cls(**values)
        faults += contradictions(
            yes=settings.match_yes, review=settings.match_review, host=settings.host, has_token="TESTIGO_TOKEN" in given
        )
        if faults:
            raise ConfigError(faults)
        return settings


#: What each profile changes, by the settings' names; `normal` is the defaults.
PROFILES: dict[Profile, dict[str, str]] = {
    Profile.NORMAL: {},
    Profile.INTENSIVE: {
        "SPAM_MESSAGES_PER_MINUTE_PER_PHONE": "10",
        "SPAM_MESSAGES_PER_HOUR_PER_PHONE": "50",
        "SPAM_MESSAGES_PER_DAY_PER_PHONE": "200",
        "SPAM_GLOBAL_MESSAGES_PER_MINUTE": "60",
        "SPAM_MIN_DELAY_MS": "1000",
    },
    Profile.CONSERVATIVE: {
        "SPAM_MESSAGES_PER_MINUTE_PER_PHONE": "3",
        "SPAM_MESSAGES_PER_HOUR_PER_PHONE": "10",
        "SPAM_MESSAGES_PER_DAY_PER_PHONE": "30",
        "SPAM_GLOBAL_MESSAGES_PER_MINUTE": "20",
        "SPAM_MIN_DELAY_MS": "3000",
    },
}


def settings_table() -> str:
    """All settings as a Markdown table, for the README."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for _, declared in declarations(Settings):
        default = f"`{declared.default}`" if declared.default else ""
        rows.append(f"| `{declared.env}` | {default} | {declared.described()} |")
    return "\n".join(rows) + "\n"


def env_example() -> str:
    """The contents of `.env.example`: every setting, commented out, with its default."""
    parts = ["# Copy to .env and remove the # before what you change. The environment wins over this file.\n"]
    for _, declared in declarations(Settings):
        parts.append(f"# {declared.described()}\n#{declared.env}={declared.default}\n")
    return "\n".join(parts)


def _profile_limits(given: Mapping[str, str]) -> dict[str, str]:
    try:
        return PROFILES[Profile(given.get("SPAM_PROFILE", Profile.NORMAL).strip().lower())]
    except ValueError:  # told as the fault of SPAM_PROFILE itself
        return {}


def _address(given: Mapping[str, str]) -> dict[str, str]:
    return {"HOST": ANYWHERE} if "PORT" in given else {}

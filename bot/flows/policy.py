"""What the settings, with what was changed from the chat, say to the engine and to the commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from bot.flows import allowances, preferences
from bot.flows.capture import Patience
from bot.i18n import Catalogue
from bot.model.chat import Language
from bot.model.limits import Limits, QuietHours
from bot.model.matching import Thresholds
from bot.model.privacy import Keeping
from bot.settings import Settings
from storage.tables import Tables


@dataclass(frozen=True)
class Rules:
    """What is to be done how; the same until somebody changes a setting."""

    settings: Settings
    language: Language
    zone: ZoneInfo
    region: str | None  #: ISO 3166, of numbers written without a country; None: that of the linked account
    limits: Limits
    patience: Patience
    thresholds: Thresholds
    alerts_quiet: QuietHours | None  #: alerts that are not critical wait for their end
    keeping: Keeping
    version: str


class Policy:
    """Gives the rules of this moment to the engine's thread; the catalogue follows with its time zone.

    own: the matcher's bands, which the settings may move.
    """

    def __init__(
        self, settings: Settings, tables: Tables, catalogue: Catalogue, *, own: Thresholds, version: str
    ) -> None:
        self._settings, self._tables, self._catalogue = settings, tables, catalogue
        self._own, self._version = own, version
        self._seen = -1
        self._latest = self()

    def __call__(self) -> Rules:
        if self._seen != self._tables.preferences.version:
            self._seen = self._tables.preferences.version
            settings = preferences.overlaid(self._settings, preferences.chosen(self._tables))
            self._latest = rules(settings, self._own, self._version)
            self._catalogue.zone = settings.timezone
        return self._latest

    @property
    def base(self) -> Settings:
        """The settings without what was changed from the chat."""
        return self._settings


def rules(settings: Settings, own: Thresholds, version: str) -> Rules:
    return Rules(
        settings=settings,
        language=settings.language,
        zone=settings.timezone,
        region=settings.region,
        limits=allowances.of_settings(settings),
        patience=Patience(settings.media_timeout, settings.media_retries, settings.media_limit),
        thresholds=bands(settings, own),
        alerts_quiet=_quiet(settings.alert_quiet_hours or settings.quiet_hours, settings),
        keeping=Keeping(
            timedelta(hours=settings.keep_other_hours), timedelta(days=settings.keep_matching_days),
            timedelta(days=settings.keep_results_days),
        ),
        version=version,
    )  # fmt: skip


def bands(settings: Settings, own: Thresholds) -> Thresholds:
    """The matcher's own bands, unless the settings move them."""
    yes = own.yes if settings.match_yes is None else settings.match_yes
    review = own.review if settings.match_review is None else settings.match_review
    return Thresholds(yes=yes, review=min(review, yes))


def _quiet(hours: tuple[time, time] | None, settings: Settings) -> QuietHours | None:
    return QuietHours(*hours, settings.timezone) if hours else None

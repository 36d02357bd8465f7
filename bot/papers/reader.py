"""Who reads a paper: the language of its words, and the zone of its times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.flows.papers import Sources
from bot.i18n import Catalogue
from bot.model.campaign import Campaign
from bot.model.chat import Language, Phrase
from bot.model.errors import UserError


@dataclass(frozen=True)
class Reader:
    catalogue: Catalogue
    language: Language
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        return self.date_of(self.now)

    def say(self, key: str, **facts: object) -> str:
        return self.catalogue.say(key, self.language, **facts)

    def render(self, phrase: Phrase) -> str:
        return self.catalogue.render(phrase, self.language)

    def date_of(self, moment: datetime) -> date:
        """The local date."""
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The moment at which a local day begins."""
        return datetime.combine(day, time(), self.zone)

    def day(self, day: date, form: str = "day") -> str:
        """A date in words: `6 may`, or with its year as `date`."""
        return self.catalogue.written(self.midnight(day) + timedelta(hours=12), form, self.language)


def reader_of(sources: Sources) -> Reader:
    return Reader(sources.catalogue, sources.language, sources.zone, sources.now)


def campaign_of(sources: Sources, facts: Mapping[str, Any]) -> Campaign | None:
    """The campaign that a paper is about, if it is about one. Raises UserError when it was deleted meanwhile."""
    if facts.get("campaign") is None:
        return None
    campaign = sources.tables.campaigns.get(facts["campaign"])
    if campaign is None:
        raise UserError("export.campaign_gone", id=facts["campaign"])
    return campaign

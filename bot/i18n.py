"""The texts that people read: catalogues in English and Spanish, and the forms that facts take in a sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from string import Formatter
from typing import Any

from bot.model.chat import Phrase
from bot.model.identity import Phone

#: The catalogues that come with the program.
LOCALES = Path(__file__).parent / "locales"
#: The fact that chooses between the singular and the plural of a text.
COUNT = "count"

Texts = Mapping[str, str]


class Catalogue:
    """Sentences by key, in every language.

    A key is the path of tables in the TOML files, joined by dots. A text with `.one` and `.other` below its key is
    chosen by the fact `count`. A missing key or fact is a bug: KeyError.
    """

    def __init__(self, texts: Mapping[str, Texts], zone: tzinfo = UTC) -> None:
        self.texts = texts
        self.zone = zone  #: in which moments are written

    @classmethod
    def load(cls, folder: Path = LOCALES, zone: tzinfo = UTC) -> Catalogue:
        """Read `en.toml`, `page.en.toml` and the like; raises ValueError when two files claim one key."""
        texts: dict[str, dict[str, str]] = {}
        for path in sorted(folder.glob("*.toml")):
            language = path.stem.rpartition(".")[2]
            known = texts.setdefault(language, {})
            found = dict(_flat(tomllib.loads(path.read_text("utf-8"))))
            if twice := known.keys() & found.keys():
                raise ValueError(f"{path.name} repeats {', '.join(sorted(twice))} of another catalogue")
            known.update(found)
        return cls(texts, zone)

    def say(self, key: str, language: str, /, **facts: object) -> str:
        """The sentence of a key, with its facts filled in."""
        return self.render(Phrase(key, facts), language)

    def render(self, phrase: Phrase, language: str) -> str:
        """A phrase in a language; facts that are phrases, or sequences of them, are rendered inside."""
        form = _FactForm(self, language)
        return form.vformat(self._text(phrase, language), (), phrase.facts)

    def has(self, key: str, language: str) -> bool:
        return key in self.texts[language] or f"{key}.other" in self.texts[language]

    def written(self, fact: object, spec: str, language: str) -> str:
        """A fact as it stands in a sentence; the spec after the colon of a placeholder chooses among its forms.

        Moments: none (day and time), `time`, `date`. Spans: hours, minutes or seconds. Phones: masked, or `full`.
        Sequences: joined by commas, by `lines`, or `together`. Numbers: Python's own specs, with the language's sign.
        """
        match fact:
            case Phrase():
                return self.render(fact, language)
            case Phone():
                return fact.readable if spec == "full" else fact.masked
            case datetime():
                return self._moment(fact, spec, language)
            case timedelta():
                return self._span(fact, language)
            case tuple() | list():
                between = {"lines": "\n", "together": ""}.get(spec, ", ")
                return between.join(self.written(each, "", language) for each in fact)
            case float():
                return format(fact, spec or ".1f").replace(".", self.texts[language]["format.decimal"])
            case _:
                return format(fact, spec)

    def _text(self, phrase: Phrase, language: str) -> str:
        texts = self.texts[language]
        if phrase.key in texts or f"{phrase.key}.other" not in texts:
            return texts[phrase.key]
        return texts[f"{phrase.key}.{'one' if phrase.facts[COUNT] == 1 else 'other'}"]

    def _moment(self, at: datetime, spec: str, language: str) -> str:
        local = at.astimezone(self.zone)
        month = self.texts[language]["format.months"].split()[local.month - 1]
        text = self.texts[language][f"format.{spec or 'moment'}"]
        return text.format(day=local.day, month=month, year=local.year, time=local.strftime("%H:%M"))

    def _span(self, span: timedelta, language: str) -> str:
        seconds = span.total_seconds()
        if seconds < 60:
            return self.say("format.seconds", language, n=int(seconds))
        if seconds < 3600:
            return self.say("format.minutes", language, n=int(seconds // 60))
        hours = round(seconds / 3600, 1)
        return self.say("format.hours", language, n=int(hours) if hours.is_integer() else hours)


class _FactForm(Formatter):
    """Fills a text's placeholders; only names and specs are understood, never attributes or indexes."""

    def __init__(self, catalogue: Catalogue, language: str) -> None:
        self._catalogue = catalogue
        self._language = language

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._catalogue.written(value, format_spec, self._language)


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, str(value)

"""The catalogues: both languages complete, every key in the code there, facts in the forms that a reader expects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from bot.i18n import Catalogue
from bot.model.chat import say
from bot.model.identity import Phone

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("bot", "commands", "webstatus") for path in sorted((ROOT / folder).rglob("*.py"))]
#: Calls whose first argument is a key.
KEYED = {"say", "UserError", "Phrase"}
CATALOGUE = Catalogue.load()
AT = datetime(2026, 5, 6, 19, 5, tzinfo=UTC)


def test_both_languages_have_the_same_keys() -> None:
    assert CATALOGUE.texts["en"].keys() == CATALOGUE.texts["es"].keys()


@pytest.mark.parametrize("key", sorted(CATALOGUE.texts["en"]))
def test_both_languages_have_the_same_placeholders(key: str) -> None:
    assert placeholders(CATALOGUE.texts["en"][key]) == placeholders(CATALOGUE.texts["es"].get(key, ""))


@pytest.mark.parametrize("language", ["en", "es"])
def test_plurals_come_in_pairs(language: str) -> None:
    texts = CATALOGUE.texts[language]
    for key, text in texts.items():
        if "{count}" in text and key.endswith((".one", ".other")):
            stem = key.rpartition(".")[0]
            assert {f"{stem}.one", f"{stem}.other"} <= texts.keys(), key


@pytest.mark.parametrize(("language", "foreign"), [("en", "«»¿¡"), ("es", "“”")])
def test_each_language_has_its_own_quotation_marks_and_signs(language: str, foreign: str) -> None:
    assert {key: text for key, text in CATALOGUE.texts[language].items() if set(text) & set(foreign)} == {}


@pytest.mark.parametrize(("closing", "opening"), ["?¿", "!¡"])
def test_questions_and_exclamations_are_opened_in_spanish(closing: str, opening: str) -> None:
    """An exclamation mark before a letter is the prefix of a command."""
    for key, text in CATALOGUE.texts["es"].items():
        ends = len(re.findall(rf"{re.escape(closing)}(?![\w{{}}])", text))
        assert text.count(opening) == ends, key


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_a_command_does_is_said_without_a_full_stop(language: str) -> None:
    said = {key: text for key, text in CATALOGUE.texts[language].items() if key.startswith("command.")}
    assert {key: text for key, text in said.items() if text.endswith(".") or not text[0].isupper()} == {}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_key_in_the_code_exists(path: Path) -> None:
    for key, line in keys_in(path):
        assert CATALOGUE.has(key, "en"), f"{path.name}:{line} says {key!r}, which no catalogue has"


def test_a_file_says_only_what_no_other_file_says(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[greeting]\nhello = "Hello"', "utf-8")
    (tmp_path / "more.en.toml").write_text('greeting.hello = "Hi"', "utf-8")
    with pytest.raises(ValueError, match=r"greeting\.hello"):
        Catalogue.load(tmp_path)


def test_facts_that_are_phrases_are_said_in_the_same_language() -> None:
    catalogue = a_catalogue(outer="[{inner}]", inner="<{name}>")
    assert catalogue.render(say("outer", inner=say("inner", name="Ana")), "es") == "[<Ana>]"
    assert catalogue.say("outer", "es", inner=(say("inner", name="a"), say("inner", name="b"))) == "[<a>, <b>]"


def test_sequences_can_stand_on_lines() -> None:
    assert a_catalogue(rows="{rows:lines}").say("rows", "es", rows=("a", "b")) == "a\nb"


def test_a_count_chooses_between_singular_and_plural() -> None:
    catalogue = a_catalogue(**{"frames.one": "{count} imagen", "frames.other": "{count} imágenes"})
    assert catalogue.say("frames", "es", count=1) == "1 imagen"
    assert catalogue.say("frames", "es", count=0) == "0 imágenes"


def test_numbers_take_the_decimal_sign_of_the_language() -> None:
    catalogue = a_catalogue(share="{share:.1f} %")
    assert catalogue.say("share", "es", share=68.25) == "68,2 %"
    assert catalogue.say("share", "en", share=68.25) == "68.2 %"


def test_moments_are_shown_in_the_zone_of_the_owner() -> None:
    catalogue = a_catalogue(at="{at} | {at:time} | {at:date}")
    assert catalogue.say("at", "es", at=AT) == "6 may 14:05 | 14:05 | 6 may 2026"
    assert catalogue.say("at", "en", at=AT) == "6 May 14:05 | 14:05 | 6 May 2026"


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=35), "35 min"),
        (timedelta(hours=22, minutes=30), "22,5 h"),
        (timedelta(hours=24), "24 h"),
    ],
)
def test_spans_take_the_unit_that_fits(span: timedelta, shown: str) -> None:
    assert a_catalogue(span="{span}").say("span", "es", span=span) == shown


def test_phone_numbers_are_masked_unless_asked_for() -> None:
    catalogue = a_catalogue(phone="{phone} {phone:full}")
    assert catalogue.say("phone", "en", phone=Phone("+573001234567")) == "+57•••••4567 +57 300 1234567"


def test_a_fact_is_never_taken_for_a_text() -> None:
    hostile = "{name} {0.__class__}"
    assert a_catalogue(hello="Hola {name}").say("hello", "es", name=hostile) == f"Hola {hostile}"


@pytest.mark.parametrize(("key", "missing"), [("hello", "name"), ("nothing", "nothing")])
def test_a_missing_key_or_fact_is_a_bug(key: str, missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        a_catalogue(hello="Hola {name}").say(key, "es")


def a_catalogue(**texts: str) -> Catalogue:
    """A catalogue with these texts in both languages and the real forms of facts."""
    forms = {
        language: {key: text for key, text in known.items() if key.startswith("format.")}
        for language, known in CATALOGUE.texts.items()
    }
    return Catalogue({language: {**form, **texts} for language, form in forms.items()}, ZoneInfo("America/Bogota"))


def placeholders(text: str) -> set[tuple[str, str | None]]:
    return {(name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None}


def keys_in(path: Path) -> Iterator[tuple[str, int]]:
    """The literal keys of a module's sentences, with their lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _name_of(node.func) in KEYED and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, node.lineno


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""

"""The documents say what is: their chats are real, their links lead somewhere, their commands and settings exist."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import tasks
from bot.cli import parser
from bot.model.chat import Language
from bot.settings import Settings
from bot.settings.fields import declarations
from commands import COMMANDS
from commands.vocabulary import Family, Heard, hear
from storage.tables import SCHEMA
from tests.docs.chats import CHATS, ROOT, chats_of, played

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
#: Documents for whoever uses the bot, where a word in capitals that looks like a setting is one.
FOR_USERS = [ROOT / name for name in CHATS]

_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<words>.+)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`(?P<inside>[^`\n]+)`")
_MAKE = re.compile(r"^make (?P<target>[a-z]+)", re.MULTILINE)
_PROGRAM = re.compile(r"-m bot (?P<arguments>.+)")
_SETTING = re.compile(r"\b(?:[A-Z]+(?:_[A-Z]+)+|HOST|PORT)\b")


@pytest.mark.parametrize("name", CHATS)
def test_the_chats_are_what_the_bot_answers_today(name: str) -> None:
    """If it does not: `python -m tests.docs.chats` writes today's answers into the documents."""
    chats = chats_of((ROOT / name).read_text(encoding="utf-8"))
    assert chats
    for chat, today in zip(chats, played(chats, CHATS[name]), strict=True):
        assert [turn.comparable for turn in chat.turns] == [turn.comparable for turn in today]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = [target for target in links(document) if not leads_somewhere(document, target)]
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_exists(document: Path) -> None:
    spoken = "\n".join([*_FENCED.findall(text_of(document)), *code(document)])
    asked = {found["target"] for found in _MAKE.finditer(spoken)}
    assert asked <= {*tasks.TASKS, "help"}


@pytest.mark.parametrize("document", FOR_USERS, ids=lambda path: path.name)
def test_every_program_that_is_mentioned_exists(document: Path) -> None:
    called = _PROGRAM.findall("\n".join([*_FENCED.findall(text_of(document)), *code(document)]))
    assert called
    for arguments in called:
        assert parser().parse_args(arguments.split()).command


def test_make_knows_every_task() -> None:
    rule = re.search(r"^(?P<targets>run .*):$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert rule is not None
    assert set(rule["targets"].split()) == set(tasks.TASKS)


def test_the_layers_are_those_that_are_checked() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert "\n".join(layers) in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_table_is_explained() -> None:
    rows = re.findall(r"^\| ([a-z_, ]+) \|", text_of(ROOT / "ARCHITECTURE.md"), re.MULTILINE)
    explained = {name for row in rows for name in row.split(", ")}
    assert {spec.name for spec in SCHEMA} <= explained


@pytest.mark.parametrize("document", FOR_USERS, ids=lambda path: path.name)
def test_every_command_that_is_mentioned_is_understood(document: Path) -> None:
    mentioned = [words for words in code(document) if re.match(r"!\w", words)]
    assert mentioned
    strange = [words for words in mentioned if not isinstance(hear(words, COMMANDS, Language.ES), Heard | Family)]
    assert strange == []


@pytest.mark.parametrize("document", FOR_USERS, ids=lambda path: path.name)
def test_every_setting_that_is_mentioned_exists(document: Path) -> None:
    declared = {declaration.env for _, declaration in declarations(Settings)}
    mentioned = {name for words in code(document) for name in _SETTING.findall(words.split("=")[0])}
    assert mentioned - declared == set()


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def code(document: Path) -> list[str]:
    """The short pieces of code within the text."""
    return [found["inside"] for found in _CODE.finditer(_FENCED.sub("", text_of(document)))]


def links(document: Path) -> Iterator[str]:
    """The targets of all links that lead to files or headings of ours."""
    for found in _LINK.finditer(_FENCED.sub("", text_of(document))):
        if "://" not in found["target"]:
            yield found["target"]


def leads_somewhere(document: Path, target: str) -> bool:
    name, _, heading = target.partition("#")
    path = (document.parent / name).resolve() if name else document
    return path.exists() and (not heading or heading in headings(path))


def headings(document: Path) -> set[str]:
    """The headings as GitHub names them in addresses."""
    words = (found["words"].lower() for found in _HEADING.finditer(_FENCED.sub("", text_of(document))))
    return {re.sub(r"[^\w\- ]", "", each).replace(" ", "-") for each in words}

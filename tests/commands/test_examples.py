"""Every example in every command's declaration does what it shows, in both languages."""

from __future__ import annotations

import inspect

import pytest

from bot.model.chat import Language
from commands import COMMANDS
from commands.declaration import Command, Example
from commands.words import folded
from tests.commands.desk import CATALOGUE, MARTA, THREE_ROWS, a_desk, pictures

EXAMPLES = [
    pytest.param(example, language, id=f"{language}:{example.text}")
    for command in COMMANDS
    for language, examples in command.examples.items()
    for example in examples
]
#: For each command, words behind its name that cannot be right.
SPOILT = {
    "help_command": "zzzz qqqq xxxx",
    "campaign_new": "",
    "campaign_show": "zzzz qqqq",
    "campaign_contacts": "#1 zzzz",
    "campaign_rule": "#1 qqqqqq",
    "days": "#1 zzzz qqqq",
    "review": "zzzz qqqq",
    "review_list": "zzzz qqqq",
    "mark": "Ana promo",
    "contact_merge": "Ana",
    "contact_unknown": "zzzz qqqq",
    "stories": "",
    "proof": "Ana #1",
    "unmark": "Ana #1 #1 zzzz",
    "retry": "zzzz qqqq",
    "campaign_reprocess": "zzzz qqqq",
    "campaign_threshold": "#1",
    "test": "#1",
    "why": "",
    "confirm": "",
    "frame_list": "zzzz qqqq",
    "frame_add": "#1",
    "frame_disable": "#1",
    "frame_enable": "#1",
    "frame_remove": "#1",
    "campaign_edit": "#1",
    "campaign_clone": "zzzz qqqq",
    "contact_edit": "Ana",
    "contact_tag": "",
    "contact_note": "",
    "contact_pause": "",
    "contact_resume": "",
    "role_set": "operator",
    "role_remove": "",
    "config_set": "quiet",
    "config_reset": "",
    "campaign_pause": "zzzz qqqq",
    "campaign_activate": "zzzz qqqq",
    "campaign_close": "zzzz qqqq",
    "campaign_delete": "zzzz qqqq",
    "audit": "zzzz",
    "contact_add": "Marta",
    "contact_show": "",
    "results": "#1 status:zzzz",
    "limits_profile": "zzzz",
    "warmup": "zzzz",
    "blacklist_add": "",
    "blacklist_remove": "",
    "queue_sent": "",
    "queue_again": "",
    "queue_drop": "",
    "send": "Ana",
    "send_pending": "promo",
    "publish": "",
    "publish_mode": "",
    "sequence_new": "promo 5",
    "sequence_show": "zzzz qqqq",
    "block_show": "",
    "block_reactivate": "",
    "block_note": "Ana",
    "block_delete": "",
    "block_thresholds": "80 50",
    "summary": "zzzz qqqq",
    "chart": "zzzz qqqq",
    "export": "zzzz qqqq",
    "contact_export": "zzzz qqqq",
    "contact_import": "",
    "top": "zzzz qqqq",
    "schedule_summary": "",
    "schedule_export": "",
    "schedule_chart": "",
    "schedule_reminder": "daily 20:00",
    "schedule_pause": "",
    "schedule_resume": "",
    "schedule_delete": "",
    "schedule_run": "",
    "jobs_command": "1 zzzz",
    "data_show": "",
    "data_export": "",
    "data_delete": "",
    "consent_set": "",
    "consent_allow": "",
    "retention_set": "matching",
}
#: Commands whose mistakes are answered with the names that exist rather than with the usage.
NAMES_ANSWER = {
    "frame_list", "campaign_clone",
    "help_command", "campaign_show", "campaign_pause", "campaign_activate", "campaign_close", "campaign_delete",
    "results", "summary", "days", "review", "review_list", "unmark", "retry", "campaign_reprocess",
    "chart", "export", "contact_export", "top",
    "limits", "limits_profile", "warmup", "sequence_show", "sequence_start", "sequence_pause", "sequence_resume",
    "sequence_delete",
    "contact_unknown",
}  # fmt: skip


def is_shared(text: str) -> bool:
    """Whether a command is written the same in both languages, so that the language of the settings decides."""
    names = [{folded(name) for command in COMMANDS for name in command.names[language]} for language in Language]
    return any(f"{folded(text)} ".startswith(f"!{name} ") for name in set.intersection(*names))


@pytest.mark.parametrize(("example", "language"), EXAMPLES)
def test_an_example_is_answered_as_it_says(example: Example, language: Language) -> None:
    other = Language.EN if language is Language.ES else Language.ES
    desk = a_desk(language if is_shared(example.text) else other)
    if example.paper:
        made = desk.papers(example.text)
        assert [paper.kind for paper in desk.tables.orders.all()[-1].papers] == [example.paper]
        assert example.answer in desk.caption(made[0])
        return
    files = THREE_ROWS if example.table else pictures(example.pictures)
    answer = desk.ask(example.text, pictures=files, cards=(MARTA,) * example.cards)
    assert example.answer in answer


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
@pytest.mark.parametrize("language", Language)
def test_wrong_use_is_answered_in_the_language_of_the_command(command: Command, language: Language) -> None:
    desk = a_desk(language) if is_shared(f"!{command.name(language)}") else a_desk()
    answer = desk.ask(f"!{command.name(language)} {SPOILT.get(command.key, 'zzzz')}")
    if command.key in NAMES_ANSWER:
        hint = {Language.EN: ("There is no", "I don't know", "is none of these"),
                Language.ES: ("No hay ning", "No conozco", "no es ninguno de estos")}  # fmt: skip
        assert any(words in answer for words in hint[language])
        return
    assert CATALOGUE.say("use.example", language, example=command.examples[language][0].text) in answer
    assert f"!{command.name(language)}" in answer


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
def test_a_command_takes_what_it_declares(command: Command) -> None:
    declared = {"ask", *(argument.name for argument in command.arguments), *(each.name for each in command.options)}
    assert set(inspect.signature(command.run).parameters) == declared


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
@pytest.mark.parametrize("language", Language)
def test_a_command_has_names_examples_and_a_sentence(command: Command, language: Language) -> None:
    assert command.names[language]
    assert command.examples[language]
    assert CATALOGUE.has(f"command.{command.key}", language)
    assert CATALOGUE.has(f"command_more.{command.key}", language) is command.more


def test_no_name_means_two_commands() -> None:
    meant: dict[str, set[str]] = {}
    for command in COMMANDS:
        for names in command.names.values():
            for name in names:
                meant.setdefault(folded(name), set()).add(command.key)
    assert {name: keys for name, keys in meant.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.key)
@pytest.mark.parametrize("language", Language)
def test_a_command_is_explained_with_all_its_examples(command: Command, language: Language) -> None:
    desk = a_desk()
    help_name = {Language.EN: "help", Language.ES: "ayuda"}[language]
    answer = desk.ask(f"!{help_name} {command.name(language)}")
    assert all(example.text in answer for example in command.examples[language])

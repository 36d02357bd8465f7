"""`!help`: an overview that fits a phone, a group by its name, one command."""

from __future__ import annotations

import pytest

from bot.model.chat import Language, Role
from commands import COMMANDS
from commands.declaration import Group
from commands.kinds import GROUP_WORDS
from commands.text import PAGE
from tests.commands.desk import CATALOGUE, Desk, a_desk

#: Turns of a thumb that the overview may take.
MOST_PAGES = 2


def pages(desk: Desk, text: str, more: str) -> list[str]:
    found = [desk.ask(text)]
    while desk.conversation() is not None:
        found.append(desk.ask(more))
    return found


@pytest.mark.parametrize(("text", "more"), [("!help", "more"), ("!ayuda", "más")])
def test_the_overview_takes_two_pages_of_a_phone_and_begins_with_how_to_go_on(text: str, more: str) -> None:
    shown = pages(a_desk(), text, more)
    assert len(shown) <= MOST_PAGES
    assert shown[0].splitlines()[1].count("*!") == 3
    assert all(len(page) < PAGE + 100 for page in shown)


def test_commands_that_begin_alike_are_shown_together() -> None:
    shown = "\n".join(pages(a_desk(), "!help", "more"))
    assert "!campaign new · list · show" in shown
    assert "!blacklist · add · remove" in shown and "!blocks · reactivate all · thresholds" in shown
    assert "!lista negra · agregar · quitar" in "\n".join(pages(a_desk(), "!ayuda", "más"))


@pytest.mark.parametrize("group", Group)
def test_every_group_is_called_by_its_name_in_both_languages(group: Group) -> None:
    desk = a_desk()
    for language, name in ((Language.EN, "help"), (Language.ES, "ayuda")):
        called = CATALOGUE.say(f"group.{group.value}", language)
        assert called.casefold() in GROUP_WORDS[group]
        shown = "\n".join(pages(desk, f"!{name} {called}", "more"))
        for command in COMMANDS:
            assert command.group is not group or command.name(language).split()[-1] in shown


def test_a_group_shows_what_each_command_does_and_only_what_the_asker_may_use() -> None:
    desk = a_desk()
    assert "*!campaign clone*: A new campaign with the same pictures" in desk.ask("!help CAMPAÑAS")
    shown = desk.ask_as(Role.VIEWER, "!help campaigns")
    assert "!campaign list" in shown and "!campaign new" not in shown


def test_a_slip_in_a_groups_name_is_understood() -> None:
    assert "Did you mean *!help reminders*?" in a_desk().ask("!help remindrs")

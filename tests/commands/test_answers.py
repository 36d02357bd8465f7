"""The form of answers: marker, language, pages, roles, and what is answered at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model.chat import Language, Role
from bot.model.outgoing import MARKER
from commands import COMMANDS
from commands.declaration import Command
from commands.kinds import GROUP_WORDS
from commands.text import PAGE, ROWS, cut, marked, plain
from tests.commands.desk import Desk, a_desk, add_campaign, add_contact, pictures


@pytest.mark.parametrize("text", ["!", "!!!", "buy milk", "", "1", "more", "🤖 !help", f"{MARKER}!help", "   🤖 !help"])
def test_what_is_not_for_the_bot_is_left_alone(text: str) -> None:
    desk = a_desk()
    assert desk.write(text) is None
    assert desk.tables.orders.all() == []


@pytest.mark.parametrize("text", ["!help", "!xyzzy", "!contact add Ana +1"])
def test_every_message_of_ours_bears_the_marker(text: str) -> None:
    assert a_desk().ask(text).startswith(MARKER)


def test_the_language_is_that_of_the_command() -> None:
    for language in Language:
        desk = a_desk(language)
        assert "Sending limits" in desk.ask("!limits")
        assert "Límites de envío" in desk.ask("!límites")
        assert "Did you mean *!limits*?" in desk.ask("!limitss")


def test_a_text_that_names_no_language_is_answered_in_the_configured_one() -> None:
    assert "I don't know" in a_desk(Language.EN).ask("!xyzzy")
    assert "No conozco" in a_desk(Language.ES).ask("!xyzzy")


def test_one_character_runs_what_was_meant_once() -> None:
    desk = a_desk()
    desk.ask("!campaign lst")
    assert "2 campaigns" in desk.ask("1")
    assert desk.write("1") is None


def test_what_was_meant_is_forgotten_after_ten_minutes_or_another_command() -> None:
    desk = a_desk()
    desk.ask("!campaign lst")
    desk.clock.advance(timedelta(minutes=10))
    assert desk.write("1") is None
    desk.ask("!campaign lst")
    desk.ask("!help")
    assert desk.write("1") is None


def test_lists_come_in_pages() -> None:
    desk = Desk(Language.EN)
    for number in range(ROWS + 2):
        add_contact(desk, f"Contact {number:02}", f"+5730012300{number:02}")
    first = desk.ask("!contact list page:1")
    assert "Page 1 of 2 · next: add *page:2*" in first
    assert "Contact 14" in first
    assert "Contact 15" not in first
    second = desk.ask("!contact list page:2")
    assert "Contact 16" in second
    assert "Page" not in second


def test_a_long_answer_goes_on_with_more() -> None:
    desk = Desk(Language.EN)
    for number in range(ROWS):
        add_campaign(desk, f"{number:02} " + "x" * 50)
    shown = [desk.ask("!campaign list")]
    while "*more*" in shown[-1]:
        assert len(shown[-1]) <= PAGE + 100
        shown.append(desk.ask("more" if len(shown) % 2 else "!more"))
    assert len(shown) > 1
    assert all(f"(#{number})" in "".join(shown) for number in range(1, ROWS + 1))
    assert "no more to show" in desk.ask("!more")


def test_pages_are_cut_between_lines_or_words_and_lose_nothing() -> None:
    lines = "\n".join(f"line {number} of many" for number in range(200))
    first, rest = cut(lines)
    assert (first + "\n" + rest, len(first) <= PAGE) == (lines, True)
    words = "word " * 400
    first, rest = cut(words)
    assert (first + " " + rest).split() == words.split()
    assert cut("x" * (PAGE + 1)) == ("x" * PAGE, "x")


def test_no_message_is_longer_than_a_message_may_be() -> None:
    assert len(marked("x" * 10_000)) == 4000


@pytest.mark.parametrize("role", Role)
def test_help_shows_what_the_asker_may_use(role: Role) -> None:
    desk = a_desk()
    shown = ""
    for called, *_ in GROUP_WORDS.values():
        order = desk.order(f"!help {called}")
        answered = desk.dispatcher.answer(order, None, role, desk.survey(), desk.clock.now())
        shown += answered.text + (answered.conversation.data["text"] if answered.conversation else "")  # `!more`
    for command in COMMANDS:
        assert (f"*!{command.name(Language.EN)}*:" in shown) is (command.role <= role), command.key


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.role > Role.VIEWER], ids=lambda each: each.key)
def test_what_is_not_allowed_is_refused(command: Command) -> None:
    name = command.name(Language.EN)
    desk = a_desk()
    assert f"the role *{command.role.name.lower()}*" in desk.ask_as(Role.VIEWER, f"!{name} x")
    assert f"the role *{command.role.name.lower()}*" in desk.ask_as(Role.VIEWER, f"!help {name}")
    assert name not in desk.ask_as(Role.VIEWER, f"!{name.split()[0]}")


def test_a_viewer_sees_masked_numbers() -> None:
    desk = a_desk()
    assert "+57•••••4567" in desk.ask_as(Role.VIEWER, "!contact show Ana")
    assert "+57 300 1234567" in desk.ask_as(Role.OPERATOR, "!contact show Ana")


def test_a_text_beyond_all_measure_gets_an_answer() -> None:
    assert "demasiado largo" in a_desk().ask("!help " + "x" * 60_000)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [("*Ana (#1)* · _dos_", "Ana (#1) · dos"), ("2 * 3 = 6", "2 * 3 = 6"), ("no_capturado", "no_capturado")],
)
def test_what_is_drawn_carries_no_signs_of_bold_or_italics(text: str, drawn: str) -> None:
    assert plain(text) == drawn


def test_a_slip_in_the_format_of_an_export_is_understood_and_a_campaign_alone_is_enough() -> None:
    desk = a_desk(Language.EN)
    assert "Did you mean *excel*" in desk.ask("!export exel promo")
    assert "There is no campaign" in desk.ask("!export zzzz")
    (made,) = desk.papers("!export promo")
    assert made.filename == "promo-mayo-2026-05-06.xlsx"


def test_several_commands_that_may_be_meant_are_a_menu_by_number() -> None:
    desk = a_desk(Language.EN)
    offered = desk.ask("!stat")
    assert "1. *!start*" in offered and "2. *!status*" in offered
    assert desk.write("ok") is None  # of two nobody knows which
    assert "from 1 to 2" in desk.ask("3")
    assert "Statuses seen" in desk.ask("2")
    assert desk.write("1") is None  # the menu is over
    desk.ask("!stat")
    assert "Dropped" in desk.ask("0")


def test_a_menu_offers_each_command_once_and_none_that_only_begins_like_the_likeliest() -> None:
    desk = a_desk(Language.EN)
    for text, meant in (("!camapign", "*!campaign*"), ("!contac", "*!contact*"), ("!pausr", "*!pausar*")):
        assert f"{meant}? " in desk.ask(text)


def test_an_offer_in_a_menu_keeps_the_pictures_that_came_with_the_slip() -> None:
    desk = a_desk(Language.EN)
    assert "1. *!campaign new Coffee*" in desk.ask("!campaign ne Coffee", pictures=pictures(2))
    assert "looks for 2 pictures" in desk.ask("1")

"""Unknown authors are listed by their last digits, assigned to a contact, or ignored."""

from __future__ import annotations

from bot.flows import people, strangers
from bot.model.chat import Language
from bot.model.contact import Parked
from bot.model.document import to_document
from bot.model.event import Content, ContentKind, MessageSeen, Scope
from bot.model.identity import STATUS_CHAT, Jid
from tests.commands.desk import Desk, a_desk

NAMELESS = Jid("100003001234501", "lid")


def a_desk_with(*numbers: str) -> Desk:
    desk = a_desk(Language.EN)
    for position, number in enumerate(numbers):
        lid, now = Jid(number, "lid"), desk.clock.now()
        seen = MessageSeen(f"S{position}", Scope.STATUS, STATUS_CHAT, lid, None, False, now, Content(ContentKind.IMAGE))
        desk.tables.parked.add(Parked(0, f"{lid}:{seen.id}", str(lid), to_document(seen), now))
    return desk


def test_they_are_listed_by_their_last_digits() -> None:
    answer = a_desk_with(NAMELESS.user, NAMELESS.user).ask("!contact unknown")
    assert "*1 unknown author*\n…4501 · 2 statuses · last 6 May 09:00" in answer
    assert NAMELESS.user not in answer


def test_one_is_assigned_to_a_contact_and_known_from_then_on() -> None:
    desk = a_desk_with(NAMELESS.user)
    assert "…4501 is *Ana (#1)*: 1 status is looked at now" in desk.ask("!contact unknown 4501 Ana")
    known = people.contact_of(desk.tables, (NAMELESS,))
    assert known is not None
    assert known.name == "Ana"


def test_one_is_ignored_for_good() -> None:
    desk = a_desk_with(NAMELESS.user)
    assert "…4501 is ignored" in desk.ask("!contact unknown …4501 ignore")
    assert strangers.unknown(desk.tables) == []
    assert "No unknown authors" in desk.ask("!contact unknown")


def test_what_fits_none_or_several_is_said() -> None:
    desk = a_desk_with(NAMELESS.user, "200003001234501")
    asked = desk.ask("!contact unknown 4501 Ana")
    assert "“4501” fits several. Which one?" in asked
    assert "2. …200003001234501 · 1 status" in asked
    assert "is *Ana (#1)*: 1 status" in desk.ask("2")
    assert "no unknown author that ends in “9999”" in desk.ask("!contact unknown 9999 Ana")
    assert "Whose is …4501?" in desk.ask(f"!contact unknown {NAMELESS.user}")

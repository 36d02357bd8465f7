"""Giving and taking roles: by number, contact, card, mention or reply; and the control group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows import control, members
from bot.flows.linking import ACCOUNT, ACCOUNT_LID
from bot.model.chat import Language, Order, Role
from bot.model.identity import Jid
from tests.commands.desk import MARTA, OWNER, Desk, a_desk

GROUP = Jid("12036304", "g.us")
LID = Jid("99110001", "lid")


def a_linked_desk() -> Desk:
    desk = a_desk(Language.EN)
    desk.tables.facts.set(ACCOUNT, str(OWNER.jid))
    desk.tables.facts.set(ACCOUNT_LID, "55550001@lid")
    return desk


def say_as(desk: Desk, text: str, person: Jid = OWNER.jid, **facts: object) -> str:
    """What is answered to a person in the group; empty when nothing is."""
    order: Order = replace(desk.order(text), chat=GROUP, person=person, **facts)  # type: ignore[arg-type]
    desk.tables.orders.save(order)
    now = desk.clock.now()
    ready = control.begin(desk.tables, desk.dispatcher, order, now)
    if ready is None:
        return ""
    before = len(desk.tables.outbox)
    control.answer(desk.tables, desk.dispatcher, ready, desk.survey(), now)
    return "\n".join(item.text for item in desk.tables.outbox.all()[before:])


def roles(desk: Desk) -> dict[str, Role]:
    return {member.name: member.role for member in desk.tables.members.all()}


@pytest.mark.parametrize("person", ["Ana", "#1", "+57 300 123 4567", "300 1234567", "@573001234567"])
def test_a_contact_is_given_a_role_however_they_are_named(person: str) -> None:
    desk = a_linked_desk()
    assert "*Ana* is now operator" in desk.ask(f"!role set operator {person}")
    assert roles(desk) == {"Ana": Role.OPERATOR}
    assert "*Ana* has no role any more" in desk.ask(f"!role remove {person}")
    assert roles(desk) == {}


def test_a_shared_card_names_a_person() -> None:
    desk = a_linked_desk()
    desk.ask("!role set viewer", cards=(MARTA,))
    assert desk.tables.members.all()[0].key == "573105550101@s.whatsapp.net"


def test_a_mention_and_a_reply_name_a_person_by_their_lid() -> None:
    desk = a_linked_desk()
    assert "is now operator" in say_as(desk, "!role set operator @99110001", mentions=(LID,))
    assert desk.tables.members.all()[0].key == str(LID)
    assert "is now viewer" in say_as(desk, "!role set viewer", quoted="X", quoted_author=LID)
    assert [member.role for member in desk.tables.members.all()] == [Role.VIEWER]


@pytest.mark.parametrize("own", [str(OWNER), "@55550001"])
def test_the_owner_stays_the_owner(own: str) -> None:
    desk = a_linked_desk()
    mentions = (Jid("55550001", "lid"),)
    assert "stays the owner" in say_as(desk, f"!role set viewer {own}", mentions=mentions)


def test_a_role_allows_what_it_says() -> None:
    desk = a_linked_desk()
    desk.ask("!role set viewer Ana")
    desk.ask("!role set operator Luis")
    ana, luis = Jid("573001234567", "s.whatsapp.net"), Jid("573007654321", "s.whatsapp.net")
    assert "Promo Mayo" in say_as(desk, "!campaigns", ana)
    assert "role *operator*" in say_as(desk, "!campaign pause promo", ana)
    assert "is paused" in say_as(desk, "!campaign pause promo", luis)
    assert "role *owner*" in say_as(desk, "!campaign delete promo", luis)
    assert "role *owner*" in say_as(desk, "!role set operator Ana", luis)
    assert "+57•••••4567" in say_as(desk, "!contact show Ana", ana)
    assert "+57 300 1234567" in say_as(desk, "!contact show Ana", luis)


def test_what_somebody_asked_before_they_were_dismissed_is_not_done() -> None:
    desk = a_linked_desk()
    desk.ask("!role set operator Ana")
    order = replace(desk.order("!campaign pause promo"), chat=GROUP, person=Jid("573001234567", "s.whatsapp.net"))
    desk.tables.orders.save(order)
    ready = control.begin(desk.tables, desk.dispatcher, order, desk.clock.now())
    assert ready is not None
    desk.ask("!role remove Ana")
    said = len(desk.tables.outbox)
    control.answer(desk.tables, desk.dispatcher, ready, desk.survey(), desk.clock.now())
    assert (len(desk.tables.outbox), desk.tables.campaigns.need(1).state) == (said, "active")


def test_a_code_is_good_only_for_who_asked_where_they_asked() -> None:
    desk = a_linked_desk()
    code = say_as(desk, "!campaign delete promo").split("!confirm ")[1][:4]
    assert "No code" in desk.ask(f"!confirm {code}")
    assert "is deleted" in say_as(desk, f"!confirm {code}")


def test_a_group_is_named_from_inside() -> None:
    desk = a_linked_desk()
    assert "This is no group" in desk.ask("!group here")
    assert "Commands are heard in this group now" in say_as(desk, "!group here")
    assert members.control_group(desk.tables) == GROUP
    desk.ask("!undo")  # of another chat: there is nothing
    assert members.control_group(desk.tables) == GROUP
    assert "no control group" in desk.ask("!group off")
    assert members.control_group(desk.tables) is None
    desk.ask("!undo")
    assert members.control_group(desk.tables) == GROUP


def test_what_members_say_to_each_other_is_no_business_of_the_bots() -> None:
    desk = a_linked_desk()
    desk.ask("!role set viewer Ana")
    ana = Jid("573001234567", "s.whatsapp.net")
    assert say_as(desk, "see you tomorrow", ana) == ""
    assert len(desk.tables.conversations) == 0

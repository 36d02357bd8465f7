"""Who is heard: the owner, and in the control group those with a role, each with what it allows; nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.flows import members
from bot.model.chat import Role
from bot.model.identity import Jid
from bot.whatsapp.simulated import SimulatedPerson, lid_of
from tests.support.control_group import GROUP, stage_with_group
from tests.support.stage import Stage

OTHER_GROUP = Jid("12036305", "g.us")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_with_group(tmp_path) as stage:
        yield stage


def a_member(stage: Stage, role: Role, *, by_lid: bool = False) -> SimulatedPerson:
    person = stage.person("Marta", "+573105550101")
    address = lid_of(person.phone) if by_lid else person.phone.jid
    members.admit(stage.tables, (address,), "Marta", role, stage.clock.now())
    return person


@pytest.mark.parametrize("by_lid", [True, False])
def test_a_member_is_answered_in_the_group(stage: Stage, by_lid: bool) -> None:
    a_member(stage, Role.OPERATOR, by_lid=by_lid).say_in(GROUP, "!hello")
    stage.settle()
    assert [said.to for said in stage.said] == [GROUP]
    assert "!hello" in stage.texts()[0]


def test_a_stranger_is_not(stage: Stage) -> None:
    stage.person("Nobody", "+573109990000").say_in(GROUP, "!hello")
    stage.settle()
    assert stage.said == []
    assert len(stage.tables.orders) == 0


def test_a_member_is_heard_neither_in_other_groups_nor_directly(stage: Stage) -> None:
    member = a_member(stage, Role.OPERATOR)
    member.say_in(OTHER_GROUP, "!hello")
    member.write("!hello")
    stage.settle()
    assert stage.said == []


def test_the_owner_is_the_owner_in_the_group_under_number_and_lid(stage: Stage) -> None:
    stage.owner.say_in(GROUP, "!hello")
    stage.settle()
    (order,) = stage.tables.orders.all()
    assert members.role_in(stage.tables, order.chat, order.person) is Role.OWNER
    assert members.role_in(stage.tables, GROUP, lid_of(stage.owner.phone)) is Role.OWNER


def test_the_second_address_of_a_member_is_learned(stage: Stage) -> None:
    person = a_member(stage, Role.VIEWER, by_lid=True)
    person.say_in(GROUP, "!hello")
    stage.settle()
    (member,) = stage.tables.members.all()
    assert (member.key, member.other) == (str(lid_of(person.phone)), str(person.phone.jid))


def test_without_a_group_nobody_but_the_owner_is_heard(stage: Stage) -> None:
    member = a_member(stage, Role.OPERATOR)
    members.listen_to_group(stage.tables, None, stage.clock.now())
    member.say_in(GROUP, "!hello")
    stage.settle()
    assert stage.said == []

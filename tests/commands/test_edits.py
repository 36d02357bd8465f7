"""Campaigns, their pictures and contacts are changed from the chat, and each change can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.campaign import CampaignState
from bot.model.chat import Language, OrderState, Role
from commands.campaign_frames import MOST_SHOWN
from storage.query import where
from tests.commands.desk import Desk, a_desk, add_campaign, pictures


@pytest.fixture
def desk() -> Desk:
    return a_desk(Language.EN)


def places(desk: Desk) -> list[str]:
    return [line for line in desk.ask("!frames promo").splitlines() if "×" in line]


def test_pictures_are_added_switched_off_and_taken_out(desk: Desk) -> None:
    desk.ask("!frame add promo", pictures=pictures(2))
    assert len(places(desk)) == 4
    assert "(not looked for)" in desk.ask("!frame disable promo 3")
    assert desk.tables.frames.find(where("campaign_id") == 1)[2].enabled is False
    desk.ask("!frame enable promo 3")
    desk.ask("!frame remove promo 4")
    assert len(places(desk)) == 3
    desk.ask("!undo")
    assert len(places(desk)) == 4


def test_a_picture_sent_again_counts_once(desk: Desk) -> None:
    desk.ask("!frame add promo", pictures=pictures(1))
    assert "counts once" in desk.ask("!frame add promo", pictures=pictures(1))
    assert len(places(desk)) == 3


def test_a_picture_that_proves_an_outcome_and_the_last_one_stay(desk: Desk) -> None:
    assert "is the proof" in desk.ask("!frame remove promo 1")
    assert "needs a picture" in desk.ask("!frame remove feria 1")
    assert "No picture is looked for" in desk.ask("!frame disable feria 1")
    assert "has no picture 9" in desk.ask("!frame disable promo 9")


def test_the_pictures_themselves_follow_the_list(desk: Desk) -> None:
    many = add_campaign(desk, "Many", frames=MOST_SHOWN + 5)
    desk.ask(f"!frames {many.id}")
    order = desk.tables.orders.all()[-1]
    assert (order.state, len(order.papers)) == (OrderState.MAKING, MOST_SHOWN)
    assert {paper.kind for paper in order.papers} == {"frame_picture"}


def test_a_campaign_is_renamed_unless_the_name_is_taken(desk: Desk) -> None:
    assert "is now *Promo June (#1)*" in desk.ask('!campaign edit promo name:"Promo June"')
    assert "already a campaign *Feria (#2)*" in desk.ask("!campaign edit promo name:feria")
    assert "*PROMO JUNE (#1)*" in desk.ask('!campaign edit 1 name:"PROMO JUNE"')


def test_a_copy_has_the_same_pictures_rules_and_audience_and_is_paused(desk: Desk) -> None:
    desk.ask("!campaign contacts promo only Ana")
    desk.ask("!campaign threshold promo 70 50")
    desk.ask("!campaign clone promo")
    old, new = desk.tables.campaigns.need(1), desk.tables.campaigns.need(3)
    assert new.state is CampaignState.PAUSED
    assert replace(new, id=old.id, name=old.name, state=old.state, created_at=old.created_at,
                   created_by=old.created_by) == old  # fmt: skip
    sha256 = [
        [frame.sha256 for frame in desk.tables.frames.find(where("campaign_id") == each.id)] for each in (old, new)
    ]
    assert sha256[0] == sha256[1]
    assert "*Promo Mayo 3 (#4)*" in desk.ask("!campaign clone #1")
    assert desk.tables.results.count(where("campaign_id") == new.id) == 0


def test_a_contact_is_renamed_and_gets_another_number(desk: Desk) -> None:
    desk.ask('!contact edit luis name:"Luis Díaz" number:+573105550101')
    assert "*Luis Díaz (#2)*" in desk.ask("!contact show +57 310 555 0101")
    assert "*Luis Díaz (#2)*" in desk.ask("!contact show +57 300 765 4321"), "the old number still leads to him"
    assert desk.tables.contacts.need(2).look_up_at == desk.clock.now()
    assert "That number is *Ana (#1)*'s" in desk.ask("!contact edit luis number:+573001234567")


def test_tags_find_contacts(desk: Desk) -> None:
    assert "Tags: vip, bogota" in desk.ask("!contact tag Ana VIP Bogotá")
    desk.ask("!contact tag Luis vip")
    assert "*2 contacts*" in desk.ask("!contacts tag:vip")
    assert "Tags: bogota" in desk.ask("!contact tag Ana -vip")
    assert "*1 contact*" in desk.ask("!contactos etiqueta:VIP") or "*1 contacto*" in desk.ask("!contactos etiqueta:VIP")
    assert "Tags: bogota" in desk.ask("!contact show Ana")
    assert "No contact is called that" in desk.ask("!contacts tag:zzzz")


def test_notes_bear_their_time_and_viewers_do_not_see_them(desk: Desk) -> None:
    desk.ask("!contact note Ana called on Monday")
    assert "📝 6 May 09:00 · called on Monday" in desk.ask("!contact show Ana")
    assert "called" not in desk.ask_as(Role.VIEWER, "!contact show Ana")
    assert "No notes" in desk.ask("!contact note Luis")


def test_contacts_are_listed_by_whether_anything_is_known_of_them(desk: Desk) -> None:
    assert "*2 contacts*" in desk.ask("!contacts results:with")
    assert "Sofía" in desk.ask("!contacts results:without")


def test_a_paused_contact_does_not_take_part(desk: Desk) -> None:
    desk.ask("!contact pause Luis")
    assert "Luis" not in desk.ask("!results promo")
    desk.ask("!contact resume Luis")
    assert "Luis" in desk.ask("!results promo")

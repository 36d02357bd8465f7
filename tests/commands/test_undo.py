"""`!undo` puts back what a command changed, unless something was built on it; the audit tells who did what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.flows import people
from bot.model.chat import Role
from bot.model.contact import Address
from bot.model.identity import ContactId
from bot.model.result import Outcome
from tests.commands.desk import Desk, a_desk, add_result, jid, pictures

TEN_MINUTES = timedelta(minutes=10)


def everything(desk: Desk) -> dict[str, dict[int, Any]]:
    """All rows that a command may change, as they are stored."""
    tables = ("contacts", "addresses", "campaigns", "frames", "memberships", "results", "judgements")
    return {name: {row.doc_id: dict(row) for row in desk.tables.store.table(name).all()} for name in tables}


@pytest.mark.parametrize(
    "command",
    [
        "!contact add Marta +57 310 555 0101",
        "!campaign new Coffee",
        "!campaign contacts promo only Ana",
        "!campaign contacts promo - Luis",
        "!campaign threshold promo 70 50",
        "!campaign pause promo",
        "!campaign close promo",
    ],
)
def test_everything_is_as_it_was(command: str) -> None:
    desk = a_desk()
    before = everything(desk)
    desk.ask(command, pictures=pictures(2) if "new" in command else ())
    assert everything(desk) != before
    assert "Undone" in desk.ask("!undo") or "Deshecho" in desk.ask("!undo")
    assert everything(desk) == before


def test_a_wizard_is_undone_like_a_command() -> None:
    desk = a_desk()
    before = everything(desk)
    desk.ask("!campaign new Coffee")
    desk.write(pictures=pictures(1))
    desk.ask("done")
    assert "!campaign new" in desk.ask("!undo")
    assert everything(desk) == before


def test_one_command_after_the_other_is_undone() -> None:
    desk = a_desk()
    desk.ask("!campaign pause promo")
    desk.ask("!campaign close promo")
    assert "campaign close promo" in desk.ask("!undo")
    assert desk.tables.campaigns.need(1).state == "paused"
    assert "campaign pause promo" in desk.ask("!deshacer")
    assert desk.tables.campaigns.need(1).state == "active"
    assert "nothing to undo" in desk.ask("!undo")


def test_nothing_is_undone_after_ten_minutes() -> None:
    desk = a_desk()
    desk.ask("!campaign pause promo")
    desk.clock.advance(TEN_MINUTES)
    assert "nothing to undo" in desk.ask("!undo")


def test_what_went_on_in_other_fields_stays() -> None:
    desk = a_desk()
    desk.ask("!campaign pause promo")
    campaign = desk.tables.campaigns.need(1)
    desk.tables.campaigns.save(replace(campaign, match_yes=77.0))
    desk.ask("!undo")
    assert desk.tables.campaigns.need(1) == replace(campaign, state="active", match_yes=77.0)


def test_what_was_changed_again_is_not_undone() -> None:
    desk = a_desk()
    desk.ask("!campaign threshold promo 70")
    desk.tables.campaigns.save(replace(desk.tables.campaigns.need(1), match_yes=77.0))
    assert "cannot be undone any more" in desk.ask("!undo")
    assert desk.tables.campaigns.need(1).match_yes == 77.0


def test_a_campaign_with_results_is_not_undone() -> None:
    desk = a_desk()
    desk.ask("!campaign new Coffee", pictures=pictures(1))
    add_result(desk, desk.tables.campaigns.need(3), ContactId(3), Outcome.CUMPLE)
    before = everything(desk)
    assert "cannot be undone any more" in desk.ask("!undo")
    assert everything(desk) == before


def test_a_contact_that_was_looked_up_meanwhile_goes_with_the_addresses_learned() -> None:
    desk = a_desk()
    before = everything(desk)
    desk.ask("!contact add Marta +57 310 555 0101")
    people.looked_up(desk.tables, ContactId(4), replace(jid("+573105550101"), server="lid"), desk.clock.now())
    desk.ask("!undo")
    assert everything(desk) == before
    assert isinstance(desk.tables.addresses.all()[0], Address)


def test_a_deletion_cannot_be_undone_and_hides_what_came_before_it() -> None:
    desk = a_desk()
    desk.ask("!campaign pause feria")
    code = desk.ask("!campaign delete promo").split("!confirm ")[1][:4]
    desk.ask(f"!confirm {code}")
    assert "“!campaign delete promo” cannot be undone" in desk.ask("!undo")


def test_asking_for_a_code_is_nothing_to_undo() -> None:
    desk = a_desk()
    desk.ask("!campaign delete promo")
    assert "nothing to undo" in desk.ask("!undo")


def test_reading_is_neither_undone_nor_audited() -> None:
    desk = a_desk()
    for text in ("!help", "!results promo", "!summary", "!campaigns", "!campagin list", "1"):
        desk.ask(text)
    assert len(desk.tables.doings) == len(desk.tables.audit) == 0


def test_the_audit_tells_who_did_what() -> None:
    desk = a_desk()
    desk.ask("!contact add Marta +57 310 555 0101")
    desk.clock.advance(timedelta(minutes=1))
    desk.ask("!undo")
    told = desk.ask("!audit")
    assert "*2 changes*" in told
    assert told.index("!undo") < told.index("!contact add Marta")
    assert "owner +57•••••2233" in told
    assert "555 0101" not in told
    assert "3105550101" not in told
    assert "*1 cambio*" in desk.ask("!auditoría buscar:marta página:1") or "*2 cambios*" in desk.ask("!auditoría")
    assert "Nothing like that" in desk.ask("!audit search:zzzz")


def test_a_refusal_is_audited() -> None:
    desk = a_desk()
    desk.ask_as(Role.VIEWER, "!campaign pause promo")
    assert "viewer" in desk.ask("!audit search:pause")


def test_who_changed_the_way_to_whatsapp_is_audited_without_its_password_and_is_not_undone() -> None:
    desk = a_desk()
    desk.ask("!proxy set socks5://ana:hunter22@10.0.0.2:1080")
    told = desk.ask("!audit")
    assert "!proxy set" in told
    assert "hunter22" not in told
    assert "hunter22" not in str(desk.tables.store.table("doings").all())
    assert "cannot be undone" in desk.ask("!undo")

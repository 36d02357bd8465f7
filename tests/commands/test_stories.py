"""What was seen of a contact, proofs, and two contacts that become one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from bot.model.campaign import pair_key
from bot.model.capture import CaptureState, MissReason, Verdict
from bot.model.chat import Language
from bot.model.event import ContentKind, Flag
from bot.model.identity import CaptureId, Phone
from bot.model.result import Outcome
from storage.query import where
from tests.commands.desk import Desk, a_desk, a_picture, no_picture


def confirmed(desk: Desk, text: str) -> str:
    """The answer to a command that wants its code first."""
    found = re.search(r"!confirm (\w{4})\*", desk.ask(text))
    assert found is not None
    return desk.ask(f"!confirm {found[1]}")


class TestStories:
    def test_each_status_says_when_what_and_what_it_came_to(self) -> None:
        desk = a_desk(Language.EN)
        ana = desk.tables.captures.need(1)
        gone = ana.posted_at + timedelta(hours=1)
        desk.tables.captures.save(replace(ana, flags=frozenset({Flag.RESHARED}), removed_at=gone))
        answer = desk.ask("!stories Ana")
        assert "*Ana (#1)* · 1 status" in answer
        assert "6 May 09:00 · image · ✅ Promo Mayo 97 · forwarded · deleted 6 May 10:00" in answer

    def test_misses_and_other_content_say_why(self) -> None:
        desk = a_desk(Language.EN)
        luis = desk.tables.captures.need(2)
        desk.tables.captures.save(replace(luis, state=CaptureState.NOT_CAPTURED, reason=MissReason.EXPIRED))
        text = replace(luis, id=CaptureId(0), key="2:T", message_id="T", kind=ContentKind.TEXT)
        desk.tables.captures.add(replace(text, state=CaptureState.OTHER, reason=None))
        for judgement in desk.tables.judgements.find(where("contact_id") == 2):
            desk.tables.judgements.remove(judgement)
        answer = desk.ask("!stories Luis")
        assert "image · 📵 WhatsApp no longer has it" in answer
        assert "text · other content" in answer


class TestVisibility:
    def test_those_never_seen_come_first_with_what_to_do(self) -> None:
        desk = a_desk(Language.EN)
        ana, luis = desk.tables.contacts.need(1), desk.tables.contacts.need(2)
        desk.tables.contacts.save(replace(ana, last_seen_at=desk.clock.now()))
        desk.tables.contacts.save(replace(luis, on_whatsapp=False))
        lines = desk.ask("!visibility").split("\n")
        assert lines[0] == "🤖 *Seen: 1 of 3 contacts*"
        assert lines[1:4] == [
            "🚫 Luis (#2) · the number is not on WhatsApp",
            "🚫 Sofía (#3) · never",
            "👁 Ana (#1) · last 6 May 09:00",
        ]
        assert "Both must have saved" in lines[4]


class TestProof:
    def test_a_proof_waits_for_a_person_however_well_it_matches(self) -> None:
        desk = a_desk(Language.EN)
        answer = desk.ask("!proof Sofía promo", pictures=(a_picture(),))
        assert "Proof for Sofía (#3) in Promo Mayo" in answer
        assert "97/100 · sent as proof" in answer
        assert desk.tables.results.one(where("key") == pair_key(1, 3)) is None
        desk.ask("yes")
        result = desk.tables.results.one(where("key") == pair_key(1, 3))
        assert result is not None
        assert result.outcome is Outcome.CUMPLE

    def test_it_is_told_apart_ever_after(self) -> None:
        desk = a_desk(Language.EN)
        desk.ask("!proof Sofía promo", pictures=(a_picture(),))
        assert "🔎 Promo Mayo 97 · sent as proof" in desk.ask("!stories Sofía")
        assert "sent as proof" in desk.ask("!review list")

    def test_new_thresholds_do_not_make_it_count(self) -> None:
        desk = a_desk(Language.EN)
        desk.ask("!proof Sofía promo", pictures=(a_picture(),))
        desk.ask("!campaign threshold promo 20")
        (proof,) = desk.tables.judgements.find(where("contact_id") == 3)
        assert proof.verdict is Verdict.REVIEW

    def test_without_a_usable_picture_it_says_what_is_missing(self) -> None:
        desk = a_desk(Language.EN)
        assert "Send the picture with this command" in desk.ask("!proof Sofía promo")
        assert "❌" in desk.ask("!proof Sofía promo", pictures=(replace(no_picture(), found=None),))
        assert len(desk.tables.captures.find(where("contact_id") == 3)) == 0


class TestMerge:
    def test_the_other_contacts_statuses_and_number_become_ones_own(self) -> None:
        desk = a_desk(Language.EN)
        assert "Luis (#2) will become a part of Ana (#1), with 1 status" in desk.ask("!contact merge Ana, Luis")
        answer = confirmed(desk, "!contact merge Ana, Luis")
        assert "is now a part of *Ana (#1)*" in answer
        assert desk.tables.contacts.get(2) is None
        assert len(desk.tables.results.find(where("campaign_id") == 1)) == 1
        assert "*Ana (#1)*" in desk.ask("!contact show +57 300 765-4321")

    def test_it_can_be_undone(self) -> None:
        desk = a_desk(Language.EN)
        confirmed(desk, "!contact merge Ana, Luis")
        desk.ask("!undo")
        luis = desk.tables.results.one(where("key") == pair_key(1, 2))
        assert luis is not None
        assert luis.outcome is Outcome.INCUMPLE
        address = desk.tables.addresses.one(where("jid") == str(Phone("+573007654321").jid))
        assert address is not None
        assert address.contact_id == 2

    def test_one_or_the_same_contact_is_not_enough(self) -> None:
        desk = a_desk(Language.EN)
        assert "Write two contacts" in desk.ask("!contact merge Ana")
        assert "the same contact" in desk.ask("!contact merge Ana, #1")

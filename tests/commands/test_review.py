"""Doubtful statuses are settled by one word or a reaction; outcomes are set by hand and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows import control, hearing
from bot.model.campaign import pair_key
from bot.model.capture import Capture, CaptureState, Judgement, MissReason, Verdict
from bot.model.chat import Language, Role
from bot.model.contact import Consent
from bot.model.event import Content, ContentKind, Flag, MessageSeen, Scope
from bot.model.identity import CampaignId, CaptureId, ContactId
from bot.model.outbox import Form, OutboxItem, SendState
from bot.model.result import Outcome
from storage.query import where
from tests.commands.desk import CATALOGUE, OWNER, Desk, a_desk


def a_doubtful_desk(language: Language = Language.EN) -> Desk:
    """Of Luis and then of Sofía, a status is in doubt for Feria."""
    desk = a_desk(language)
    for minutes, contact in enumerate((2, 3)):
        doubt(desk, contact, timedelta(minutes=minutes))
    return desk


def doubt(desk: Desk, contact: int, later: timedelta = timedelta()) -> Judgement:
    at, frame = desk.clock.now() + later, desk.tables.frames.find(where("campaign_id") == 2)[0]
    capture = desk.tables.captures.add(
        Capture(CaptureId(0), pair_key(contact, f"D{contact}"), ContactId(contact), f"D{contact}", at, at,
                ContentKind.IMAGE, CaptureState.JUDGED, media_sha256="cd" * 32)
    )  # fmt: skip
    return desk.tables.judgements.add(
        Judgement(0, pair_key(capture.id, 2), capture.id, CampaignId(2), ContactId(contact), at, Verdict.REVIEW, at,
                  frame.id, 40.0)
    )  # fmt: skip


def shown(desk: Desk) -> OutboxItem:
    """The newest evidence picture, as if it had been sent."""
    item = desk.tables.outbox.find(where("form") == Form.IMAGE.value)[-1]
    sent = desk.tables.outbox.need(item.id)
    return desk.tables.outbox.save(type(sent)(**{**vars(sent), "state": SendState.SENT, "message_id": f"W{item.id}"}))


def hear_reaction(desk: Desk, emoji: str, target: str, message_id: str) -> None:
    now, content = desk.clock.now(), Content(ContentKind.REACTION, emoji, target=target)
    seen = MessageSeen(message_id, Scope.SELF, OWNER.jid, OWNER.jid, None, True, now, content)
    hearing.heard(desk.tables, seen, CATALOGUE, desk.language, now)


def quick_reaction(desk: Desk, target: str) -> OutboxItem:
    """Asked for a review, the owner reacts while the picture's own send has no answer yet: that send."""
    desk.ask("!review")
    item = desk.tables.outbox.find(where("form") == Form.IMAGE.value)[-1]
    desk.tables.outbox.save(replace(item, state=SendState.SENDING))
    hear_reaction(desk, "👍", target, "QUICK")
    return item


def react(desk: Desk, emoji: str, target: str) -> str | None:
    """An emoji on a message; the answer, or None when it was not for the bot."""
    now, message_id = desk.clock.now(), f"REACTION{len(desk.tables.orders)}"
    hear_reaction(desk, emoji, target, message_id)
    order = desk.tables.orders.one(where("key") == f"{OWNER.jid}|{message_id}")
    if order is None:
        return None
    ready = control.begin(desk.tables, desk.dispatcher, order, now)
    if ready is None:
        return None
    control.answer(desk.tables, desk.dispatcher, ready, desk.survey(), now)
    return desk.tables.outbox.find(where("key") == f"reply:{order.key}")[0].text


def outcome(desk: Desk, contact: int) -> Outcome | None:
    result = desk.tables.results.one(where("key") == pair_key(2, contact))
    return result.outcome if result else None


class TestOneWord:
    def test_the_earliest_comes_first_with_its_picture_and_each_word_brings_the_next(self) -> None:
        desk = a_doubtful_desk()
        assert "2 to review*\nLuis (#2) · Feria" in desk.ask("!review")
        answer = desk.ask("yes")
        assert "✅ Luis (#2): it is the picture." in answer
        assert "The last one*\nSofía (#3)" in answer
        answer = desk.ask("No.")
        assert "❌ Sofía (#3): it is something else.\n✅ Nothing to review." in answer
        assert (outcome(desk, 2), outcome(desk, 3)) == (Outcome.CUMPLE, Outcome.INCUMPLE)
        assert desk.conversation() is None

    def test_the_same_in_spanish(self) -> None:
        desk = a_doubtful_desk(Language.ES)
        assert "¿Es la imagen de la campaña?" in desk.ask("!revisar feria")
        assert "✅ Luis (#2): es la imagen." in desk.ask("sí")

    def test_who_decided_and_when_is_kept(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        desk.ask("yes")
        judgement = desk.tables.judgements.one(where("key") == pair_key(3, 2))
        assert judgement is not None
        assert (judgement.decided_by, judgement.decided_at) == (OWNER.masked, desk.clock.now())

    def test_one_can_be_skipped_and_the_rest_left_for_later(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        assert "Sofía (#3)" in desk.ask("skip")
        assert "2 were skipped" in desk.ask("skip")
        desk.ask("!review")
        assert "2 wait for another time" in desk.ask("done")

    def test_what_is_counted_is_what_is_shown_of_those_who_take_part(self) -> None:
        desk = a_doubtful_desk()
        luis = desk.tables.contacts.need(2)
        desk.tables.contacts.save(replace(luis, consent=Consent.WITHDRAWN))
        assert "The last one*\nSofía (#3)" in desk.ask("!review")
        assert desk.survey().outcomes.review == 1

    def test_a_decision_can_be_undone(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        desk.ask("yes")
        desk.ask("!undo")
        assert outcome(desk, 2) is None
        assert "2 to review" in desk.ask("!review")

    def test_what_waits_can_be_listed(self) -> None:
        answer = a_doubtful_desk().ask("!review list feria")
        assert "*2 doubtful statuses*" in answer
        assert "Luis (#2) · Feria · 6 May 09:00 · picture 1 · 40/100" in answer


class TestReactions:
    @pytest.mark.parametrize(("emoji", "expected"), [("👍", Outcome.CUMPLE), ("👎🏽", Outcome.INCUMPLE),
                                                     ("✅", Outcome.CUMPLE), ("❌", Outcome.INCUMPLE)])  # fmt: skip
    def test_a_reaction_on_the_picture_settles_it_and_the_next_follows(self, emoji: str, expected: Outcome) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        answer = react(desk, emoji, shown(desk).message_id)
        assert answer is not None
        assert "Sofía (#3)" in answer
        assert outcome(desk, 2) is expected

    def test_a_reaction_counts_long_afterwards_and_another_one_changes_it(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        message = shown(desk)
        desk.clock.advance(timedelta(days=2))
        assert "1 more waits" in (react(desk, "👍", message.message_id) or "")
        react(desk, "👎", message.message_id)
        assert outcome(desk, 2) is Outcome.INCUMPLE

    def test_one_that_is_faster_than_the_sends_own_answer_waits_for_it(self) -> None:
        desk = a_doubtful_desk()
        item, now = quick_reaction(desk, "W1"), desk.clock.now()
        for _ in range(10):
            (order,) = [each for each in control.turns(desk.tables, now) if each.is_reaction]
            assert control.begin(desk.tables, desk.dispatcher, order, now) is None
            now += hearing.SEND_GLANCE
        desk.tables.outbox.save(replace(item, state=SendState.SENT, message_id="W1"))
        (order,) = [each for each in control.turns(desk.tables, now) if each.is_reaction]
        ready = control.begin(desk.tables, desk.dispatcher, order, now)
        assert ready is not None
        control.answer(desk.tables, desk.dispatcher, ready, desk.survey(), now)
        assert outcome(desk, 2) is Outcome.CUMPLE

    def test_one_on_a_foreign_message_does_not_wait_for_ever(self) -> None:
        desk = a_doubtful_desk()
        quick_reaction(desk, "FOREIGN")
        now = desk.clock.now()
        (order,) = control.turns(desk.tables, now)
        assert control.begin(desk.tables, desk.dispatcher, order, now + hearing.SEND_PATIENCE) is None
        assert control.turns(desk.tables, now + timedelta(days=1)) == []

    def test_a_word_in_reply_to_the_picture_settles_it_too(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        message = shown(desk)
        desk.clock.advance(timedelta(days=2))
        assert "it is the picture" in desk.ask("Sí", quoted=message.message_id)

    def test_other_reactions_and_reactions_elsewhere_are_no_business_of_the_bot(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        message = shown(desk)
        assert react(desk, "😂", message.message_id) is None
        assert react(desk, "👍", "SOMETHING ELSE") is None
        assert react(desk, "", message.message_id) is None
        assert outcome(desk, 2) is None

    def test_a_reaction_on_the_evidence_of_a_sure_match_changes_nothing(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!why Ana promo")
        assert react(desk, "👎", shown(desk).message_id) is None

    def test_who_may_only_read_settles_nothing(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!review")
        message = shown(desk)
        order = desk.order("👍", quoted=message.message_id)
        answer = desk.dispatcher.answer(order, None, Role.VIEWER, desk.survey(), desk.clock.now()).text
        assert "⛔" in answer
        assert outcome(desk, 2) is None


class TestMarks:
    def test_an_outcome_is_set_by_hand_with_who_and_why(self) -> None:
        desk = a_desk(Language.EN)
        answer = desk.ask("!mark Sofía promo complied showed me her phone")
        assert "Sofía (#3) in Promo Mayo: ⏳ pending → ✅ complied" in answer
        assert "Set by you: showed me her phone" in desk.ask("!why Sofía promo")

    def test_it_stays_whatever_is_seen_until_it_is_taken_back(self) -> None:
        desk = a_doubtful_desk()
        desk.ask("!mark Luis feria failed")
        desk.ask("!review")
        desk.ask("yes")
        assert outcome(desk, 2) is Outcome.INCUMPLE
        assert "what was seen decides again: ✅ complied" in desk.ask("!unmark Luis feria")
        assert outcome(desk, 2) is Outcome.CUMPLE

    def test_it_can_be_undone_and_is_in_the_audit(self) -> None:
        desk = a_desk(Language.EN)
        desk.ask("!mark Ana promo failed")
        assert "mark Ana promo failed" in desk.ask("!audit")
        desk.ask("!undo")
        result = desk.tables.results.one(where("key") == pair_key(1, 1))
        assert result is not None
        assert (result.outcome, result.marked_by) == (Outcome.CUMPLE, "")


@pytest.mark.parametrize(
    ("language", "name", "reason", "answer"),
    [
        (Language.EN, "review", MissReason.UNREADABLE,
         "sent as proof · could not be opened (the file cannot be read): look at it in your chat with Luis\n"
         "Is it the campaign's picture? *yes* · *no* · *skip* · *done*"),
        (Language.ES, "revisar", MissReason.EXPIRED,
         "enviado como prueba · no se pudo abrir (WhatsApp ya no lo tiene): mírala en tu chat con Luis\n"
         "¿Es la imagen de la campaña? *sí* · *no* · *saltar* · *listo*"),
        (Language.EN, "review", None,
         "sent as proof · resembles none of the campaign's pictures\n"
         "Is it the campaign's picture? *yes* · *no* · *skip* · *done*"),
    ],
)  # fmt: skip
def test_a_proof_without_a_picture_to_show_says_why(
    language: Language, name: str, reason: MissReason | None, answer: str
) -> None:
    desk = a_desk(language)
    judgement = doubt(desk, 2)
    desk.tables.judgements.save(replace(judgement, frame_id=None, score=0.0, reason=reason))
    capture = desk.tables.captures.need(judgement.capture_id)
    desk.tables.captures.save(replace(capture, flags=frozenset({Flag.PROOF}), reason=reason))
    assert desk.ask(f"!{name}").endswith(answer)
    assert "Luis (#2)" in desk.ask("1")
    assert outcome(desk, 2) is Outcome.CUMPLE
    asked = desk.ask("!why Luis feria") + desk.ask("!stories Luis")
    assert ("resembles none" in asked) == (reason is None)
    assert "not captured" not in asked

"""The stories of the engine over a real store: captures, outcomes, orders, the outbox, restarts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.flows import deleting, judging, linking, receipts, sending
from bot.model.capture import CaptureState, MissReason
from bot.model.contact import Consent
from bot.model.errors import GatewayError
from bot.model.event import Content, ContentKind, Flag, MediaKind, MessageSeen, ReceiptKind, ReceiptSeen, Scope
from bot.model.identity import STATUS_CHAT, Jid
from bot.model.link import LinkState
from bot.model.outbox import SendState, To
from bot.model.result import Outcome
from bot.model.words import own_word
from bot.whatsapp.simulated import lid_of
from storage.query import where
from tests.support.clock import START
from tests.support.stage import NO_PICTURE, OWNER, Stage

POSTER = b"the poster of the campaign"
NOW = timedelta()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()  # the first link's welcome
    stage.said.clear()
    yield stage
    stage.close()


class TestOutcomes:
    def test_a_posted_frame_is_cumple_with_its_evidence(self, stage: Stage) -> None:
        campaign = stage.campaign("Promo", b"another frame", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        ana.post_image(b"filtered " + POSTER)
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.CUMPLE
        assert result.score == 90.0
        frame = stage.tables.frames.need(result.frame_id or 0)
        assert stage.media.read(frame.sha256) == POSTER
        assert frame.campaign_id == campaign.id

    def test_cumple_is_never_reverted(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        ana.post_image(POSTER)
        stage.settle()
        ana.post_image(b"my cat")
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.CUMPLE

    def test_incumple_becomes_cumple_on_a_later_match(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        ana.post_image(b"my cat")
        stage.settle()
        before = stage.result("Ana")
        ana.post_video(b"video with " + POSTER)
        stage.settle()
        after = stage.result("Ana")
        assert (before and before.outcome, after and after.outcome) == (Outcome.INCUMPLE, Outcome.CUMPLE)

    def test_an_unreadable_picture_is_no_capturado_and_yields_to_a_readable_one(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        ana.post_image(NO_PICTURE)
        stage.settle()
        unread = stage.result("Ana")
        assert unread is not None
        assert (unread.outcome, unread.reason) == (Outcome.NO_CAPTURADO, MissReason.UNREADABLE)
        ana.post_image(b"my cat")
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.INCUMPLE

    def test_a_doubtful_score_waits_for_a_person(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        stage.contact("Ana", "+573001234567").post_image(b"doubtful:" + POSTER)
        stage.settle()
        assert stage.result("Ana") is None
        assert stage.engine.survey().outcomes.review == 1

    def test_text_is_no_reason_for_incumple(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        stage.contact("Ana", "+573001234567").post_text("good morning")
        stage.settle()
        assert stage.result("Ana") is None
        assert stage.engine.survey().captures.other == 1

    def test_each_campaign_judges_for_itself(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        stage.campaign("Other", b"other poster")
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        outcomes = [result.outcome for name in ("Promo", "Other") if (result := stage.result("Ana", name))]
        assert outcomes == [Outcome.CUMPLE, Outcome.INCUMPLE]


class TestScope:
    def test_strangers_are_dropped_and_never_stored(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        stage.person("Nobody", "+573009998877").post_image(POSTER)
        stage.settle()
        assert len(stage.tables.captures) == 0

    def test_without_an_active_campaign_nothing_is_stored(self, stage: Stage) -> None:
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        assert len(stage.tables.captures) == 0

    def test_who_left_is_not_looked_at(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567", Consent.WITHDRAWN)
        ana.post_image(POSTER)
        stage.settle()
        assert len(stage.tables.captures) == 0

    def test_old_statuses_of_the_history_are_skipped(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        for message_id, hours in (("OLD", 25), ("NEW", 23)):
            _status(stage, message_id, ana.phone.jid, None, Content(ContentKind.TEXT, "x"), timedelta(hours=hours))
        stage.settle()
        assert [capture.message_id for capture in stage.tables.captures.all()] == ["NEW"]


class TestIdentity:
    def test_a_lid_is_learned_and_then_suffices(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        ana.post_text("under both addresses")
        stage.settle()
        _status(stage, "LID1", lid_of(ana.phone), None, Content(ContentKind.TEXT, "under the LID alone"))
        stage.settle()
        assert {capture.message_id for capture in stage.tables.captures.all()} >= {"LID1"}

    def test_the_same_post_under_number_and_lid_is_one_capture(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        content = Content(ContentKind.TEXT, "x")
        _status(stage, "M1", ana.phone.jid, lid_of(ana.phone), content)
        _status(stage, "M1", lid_of(ana.phone), ana.phone.jid, content)
        _status(stage, "M1", lid_of(ana.phone), None, content)
        stage.settle()
        assert len(stage.tables.captures) == 1

    def test_a_status_under_an_unknown_lid_waits_until_the_contacts_are_looked_up(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        stage.gateway.become(LinkState.RECONNECTING)  # nobody can be asked yet
        stage.look_up("Ana")
        for author in (lid_of(ana.phone), Jid("99887766", "lid")):
            media = stage.gateway.upload(POSTER, MediaKind.IMAGE, "image/jpeg")
            _status(stage, "M1", author, None, Content(ContentKind.IMAGE, media=media))
        stage.settle(at_most=timedelta(seconds=5))
        assert stage.result("Ana") is None
        stage.gateway.become(LinkState.CONNECTED)
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.CUMPLE
        assert len(stage.tables.captures) == 1
        assert len(stage.tables.parked) == 0

    def test_statuses_of_strangers_are_not_held_back_once_everybody_is_known(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        stage.contact("Ana", "+573001234567")
        _status(stage, "M1", Jid("99887766", "lid"), None, Content(ContentKind.TEXT, "x"))
        stage.settle()
        assert len(stage.tables.parked) == 0


class TestTickets:
    def test_the_post_after_its_key_closes_the_ticket(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        _status(stage, "M1", ana.phone.jid, None, Content(ContentKind.KEY_ONLY))
        stage.engine.step()
        assert _only_capture_state(stage) is CaptureState.TICKET
        media = stage.gateway.upload(POSTER, MediaKind.IMAGE, "image/jpeg")
        _status(stage, "M1", ana.phone.jid, None, Content(ContentKind.IMAGE, media=media))
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.CUMPLE

    def test_a_post_that_never_comes_is_no_capturado_after_its_deadline(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        _status(stage, "M1", ana.phone.jid, None, Content(ContentKind.UNDECRYPTABLE))
        posted = stage.clock.now()
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert (result.outcome, result.reason) == (Outcome.NO_CAPTURADO, MissReason.UNDECRYPTABLE)
        assert result.decided_at - posted >= timedelta(seconds=90)

    @pytest.mark.parametrize("first", [ContentKind.KEY_ONLY, ContentKind.UNDECRYPTABLE, ContentKind.WITHHELD])
    def test_media_that_come_after_the_deadline_still_decide(self, stage: Stage, first: ContentKind) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        _status(stage, "M1", ana.phone.jid, None, Content(first))
        stage.settle()
        missed = stage.result("Ana")
        media = stage.gateway.upload(POSTER, MediaKind.IMAGE, "image/jpeg")
        _status(stage, "M1", ana.phone.jid, None, Content(ContentKind.IMAGE, media=media))
        stage.settle()
        result = stage.result("Ana")
        assert missed is not None
        assert missed.outcome is Outcome.NO_CAPTURADO
        assert result is not None
        assert result.outcome is Outcome.CUMPLE
        assert [judgement.verdict.value for judgement in stage.tables.judgements.all()] == ["match"]

    @pytest.mark.parametrize("kind", [ContentKind.REACTION, ContentKind.EDIT])
    def test_what_is_said_about_a_status_is_none(self, stage: Stage, kind: ContentKind) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        _status(stage, "R1", ana.phone.jid, None, Content(kind, "👍", target="M1"))
        stage.settle()
        assert len(stage.tables.captures) == 0

    def test_a_revoked_status_is_marked_as_removed(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        posted = ana.post_image(POSTER)
        stage.settle()
        _status(stage, "R1", ana.phone.jid, None, Content(ContentKind.REVOKE, target=posted))
        stage.settle()
        assert [capture.removed_at is not None for capture in stage.tables.captures.all()] == [True]


class TestDownloads:
    def test_a_passing_failure_is_tried_again(self, stage: Stage) -> None:
        passing = GatewayError("unavailable")
        stage.gateway.failures = [passing, GatewayError("not_connected"), passing]
        stage.campaign("Promo", POSTER)
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.CUMPLE
        assert not stage.gateway.failures

    @pytest.mark.parametrize(
        ("failures", "reason"),
        [
            ([GatewayError("expired", permanent=True)], MissReason.EXPIRED),
            ([GatewayError("corrupt", permanent=True)], MissReason.REFUSED),
            ([GatewayError("unavailable")] * 3, MissReason.UNREACHABLE),
        ],
    )
    def test_media_that_cannot_be_had_is_no_capturado_with_the_reason(
        self, stage: Stage, failures: list[GatewayError], reason: MissReason
    ) -> None:
        stage.gateway.failures = list(failures)
        stage.campaign("Promo", POSTER)
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert (result.outcome, result.reason) == (Outcome.NO_CAPTURADO, reason)

    def test_media_announced_as_too_large_is_not_downloaded(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        media = replace(stage.gateway.upload(POSTER, MediaKind.IMAGE, "image/jpeg"), size=10**9)
        _status(stage, "M1", ana.phone.jid, None, Content(ContentKind.IMAGE, media=media))
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.reason is MissReason.TOO_LARGE


class TestOrders:
    def test_a_command_is_answered_once_and_notes_to_oneself_are_left_alone(self, stage: Stage) -> None:
        stage.owner.note("buy milk")
        stage.owner.note("!help")
        stage.owner.note("🤖 !help")
        stage.settle()
        assert stage.texts() == ["🤖 !help (0 pictures, [])"]
        assert [order.text for order in stage.tables.orders.all()] == ["!help"]

    def test_an_album_is_one_order_with_the_caption_of_any_picture(self, stage: Stage) -> None:
        stage.owner.note_images([b"one", b"two", b"three", b"four"], "!campaign new X", caption_on=2)
        stage.settle()
        assert stage.texts() == ["🤖 !campaign new X (4 pictures, [])"]

    def test_an_album_that_never_completes_goes_on_with_what_came(self, stage: Stage) -> None:
        stage.owner.note_images([b"one", b"two"], "!new")
        stage.settle(at_most=timedelta(seconds=5))
        assert stage.texts() == ["🤖 !new (2 pictures, [])"]
        _self_message(stage, "H", Content(ContentKind.ALBUM, expected=3))
        media = stage.gateway.upload(b"only one", MediaKind.IMAGE, "image/jpeg")
        _self_message(stage, "C", Content(ContentKind.IMAGE, "!late", media), album="H")
        stage.settle()
        assert stage.texts()[-1] == "🤖 !late (1 pictures, [])"

    def test_a_picture_that_comes_after_its_album_was_answered_is_told(self, stage: Stage) -> None:
        header, late = "H", stage.gateway.upload(b"late", MediaKind.IMAGE, "image/jpeg")
        _self_message(stage, header, Content(ContentKind.ALBUM, expected=2))
        first = stage.gateway.upload(b"one", MediaKind.IMAGE, "image/jpeg")
        _self_message(stage, "C1", Content(ContentKind.IMAGE, "!new", first), album=header)
        stage.settle()
        for _ in range(2):  # the second one is a mere repetition
            _self_message(stage, "C2", Content(ContentKind.IMAGE, media=late), album=header)
            _self_message(stage, "C1", Content(ContentKind.IMAGE, "!new", first), album=header)
        stage.settle()
        assert stage.texts()[0] == "🤖 !new (1 pictures, [])"
        assert ["too late" in text for text in stage.texts()[1:]] == [True]

    def test_the_chat_with_oneself_is_one_chat_under_the_number_and_the_lid(self, stage: Stage) -> None:
        for chat in (OWNER.jid, lid_of(OWNER)):
            content = Content(ContentKind.TEXT, "!help")
            stage.gateway.receive(MessageSeen("M1", Scope.SELF, chat, chat, None, True, stage.clock.now(), content))
        stage.settle()
        assert len(stage.texts()) == 1

    def test_a_picture_that_is_none_is_told(self, stage: Stage) -> None:
        stage.owner.note_images([b"one", NO_PICTURE], "!new")
        stage.settle()
        assert stage.texts() == ["🤖 !new (1 pictures, ['not_an_image'])"]

    def test_orders_are_answered_in_the_order_in_which_they_were_said(self, stage: Stage) -> None:
        stage.owner.note_images([b"one", b"two"], "!first")
        stage.owner.note("!second")
        stage.settle()
        assert [text.split()[1] for text in stage.texts()] == ["!first", "!second"]

    def test_a_bug_gives_a_reference_and_harms_nothing_else(self, stage: Stage) -> None:
        stage.owner.note("!bug")
        stage.owner.note("!help")
        stage.settle()
        letter = stage.tables.dead_letters.all()[0]
        assert letter.reference in stage.texts()[0]
        assert "this is a bug" in letter.error
        assert stage.texts()[1] == "🤖 !help (0 pictures, [])"

    def test_a_poison_event_becomes_a_dead_letter(self, stage: Stage) -> None:
        stage.gateway.receive_document({"event": "message", "nonsense": 1})
        stage.owner.note("!help")
        stage.settle()
        assert [letter.document for letter in stage.tables.dead_letters.all()] == [{"event": "message", "nonsense": 1}]
        assert len(stage.texts()) == 1


class TestContactsOwnWords:
    def test_stop_acts_at_once_is_confirmed_and_holds(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        ana.write("Stop!")
        stage.settle()
        ana.post_image(POSTER)
        stage.settle()
        assert [contact.consent for contact in stage.tables.contacts.all()] == [Consent.WITHDRAWN]
        assert [said.to for said in stage.said] == [ana.phone.jid]
        assert len(stage.tables.captures) == 0

    def test_an_older_yes_that_is_delivered_late_does_not_bring_back(self, stage: Stage) -> None:
        ana = stage.contact("Ana", "+573001234567")
        ana.write("STOP")
        stage.settle()
        stage.gateway.receive(
            MessageSeen("OLD", Scope.DIRECT, ana.phone.jid, ana.phone.jid, None, False,
                        stage.clock.now() - timedelta(days=1), Content(ContentKind.TEXT, "YES"))
        )  # fmt: skip
        stage.settle()
        assert [contact.consent for contact in stage.tables.contacts.all()] == [Consent.WITHDRAWN]

    def test_a_stop_under_an_unknown_lid_counts_once_the_lid_is_known(self, stage: Stage) -> None:
        ana = stage.contact("Ana", "+573001234567")
        stage.gateway.become(LinkState.RECONNECTING)
        stage.look_up("Ana")
        lid = lid_of(ana.phone)
        stage.gateway.receive(
            MessageSeen("S", Scope.DIRECT, lid, lid, None, False, stage.clock.now(), Content(ContentKind.TEXT, "STOP"))
        )
        stage.settle(at_most=timedelta(seconds=5))
        stage.gateway.become(LinkState.CONNECTED)
        stage.settle()
        assert [contact.consent for contact in stage.tables.contacts.all()] == [Consent.WITHDRAWN]

    def test_yes_brings_back(self, stage: Stage) -> None:
        ana = stage.contact("Ana", "+573001234567", Consent.WITHDRAWN)
        ana.write("acepto")
        stage.settle()
        assert [contact.consent for contact in stage.tables.contacts.all()] == [Consent.GIVEN]

    def test_strangers_and_other_words_get_no_answer(self, stage: Stage) -> None:
        stage.person("Nobody", "+573009998877").write("STOP")
        stage.person("Nobody", "+573009998877").write("!help")
        stage.contact("Ana", "+573001234567").write("how are you?")
        stage.settle()
        assert stage.said == []


class TestOutbox:
    def test_gaps_are_kept_between_any_two_messages(self, stage: Stage) -> None:
        for number in range(4):
            stage.owner.note(f"!{number}")
        stage.settle()
        times = [said.sent.at for said in stage.said]
        assert all(later - earlier >= timedelta(seconds=2) for earlier, later in pairwise(times))

    def test_nothing_is_sent_without_a_link_and_nothing_is_lost(self, stage: Stage) -> None:
        stage.gateway.become(LinkState.RECONNECTING)
        stage.owner.note("!help")
        stage.settle(at_most=timedelta(minutes=5))
        assert stage.said == []
        stage.gateway.become(LinkState.CONNECTED)
        stage.settle()
        assert "🤖 !help (0 pictures, [])" in stage.texts()

    def test_receipts_advance_and_never_go_back(self, stage: Stage) -> None:
        stage.owner.note("!help")
        stage.settle()
        message_id, now = stage.said[0].sent.id, stage.clock.now()
        for kind in (ReceiptKind.READ, ReceiptKind.DELIVERED, ReceiptKind.OTHER):
            stage.gateway.receive(ReceiptSeen((message_id,), kind, OWNER.jid, OWNER.jid, now))
        stage.settle()
        item = stage.tables.outbox.one(where("message_id") == message_id)
        assert item is not None
        assert item.state is SendState.READ

    def test_a_receipt_that_is_faster_than_the_answer_to_the_send_counts(self, stage: Stage) -> None:
        stage.owner.note("!help")
        for number in range(1, 30):  # whatever id the send will get
            ids = (f"SIM{number:06d}",)
            stage.gateway.receive(ReceiptSeen(ids, ReceiptKind.DELIVERED, OWNER.jid, OWNER.jid, stage.clock.now()))
        stage.settle()
        reply = stage.tables.outbox.one(where("message_id") == stage.said[0].sent.id)
        assert reply is not None
        assert reply.state is SendState.DELIVERED
        receipts.forget(stage.tables, stage.clock.now() + timedelta(hours=2))
        assert len(stage.tables.early_receipts) == 0

    def test_a_send_cut_off_by_a_crash_is_in_doubt_for_contacts_and_repeated_for_the_owner(
        self, tmp_path: Path
    ) -> None:
        stage = Stage(tmp_path)
        stage.settle()
        ana = stage.contact("Ana", "+573001234567")
        ana.write("STOP")
        stage.owner.note("!help")
        stage.settle()
        for item in stage.tables.outbox.all():  # as if the process had died before it learned of the sends
            stage.tables.outbox.save(replace(item, state=SendState.SENDING, message_id="", sent_at=None))
        stage.close()
        again = Stage(tmp_path, stage.clock)
        again.settle()
        states = {(item.audience, item.state) for item in again.tables.outbox.all()}
        assert states == {(To.CONTACT, SendState.IN_DOUBT), (To.CONTROL, SendState.SENT)}
        assert ana.phone.jid not in {said.to for said in again.said}
        again.close()


class TestLink:
    def test_the_owner_is_told_once_when_the_link_is_back(self, stage: Stage) -> None:
        stage.gateway.become(LinkState.BANNED, reason=101)
        stage.engine.step()
        stage.clock.advance(timedelta(hours=1))
        stage.gateway.become(LinkState.CONNECTED)
        stage.settle()
        (text,) = stage.texts()
        assert "09:00" in text
        assert "10:00" in text
        stage.gateway.become(LinkState.RECONNECTING)
        stage.engine.step()
        stage.clock.advance(timedelta(seconds=20))
        stage.gateway.become(LinkState.CONNECTED)
        stage.settle()
        assert len(stage.texts()) == 1

    def test_a_machine_that_slept_did_not_receive(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        stage.settle()
        linking.alive(stage.tables, stage.clock.now())
        stage.clock.advance(timedelta(hours=3))
        linking.alive(stage.tables, stage.clock.now())
        stage.clock.advance(timedelta(minutes=1))
        assert stage.engine.survey().seen_today < timedelta(minutes=5)
        stage.close()

    def test_linking_anew_starts_the_warm_up_again(self, stage: Stage) -> None:
        first = sending.linked_at(stage.tables)
        for days, state in ((30, LinkState.LOGGED_OUT), (2, LinkState.QR_SHOWN), (0, LinkState.CONNECTED)):
            stage.clock.advance(timedelta(days=days))
            stage.gateway.become(state)
            stage.engine.step()
        again = sending.linked_at(stage.tables)
        assert first is not None
        assert again == first + timedelta(days=32)

    def test_coverage_counts_only_the_time_in_which_the_bot_was_receiving(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        stage.settle()
        stage.clock.advance(timedelta(hours=1))
        stage.gateway.become(LinkState.RECONNECTING)
        stage.engine.step()
        stage.clock.advance(timedelta(hours=1))
        stage.gateway.become(LinkState.CONNECTED)
        stage.engine.step()
        stage.close()  # off for two hours
        stage.clock.advance(timedelta(hours=2))
        again = Stage(tmp_path, stage.clock)
        again.engine.step()
        again.clock.advance(timedelta(hours=1))
        seen = again.engine.survey().seen_today
        assert timedelta(hours=2) <= seen < timedelta(hours=2, minutes=1)
        again.close()


class TestRestart:
    def test_every_status_in_the_journal_has_exactly_one_outcome_after_a_restart(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        stage.campaign("Promo", POSTER)
        people = [stage.contact(f"P{n}", f"+57300123450{n}") for n in range(6)]
        for person in people:
            person.post_image(POSTER)
        files = stage.gateway.files
        stage.engine.step()  # received, not yet judged
        stage.close()
        again = Stage(tmp_path, stage.clock)
        again.gateway.files.update(files)
        again.settle()
        assert [judgement.verdict.value for judgement in again.tables.judgements.all()] == ["match"] * 6
        assert again.engine.survey().outcomes.cumple == 6
        again.close()


def _status(
    stage: Stage, message_id: str, author: Jid, alt: Jid | None, content: Content, age: timedelta = NOW
) -> None:
    at, flags = stage.clock.now() - age, frozenset({Flag.HISTORY} if age else ())
    stage.gateway.receive(
        MessageSeen(message_id, Scope.STATUS, STATUS_CHAT, author, alt, False, at, content, flags=flags)
    )


def _self_message(stage: Stage, message_id: str, content: Content, album: str = "") -> None:
    at = stage.clock.now()
    stage.gateway.receive(
        MessageSeen(message_id, Scope.SELF, OWNER.jid, OWNER.jid, None, True, at, content, album=album)
    )


def _only_capture_state(stage: Stage) -> CaptureState:
    (capture,) = stage.tables.captures.all()
    return capture.state


class TestWhatIsLost:
    def test_lost_features_are_made_anew_and_a_lost_picture_is_no_longer_looked_for(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        stage.campaign("Promo", POSTER, b"lost poster")
        kept, lost = stage.tables.frames.all()
        features = stage.media.put(b"other features")
        stage.tables.frames.save(replace(kept, features=features))
        stage.media.path(features).unlink()
        stage.media.path(lost.sha256).unlink()
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert result.outcome is Outcome.CUMPLE
        assert [frame.enabled for frame in stage.tables.frames.all()] == [True, False]
        stage.close()

    def test_a_downloaded_file_that_is_gone_costs_its_status_only(self, stage: Stage) -> None:
        stage.campaign("Promo", POSTER)
        ana = stage.contact("Ana", "+573001234567")
        gone = stage.media.put(b"gone")
        stage.media.path(gone).unlink()
        ana.post_image(b"gone")
        stage.engine.step()
        (capture,) = stage.tables.captures.all()
        state = replace(capture, state=CaptureState.TO_JUDGE, media_sha256="0" * 64)
        stage.settle(until=lambda: stage.tables.captures.save(state) is state)
        stage.settle()
        result = stage.result("Ana")
        assert result is not None
        assert (result.outcome, result.reason) == (Outcome.NO_CAPTURADO, MissReason.UNREADABLE)

    def test_a_row_that_cannot_be_read_does_not_end_the_bot(self, stage: Stage) -> None:
        stage.store.table("captures").insert({"key": "1:bad", "state": "to_fetch", "due_at": 0})
        for _ in range(5):
            stage.engine.step()
        stage.owner.note("!help")
        stage.settle(until=lambda: bool(stage.texts()))
        assert stage.texts() == ["🤖 !help (0 pictures, [])"]
        assert len(stage.tables.dead_letters) == 1


@pytest.mark.parametrize(
    ("text", "consent"),
    [
        ("STOP", Consent.WITHDRAWN),
        ("Baja, por favor.", Consent.WITHDRAWN),
        ("¡Baja!", Consent.WITHDRAWN),
        ("acepto", Consent.GIVEN),
        ("Yes", Consent.GIVEN),
        ("Sí.", None),
        ("stop sending me those things or I will call", None),
        ("yes but only on Monday", None),
        ("the bus stop", None),
        ("", None),
    ],
)
def test_leaving_is_easy_and_joining_is_unmistakable(text: str, consent: Consent | None) -> None:
    jid = Jid("573001234567", "s.whatsapp.net")
    message = MessageSeen("M", Scope.DIRECT, jid, jid, None, False, START, Content(ContentKind.TEXT, text))
    meant = own_word(message)
    assert (meant[0] if meant else None) is consent


def test_what_waited_for_a_contact_is_in_doubt_after_a_restore(stage: Stage) -> None:
    stage.contact("Ana", "+573001234567").write("STOP")
    stage.owner.note("!help")
    stage.settle(until=lambda: len(stage.tables.outbox) >= 3, at_most=timedelta(seconds=1))
    sending.doubt_all_waiting(stage.tables)
    waiting = {item.audience for item in stage.tables.outbox.find(where("state") == SendState.QUEUED.value)}
    doubtful = {item.audience for item in stage.tables.outbox.find(where("state") == SendState.IN_DOUBT.value)}
    assert To.CONTACT not in waiting
    assert doubtful == {To.CONTACT}


def test_a_campaign_that_is_deleted_while_a_status_is_compared_leaves_nothing_behind(stage: Stage) -> None:
    gone, kept = stage.campaign("Promo", POSTER), stage.campaign("Feria", POSTER)
    stage.contact("Ana", "+573001234567").post_image(POSTER)
    stage.settle(until=lambda: stage.tables.captures.count(where("state") == CaptureState.TO_JUDGE.value) == 1)
    (capture,) = stage.tables.captures.all()
    asked = judging.question(stage.tables, capture, stage.policy().thresholds)
    deleting.delete_campaign(stage.tables, gone)
    judging.judged(stage.tables, asked, [], stage.policy().thresholds, stage.clock.now())
    stage.settle()
    assert {judgement.campaign_id for judgement in stage.tables.judgements.all()} == {kept.id}
    assert len(stage.tables.dead_letters) == 0

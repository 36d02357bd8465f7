"""What becomes of a status in every shape it comes in: copies, small pictures, what may be seen once, repetitions."""

from __future__ import annotations

import itertools
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import merging, rejudging, twins
from bot.i18n import Catalogue
from bot.model.capture import Capture, CaptureState, MissReason, Verdict
from bot.model.chat import Language
from bot.model.errors import GatewayError
from bot.model.event import Content, ContentKind, Flag, Media, MediaKind, MessageSeen, Scope
from bot.model.identity import STATUS_CHAT
from bot.model.matching import Thresholds
from bot.model.result import Outcome, Result
from bot.whatsapp.simulated import SimulatedPerson
from tests.support.stage import NO_PICTURE, Stage

POSTER = b"the poster of the campaign"
SMALL = b64encode(b"small " + POSTER).decode()
GONE = GatewayError("expired", permanent=True)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()  # the first link's welcome
    stage.said.clear()
    stage.campaign("Promo", POSTER)
    yield stage
    stage.close()


@pytest.fixture
def ana(stage: Stage) -> SimulatedPerson:
    return stage.contact("Ana", "+573001234567")


def image(stage: Stage, content: bytes, **more: object) -> Media:
    return replace(stage.gateway.upload(content, MediaKind.IMAGE, "image/jpeg"), **more)  # type: ignore[arg-type]


def seen(
    stage: Stage,
    author: SimulatedPerson,
    message_id: str,
    content: Content,
    *,
    flags: frozenset[Flag] = frozenset(),
    twin_of: str = "",
    ago: timedelta = timedelta(),
) -> MessageSeen:
    return MessageSeen(
        id=message_id, scope=Scope.STATUS, chat=STATUS_CHAT, author=author.phone.jid, author_alt=None, from_me=False,
        sent_at=stage.clock.now() - ago, content=content, flags=flags, twin_of=twin_of,
    )  # fmt: skip


def post(stage: Stage, author: SimulatedPerson, message_id: str, media: Media, *flags: Flag, twin_of: str = "") -> None:
    content = Content(ContentKind(media.kind.value), media=media)
    stage.gateway.receive(seen(stage, author, message_id, content, flags=frozenset(flags), twin_of=twin_of))


def the_capture(stage: Stage) -> Capture:
    (capture,) = stage.tables.captures.all()
    return capture


def outcome(stage: Stage) -> Outcome | None:
    result = stage.result("Ana")
    return result.outcome if result else None


class TestTwins:
    """A post is sent small, and once more in HD, under another id that names the first."""

    @staticmethod
    def both(stage: Stage, ana: SimulatedPerson, small: bytes, better: bytes) -> list[MessageSeen]:
        hd = image(stage, better, is_hd=True)
        return [
            seen(stage, ana, "SD", Content(ContentKind.IMAGE, "look", image(stage, small)), ago=timedelta(seconds=9)),
            seen(stage, ana, "HD", Content(ContentKind.IMAGE, media=hd), flags=frozenset({Flag.HD}), twin_of="SD"),
        ]

    @pytest.mark.parametrize("order", sorted(set(itertools.permutations([0, 1, 0, 1]))))
    @pytest.mark.parametrize("pause", [False, True])
    def test_both_are_one_post_judged_by_the_best_in_whatever_order_they_come(
        self, stage: Stage, ana: SimulatedPerson, order: tuple[int, ...], pause: bool
    ) -> None:
        copies = self.both(stage, ana, b"a blur", b"sharp " + POSTER)
        for each in order:
            stage.gateway.receive(copies[each])
            if pause:
                stage.settle()
        stage.settle()
        capture, result = the_capture(stage), stage.result("Ana")
        assert result is not None
        assert (result.outcome, result.posted_at) == (Outcome.CUMPLE, copies[0].sent_at)
        assert (capture.message_id, capture.caption, capture.state) == ("SD", "look", CaptureState.JUDGED)
        assert len(stage.tables.judgements) == 1

    def test_a_post_that_matched_is_not_looked_at_again(self, stage: Stage, ana: SimulatedPerson) -> None:
        small, better = self.both(stage, ana, POSTER, b"something else")
        stage.gateway.receive(small)
        stage.settle()
        stage.gateway.failures = [GONE]
        stage.gateway.receive(better)
        stage.settle()
        assert outcome(stage) is Outcome.CUMPLE
        assert stage.gateway.failures == [GONE]  # nothing was downloaded

    def test_when_the_better_copy_cannot_be_had_the_other_decides(self, stage: Stage, ana: SimulatedPerson) -> None:
        small, better = self.both(stage, ana, POSTER, b"sharp " + POSTER)
        stage.gateway.receive(better)
        stage.gateway.receive(small)
        stage.gateway.failures = [GONE]
        stage.settle()
        assert outcome(stage) is Outcome.CUMPLE

    @pytest.mark.parametrize("failure", [GONE, None])
    def test_what_was_readable_stays_judged_when_its_better_copy_is_not(
        self, stage: Stage, ana: SimulatedPerson, failure: GatewayError | None
    ) -> None:
        small, better = self.both(stage, ana, b"my cat", NO_PICTURE)
        stage.gateway.receive(small)
        stage.settle()
        stage.gateway.failures = [failure] if failure else []
        stage.gateway.receive(better)
        stage.settle()
        assert (outcome(stage), the_capture(stage).state) == (Outcome.INCUMPLE, CaptureState.JUDGED)

    def test_a_better_copy_that_comes_during_the_download_of_the_first_is_the_one_that_counts(
        self, stage: Stage, ana: SimulatedPerson
    ) -> None:
        small, better = self.both(stage, ana, b"a blur", b"sharp " + POSTER)
        stage.gateway.receive(small)
        stage.engine.step()  # the first copy's download has begun, and is not recorded before the next round
        stage.gateway.receive(better)
        stage.settle()
        assert outcome(stage) is Outcome.CUMPLE
        assert len(stage.tables.judgements) == 1

    def test_a_copy_that_comes_while_nothing_could_be_had_is_tried(self, stage: Stage, ana: SimulatedPerson) -> None:
        small, better = self.both(stage, ana, POSTER, b"sharp " + POSTER)
        stage.gateway.failures = [GONE]
        stage.gateway.receive(small)
        stage.settle()
        assert outcome(stage) is Outcome.NO_CAPTURADO
        stage.gateway.receive(better)
        stage.settle()
        assert outcome(stage) is Outcome.CUMPLE

    def test_the_better_copy_closes_the_ticket_of_the_first(self, stage: Stage, ana: SimulatedPerson) -> None:
        _, better = self.both(stage, ana, POSTER, b"sharp " + POSTER)
        stage.gateway.receive(seen(stage, ana, "SD", Content(ContentKind.KEY_ONLY)))
        stage.gateway.receive(better)
        stage.settle()
        assert outcome(stage) is Outcome.CUMPLE

    def test_keys_and_failures_of_either_copy_are_about_the_one_post(self, stage: Stage, ana: SimulatedPerson) -> None:
        small, better = self.both(stage, ana, b"a blur", b"sharp " + POSTER)
        signs = [
            seen(stage, ana, message_id, Content(kind))
            for message_id in ("SD", "HD")
            for kind in (ContentKind.KEY_ONLY, ContentKind.UNDECRYPTABLE)
        ]
        for event in (*signs, small, better, *signs):
            stage.gateway.receive(event)
        stage.settle()
        assert (the_capture(stage).message_id, outcome(stage)) == ("SD", Outcome.CUMPLE)

    def test_a_ticket_of_a_copy_that_expired_is_taken_back(self, stage: Stage, ana: SimulatedPerson) -> None:
        small, better = self.both(stage, ana, b"my cat", b"sharp " + POSTER)
        stage.gateway.receive(seen(stage, ana, "HD", Content(ContentKind.UNDECRYPTABLE)))
        stage.settle()
        assert outcome(stage) is Outcome.NO_CAPTURADO
        stage.gateway.receive(small)
        stage.gateway.receive(better)
        stage.settle()
        assert (the_capture(stage).message_id, outcome(stage)) == ("SD", Outcome.CUMPLE)
        assert len(stage.tables.judgements) == 1

    def test_deleting_the_copy_deletes_the_post(self, stage: Stage, ana: SimulatedPerson) -> None:
        for event in self.both(stage, ana, b"a blur", b"sharp " + POSTER):
            stage.gateway.receive(event)
        stage.gateway.receive(seen(stage, ana, "R1", Content(ContentKind.REVOKE, target="HD")))
        stage.settle()
        assert the_capture(stage).removed_at is not None

    @pytest.mark.parametrize("comes", ["before", "after"])
    def test_merging_two_contacts_keeps_what_was_a_copy_of_what(
        self, stage: Stage, ana: SimulatedPerson, comes: str
    ) -> None:
        """The copies came under one contact, a sign of one of them under the other."""
        second = stage.contact("Ana 2", "+573007654321")
        sign = seen(stage, ana, "HD", Content(ContentKind.UNDECRYPTABLE))
        for event in (*self.both(stage, second, b"a blur", b"sharp " + POSTER), *([sign] if comes == "before" else [])):
            stage.gateway.receive(event)
        stage.settle()
        merging.merge(stage.tables, stage.tables.contacts.need(1), stage.tables.contacts.need(2), stage.clock.now())
        if comes == "after":
            stage.gateway.receive(sign)
        stage.gateway.receive(seen(stage, ana, "R1", Content(ContentKind.REVOKE, target="HD")))
        stage.settle()
        assert (the_capture(stage).message_id, outcome(stage)) == ("SD", Outcome.CUMPLE)
        assert the_capture(stage).removed_at is not None

    def test_what_was_a_copy_of_what_is_forgotten_in_time(self, stage: Stage, ana: SimulatedPerson) -> None:
        stage.gateway.receive(self.both(stage, ana, POSTER, POSTER)[1])
        stage.settle()
        for age, left in ((twins.REMEMBERED - timedelta(hours=1), 1), (twins.REMEMBERED + timedelta(hours=1), 0)):
            twins.forget(stage.tables, stage.clock.now() + age)
            assert len(stage.tables.copies) == left


class TestTickets:
    def test_that_it_could_not_be_decrypted_says_more_than_the_key_that_came_first(
        self, stage: Stage, ana: SimulatedPerson
    ) -> None:
        for kind in (ContentKind.KEY_ONLY, ContentKind.UNDECRYPTABLE, ContentKind.KEY_ONLY):
            stage.gateway.receive(seen(stage, ana, "M1", Content(kind)))
        stage.settle()
        assert the_capture(stage).reason is MissReason.UNDECRYPTABLE


class TestSmallPictures:
    """The small picture inside a message is all that is left when the media is gone."""

    def lose(self, stage: Stage, ana: SimulatedPerson, thumbnail: str) -> None:
        post(stage, ana, "M1", image(stage, POSTER, thumbnail=thumbnail))
        stage.gateway.failures = [GONE]
        stage.settle()

    def test_a_match_in_it_is_for_a_person_to_decide_and_says_why(self, stage: Stage, ana: SimulatedPerson) -> None:
        self.lose(stage, ana, SMALL)
        (judgement,) = stage.tables.judgements.all()
        assert (judgement.verdict, judgement.reason) == (Verdict.REVIEW, MissReason.EXPIRED)
        assert outcome(stage) is None
        assert stage.media.read(the_capture(stage).media_sha256) == b"small " + POSTER

    def test_no_match_in_it_is_no_reason_for_incumple(self, stage: Stage, ana: SimulatedPerson) -> None:
        self.lose(stage, ana, b64encode(b"a blur").decode())
        capture = the_capture(stage)
        assert outcome(stage) is Outcome.NO_CAPTURADO
        assert (capture.state, capture.reason) == (CaptureState.NOT_CAPTURED, MissReason.EXPIRED)

    def test_one_that_cannot_be_read_changes_nothing(self, stage: Stage, ana: SimulatedPerson) -> None:
        self.lose(stage, ana, b64encode(NO_PICTURE).decode())
        assert (outcome(stage), the_capture(stage).reason) == (Outcome.NO_CAPTURADO, MissReason.EXPIRED)

    def test_a_doubt_by_it_stays_one_when_the_file_is_asked_for_again_in_vain(
        self, stage: Stage, ana: SimulatedPerson
    ) -> None:
        self.lose(stage, ana, SMALL)
        stage.gateway.failures = [GONE]
        rejudging.retry(stage.tables, rejudging.missed(stage.tables), stage.clock.now())
        stage.settle()
        (campaign,) = stage.tables.campaigns.all()
        rejudging.by_new_bands(stage.tables, campaign, Thresholds(yes=10, review=5), stage.clock.now())
        (judgement,) = stage.tables.judgements.all()
        assert judgement.verdict is Verdict.REVIEW
        assert (the_capture(stage).state, outcome(stage)) == (CaptureState.NOT_CAPTURED, None)

    def test_the_file_itself_settles_the_doubt(self, stage: Stage, ana: SimulatedPerson) -> None:
        self.lose(stage, ana, SMALL)
        rejudging.retry(stage.tables, rejudging.missed(stage.tables), stage.clock.now())
        stage.settle()
        assert (the_capture(stage).state, outcome(stage)) == (CaptureState.JUDGED, Outcome.CUMPLE)

    def test_it_is_forgotten_once_the_status_is_judged(self, stage: Stage, ana: SimulatedPerson) -> None:
        post(stage, ana, "M1", image(stage, POSTER, thumbnail=SMALL))
        stage.settle()
        media = the_capture(stage).media
        assert media is not None
        assert media.thumbnail == ""
        assert outcome(stage) is Outcome.CUMPLE


class TestSeenOnce:
    def test_it_is_judged_and_leaves_no_file_and_no_way_to_it(
        self, stage: Stage, ana: SimulatedPerson, tmp_path: Path
    ) -> None:
        post(stage, ana, "M1", image(stage, b"unmistakable " + POSTER), Flag.VIEW_ONCE)
        stage.settle()
        capture = the_capture(stage)
        assert outcome(stage) is Outcome.CUMPLE
        assert (capture.state, capture.media, capture.media_sha256) == (CaptureState.JUDGED, None, "")
        kept = [path for path in tmp_path.rglob("*") if path.is_file() and b"unmistakable" in path.read_bytes()]
        assert kept == []

    def test_a_passing_failure_is_tried_again(self, stage: Stage, ana: SimulatedPerson) -> None:
        stage.gateway.failures = [GatewayError("media_server")]
        post(stage, ana, "M1", image(stage, POSTER), Flag.VIEW_ONCE)
        stage.settle()
        assert outcome(stage) is Outcome.CUMPLE

    @pytest.mark.parametrize(("content", "failures", "reason"), [(NO_PICTURE, [], MissReason.UNREADABLE),
                                                                 (POSTER, [GONE], MissReason.EXPIRED)])  # fmt: skip
    def test_one_that_cannot_be_had_or_read_is_no_capturado(
        self, stage: Stage, ana: SimulatedPerson, content: bytes, failures: list[GatewayError], reason: MissReason
    ) -> None:
        stage.gateway.failures = list(failures)
        post(stage, ana, "M1", image(stage, content), Flag.VIEW_ONCE)
        stage.settle()
        assert (outcome(stage), the_capture(stage).reason) == (Outcome.NO_CAPTURADO, reason)

    def test_one_that_is_too_large_is_not_downloaded(self, stage: Stage, ana: SimulatedPerson) -> None:
        post(stage, ana, "M1", image(stage, POSTER, size=10**9), Flag.VIEW_ONCE)
        stage.settle()
        assert the_capture(stage).reason is MissReason.TOO_LARGE


class TestRepetition:
    def test_a_file_posted_again_counts_and_is_not_compared_again(self, stage: Stage, ana: SimulatedPerson) -> None:
        luis = stage.contact("Luis", "+573001234568")
        post(stage, ana, "M1", image(stage, POSTER))
        stage.settle()
        stage.matcher.is_blind = True
        post(stage, ana, "M2", image(stage, POSTER))
        post(stage, luis, "M3", image(stage, POSTER))
        stage.settle()
        results: list[Result | None] = [stage.result("Ana"), stage.result("Luis")]
        assert [result.outcome for result in results if result] == [Outcome.CUMPLE, Outcome.CUMPLE]
        assert len(stage.tables.judgements) == 3

    def test_by_other_frames_it_is_compared_anew(self, stage: Stage, ana: SimulatedPerson) -> None:
        post(stage, ana, "M1", image(stage, b"the other picture"))
        stage.settle()
        stage.campaign("Other", b"the other picture")
        post(stage, ana, "M2", image(stage, b"the other picture"))
        stage.settle()
        other = stage.result("Ana", "Other")
        assert other is not None
        assert other.outcome is Outcome.CUMPLE

    def test_the_hash_that_a_sender_claims_is_not_believed(self, stage: Stage, ana: SimulatedPerson) -> None:
        luis = stage.contact("Luis", "+573001234568")
        real = image(stage, POSTER)
        post(stage, ana, "M1", real)
        stage.settle()
        post(stage, luis, "M2", image(stage, b"my cat", sha256=real.sha256))
        stage.settle()
        result = stage.result("Luis")
        assert result is not None
        assert result.outcome is Outcome.INCUMPLE


class TestOtherKinds:
    def test_an_unknown_kind_is_no_capturado_with_its_name(self, stage: Stage, ana: SimulatedPerson) -> None:
        stage.gateway.receive(seen(stage, ana, "M1", Content(ContentKind.UNKNOWN, "hologramMessage")))
        stage.settle()
        capture = the_capture(stage)
        assert (capture.reason, capture.detail, capture.caption) == (MissReason.UNSUPPORTED, "hologramMessage", "")
        assert outcome(stage) is Outcome.NO_CAPTURADO

    def test_an_unknown_kind_is_counted_by_name_and_told_once(self, stage: Stage, ana: SimulatedPerson) -> None:
        for message_id, name in (("M1", "hologramMessage"), ("M2", "hologramMessage"), ("M3", "smellMessage")):
            stage.gateway.receive(seen(stage, ana, message_id, Content(ContentKind.UNKNOWN, name)))
        stage.settle()
        of_name = Counter(capture.detail for capture in stage.tables.captures.all())
        assert of_name == Counter({"hologramMessage": 2, "smellMessage": 1})
        told = sorted(alert.cause for alert in stage.tables.alerts.all() if alert.cause.startswith("unknown_kind"))
        assert told == ["unknown_kind:hologramMessage", "unknown_kind:smellMessage"]

    @pytest.mark.parametrize("kind", [ContentKind.OTHER, ContentKind.AUDIO, ContentKind.STICKER, ContentKind.DOCUMENT])
    def test_a_kind_without_picture_is_recorded_and_no_reason_for_anything(
        self, stage: Stage, ana: SimulatedPerson, kind: ContentKind
    ) -> None:
        stage.gateway.receive(seen(stage, ana, "M1", Content(kind, "pollCreationMessage")))
        stage.settle()
        assert the_capture(stage).state is CaptureState.OTHER
        assert outcome(stage) is None

    @pytest.mark.parametrize("kind", [ContentKind.REMARK, ContentKind.ALBUM])
    def test_what_is_no_status_is_not_recorded(self, stage: Stage, ana: SimulatedPerson, kind: ContentKind) -> None:
        stage.gateway.receive(seen(stage, ana, "M1", Content(kind)))
        stage.settle()
        assert len(stage.tables.captures) == 0

    @pytest.mark.parametrize(
        ("content", "failures", "expected"),
        [(b"words", [], None), (b"words", [GONE], None), (POSTER, [], Outcome.CUMPLE)],
    )
    def test_a_picture_of_a_text_can_only_help(
        self,
        stage: Stage,
        ana: SimulatedPerson,
        content: bytes,
        failures: list[GatewayError],
        expected: Outcome | None,
    ) -> None:
        stage.gateway.failures = list(failures)
        post(stage, ana, "M1", image(stage, content), Flag.RASTERISED)
        stage.settle()
        assert outcome(stage) is expected


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("reason", list(MissReason))
def test_every_reason_has_its_sentence(reason: MissReason, language: str) -> None:
    assert Catalogue.load().has(f"reason.{reason}", Language(language))


class TestDeletions:
    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_a_deletion_is_known_whether_it_comes_before_the_status_or_after(
        self, stage: Stage, ana: SimulatedPerson, order: tuple[int, int]
    ) -> None:
        events = [
            seen(stage, ana, "M1", Content(ContentKind.IMAGE, media=image(stage, POSTER)), ago=timedelta(minutes=5)),
            seen(stage, ana, "R1", Content(ContentKind.REVOKE, target="M1")),
        ]
        for each in order:
            stage.gateway.receive(events[each])
            stage.settle()
        capture = the_capture(stage)
        assert (capture.removed_at, capture.posted_at) == (events[1].sent_at, events[0].sent_at)
        assert outcome(stage) is Outcome.CUMPLE

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_a_deleted_status_that_never_comes_is_not_captured_whatever_came_first(
        self, stage: Stage, ana: SimulatedPerson, order: tuple[int, int]
    ) -> None:
        events = [
            seen(stage, ana, "M1", Content(ContentKind.KEY_ONLY), ago=timedelta(minutes=5)),
            seen(stage, ana, "R1", Content(ContentKind.REVOKE, target="M1")),
        ]
        for each in order:
            stage.gateway.receive(events[each])
            stage.settle()
        assert the_capture(stage).removed_at is not None
        assert outcome(stage) is Outcome.NO_CAPTURADO

    def test_a_ticket_keeps_its_deletion_when_the_media_comes(self, stage: Stage, ana: SimulatedPerson) -> None:
        stage.gateway.receive(seen(stage, ana, "M1", Content(ContentKind.KEY_ONLY)))
        stage.gateway.receive(seen(stage, ana, "R1", Content(ContentKind.REVOKE, target="M1")))
        post(stage, ana, "M1", image(stage, POSTER))
        stage.settle()
        assert the_capture(stage).removed_at is not None

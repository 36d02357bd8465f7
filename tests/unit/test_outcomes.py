"""Results over the real engine: the campaign's rules, deletions, time that passes, words of the owner's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.flows import daily, outcomes, rejudging, reviewing
from bot.model.campaign import Campaign, CampaignState
from bot.model.capture import CaptureState, MissReason, Verdict
from bot.model.event import Content, ContentKind, MediaKind, MessageSeen, Scope
from bot.model.identity import STATUS_CHAT
from bot.model.overview import OutcomeCounts
from bot.model.result import Outcome
from bot.model.rules import CampaignRules, Rule
from bot.whatsapp.simulated import SimulatedPerson, lid_of
from storage.query import where
from tests.support.clock import START
from tests.support.stage import NO_PICTURE, Stage

POSTER, BACK = b"the poster of the campaign", b"the back of the campaign"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()
    yield stage
    stage.close()


def a_campaign(stage: Stage, rules: CampaignRules, *pictures: bytes) -> Campaign:
    campaign = stage.campaign("Promo", *(pictures or (POSTER,)))
    return stage.tables.campaigns.save(replace(campaign, rules=rules))


def outcome(stage: Stage, name: str = "Ana") -> str | None:
    result = stage.result(name)
    return result.outcome.value if result else None


def deliver(stage: Stage, person: SimulatedPerson, message_id: str, content: Content, at: datetime) -> None:
    stage.gateway.receive(
        MessageSeen(message_id, Scope.STATUS, STATUS_CHAT, person.phone.jid, lid_of(person.phone), False, at, content)
    )
    stage.settle()


def delete(stage: Stage, person: SimulatedPerson, message_id: str) -> None:
    deliver(stage, person, f"R{message_id}", Content(ContentKind.REVOKE, target=message_id), stage.clock.now())


class TestTimeAlive:
    def test_a_status_counts_once_it_has_been_up_for_long_enough(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules(alive_for=6 * HOUR))
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        assert outcome(stage) is None
        stage.clock.advance(6 * HOUR)
        stage.settle()
        assert outcome(stage) == Outcome.CUMPLE

    def test_one_that_is_deleted_too_early_fails_with_the_rule(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules(alive_for=6 * HOUR))
        ana = stage.contact("Ana", "+573001234567")
        posted = ana.post_image(POSTER)
        stage.settle()
        stage.clock.advance(HOUR)
        delete(stage, ana, posted)
        result = stage.result("Ana")
        assert result is not None
        assert (result.outcome, result.broken) == (Outcome.INCUMPLE, (Rule.ALIVE,))

    def test_a_restart_in_between_forgets_nothing(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        a_campaign(stage, CampaignRules(alive_for=HOUR))
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        stage.close()
        stage.clock.advance(2 * HOUR)
        again = Stage(tmp_path, stage.clock)
        again.settle()
        assert outcome(again) == Outcome.CUMPLE
        again.close()


class TestEnd:
    def test_a_campaign_closes_a_day_after_its_end_and_then_too_few_are_incumple(self, stage: Stage) -> None:
        campaign = a_campaign(stage, CampaignRules(ends_at=START + HOUR, least_posts=2))
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        stage.clock.advance(DAY)
        stage.settle()
        assert (stage.tables.campaigns.need(campaign.id).state, outcome(stage)) == (CampaignState.ACTIVE, None)
        stage.clock.advance(HOUR)
        stage.settle()
        assert stage.tables.campaigns.need(campaign.id).state is CampaignState.CLOSED
        result = stage.result("Ana")
        assert result is not None
        assert (result.outcome, result.broken) == (Outcome.INCUMPLE, (Rule.POSTS,))

    def test_what_was_posted_in_time_and_arrives_after_the_end_still_counts(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules(ends_at=START + HOUR))
        ana = stage.contact("Ana", "+573001234567")
        stage.clock.advance(10 * HOUR)
        media = stage.gateway.upload(POSTER, MediaKind.IMAGE, "image/jpeg")
        deliver(stage, ana, "LATE", Content(ContentKind.IMAGE, media=media), START + HOUR / 2)
        assert outcome(stage) == Outcome.CUMPLE

    def test_what_is_posted_outside_the_period_is_not_even_stored(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules(starts_at=START + HOUR, ends_at=START + 2 * HOUR))
        ana = stage.contact("Ana", "+573001234567")
        ana.post_image(POSTER)
        stage.settle()
        stage.clock.advance(3 * HOUR)
        ana.post_image(POSTER)
        stage.settle()
        assert len(stage.tables.captures) == 0

    def test_nobody_is_incumple_for_a_time_that_the_bot_did_not_see(self, tmp_path: Path) -> None:
        stage = Stage(tmp_path)
        a_campaign(stage, CampaignRules(ends_at=START + DAY, least_posts=2))
        stage.contact("Ana", "+573001234567").post_image(POSTER)
        stage.settle()
        stage.close()
        stage.clock.advance(3 * DAY)
        again = Stage(tmp_path, stage.clock)
        again.settle()
        assert outcome(again) is None
        again.close()


class TestFrames:
    def test_every_picture_must_be_shown(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules(all_frames=True), POSTER, BACK)
        ana, luis = stage.contact("Ana", "+573001234567"), stage.contact("Luis", "+573007654321")
        ana.post_image(POSTER)
        luis.post_image(POSTER + BACK)
        stage.settle()
        assert (outcome(stage, "Ana"), outcome(stage, "Luis")) == (None, Outcome.CUMPLE)
        ana.post_image(BACK)
        stage.settle()
        assert outcome(stage, "Ana") == Outcome.CUMPLE


class TestDays:
    def test_each_day_is_counted_by_itself(self, stage: Stage) -> None:
        campaign = a_campaign(stage, CampaignRules(ends_at=START + 2 * DAY, daily=True, zone="America/Bogota"))
        ana = stage.contact("Ana", "+573001234567")
        stage.contact("Luis", "+573007654321")
        ana.post_image(POSTER)
        stage.settle()
        now = stage.clock.now()
        assert daily.today(stage.tables, campaign, now) == OutcomeCounts(cumple=1, pendiente=1)
        stage.clock.advance(DAY)
        now = stage.clock.now()
        assert daily.today(stage.tables, campaign, now) == OutcomeCounts(pendiente=2)
        contact = stage.tables.contacts.need(1)
        assert [day.code for day in outcomes.days_of(stage.tables, campaign, contact, now)] == ["cumple", "pendiente"]


class TestByHand:
    def test_what_was_set_by_hand_stays_until_it_is_taken_back(self, stage: Stage) -> None:
        campaign = a_campaign(stage, CampaignRules())
        ana = stage.contact("Ana", "+573001234567")
        contact = stage.tables.contacts.need(1)
        outcomes.mark(stage.tables, campaign, contact, Outcome.INCUMPLE, "owner", "seen it", stage.clock.now())
        ana.post_image(POSTER)
        stage.settle()
        assert outcome(stage) == Outcome.INCUMPLE
        assert outcomes.unmark(stage.tables, campaign, contact, stage.clock.now())
        assert outcome(stage) == Outcome.CUMPLE
        assert not outcomes.unmark(stage.tables, campaign, contact, stage.clock.now())

    def test_what_a_person_decided_in_doubt_is_not_overruled(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        stage.contact("Ana", "+573001234567").post_image(b"doubtful:" + POSTER)
        stage.settle()
        (judgement,) = stage.tables.judgements.all()
        outcomes.decided(stage.tables, judgement, Verdict.MATCH, "owner", stage.clock.now())
        assert outcome(stage) == Outcome.CUMPLE
        outcomes.record(stage.tables, replace(judgement, verdict=Verdict.NO_MATCH), stage.clock.now())
        assert outcome(stage) == Outcome.CUMPLE
        assert stage.tables.judgements.need(judgement.id).decided_by == "owner"


def test_media_that_turn_out_to_be_no_picture_take_the_miss_back(stage: Stage) -> None:
    a_campaign(stage, CampaignRules())
    ana = stage.contact("Ana", "+573001234567")
    deliver(stage, ana, "K", Content(ContentKind.KEY_ONLY), stage.clock.now())
    assert outcome(stage) == Outcome.NO_CAPTURADO
    deliver(stage, ana, "K", Content(ContentKind.TEXT, "only words"), stage.clock.now())
    (capture,) = stage.tables.captures.find(where("message_id") == "K")
    assert capture.state is CaptureState.OTHER
    assert outcome(stage) is None


class TestProof:
    def send(self, stage: Stage, person: SimulatedPerson, picture: bytes, words: str) -> None:
        self.deliver(stage, person, picture, words)
        stage.settle()

    def deliver(self, stage: Stage, person: SimulatedPerson, picture: bytes, words: str) -> None:
        media = stage.gateway.upload(picture, MediaKind.IMAGE, "image/jpeg")
        content, at = Content(ContentKind.IMAGE, words, media), stage.clock.now()
        chat = person.phone.jid
        stage.gateway.receive(MessageSeen(f"DM{len(words)}", Scope.DIRECT, chat, chat, None, False, at, content))

    def test_a_picture_with_the_word_waits_for_a_person(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        stage.campaign("Other", BACK)
        stage.said.clear()
        self.send(stage, stage.contact("Ana", "+573001234567"), POSTER, "Prueba, mira")
        (judgement,) = stage.tables.judgements.all()
        assert (judgement.verdict, judgement.score) == (Verdict.REVIEW, 90.0)
        assert outcome(stage) is None
        assert any("una persona la va a mirar" in text for text in stage.texts())
        outcomes.decided(stage.tables, judgement, Verdict.MATCH, "owner", stage.clock.now())
        assert outcome(stage) == Outcome.CUMPLE

    def test_one_that_resembles_nothing_is_shown_for_every_campaign(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        stage.campaign("Other", BACK)
        self.send(stage, stage.contact("Ana", "+573001234567"), b"a cat", "PROOF")
        assert [judgement.verdict for judgement in stage.tables.judgements.all()] == [Verdict.REVIEW] * 2

    def test_one_that_cannot_be_read_is_held_against_nobody(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        self.send(stage, stage.contact("Ana", "+573001234567"), NO_PICTURE, "prueba")
        assert outcome(stage) is None
        (judgement,) = reviewing.waiting(stage.tables)
        assert (judgement.verdict, judgement.reason) == (Verdict.REVIEW, MissReason.UNREADABLE)
        assert any("Look and decide: *!review*" in text for text in stage.texts())
        outcomes.decided(stage.tables, judgement, Verdict.MATCH, "owner", stage.clock.now())
        assert outcome(stage) == Outcome.CUMPLE

    def test_one_that_is_fetched_again_in_vain_still_waits_for_a_person(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        self.send(stage, stage.contact("Ana", "+573001234567"), NO_PICTURE, "prueba")
        rejudging.retry(stage.tables, rejudging.missed(stage.tables), stage.clock.now())
        stage.settle()
        assert [capture.state for capture in stage.tables.captures.all()] == [CaptureState.NOT_CAPTURED]
        assert len(reviewing.waiting(stage.tables)) == 1

    def test_the_owner_is_told_of_several_together_and_not_too_often(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        people = [stage.contact(name, f"+57300123456{n}") for n, name in enumerate(("Ana", "Luis", "Eva", "Sol"))]
        stage.said.clear()
        for person, picture in zip(people[:2], (POSTER, BACK), strict=True):
            self.deliver(stage, person, picture, "proof")
        stage.settle()
        assert told(stage) == ["🤖 📎 2 people sent pictures as proof: Ana, Luis\nLook and decide: *!review*"]
        self.deliver(stage, people[2], POSTER, "proof")
        stage.settle(at_most=timedelta(minutes=20))
        self.deliver(stage, people[3], POSTER, "proof")
        stage.settle(at_most=timedelta(minutes=5))
        assert len(told(stage)) == 1
        stage.settle()
        assert told(stage)[1:] == ["🤖 📎 2 people sent pictures as proof: Eva, Sol\nLook and decide: *!review*"]

    def test_the_same_proof_delivered_twice_is_told_once(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        ana = stage.contact("Ana", "+573001234567")
        for _ in range(2):
            self.send(stage, ana, POSTER, "prueba")
        assert told(stage) == ["🤖 📎 Ana sent a picture as proof.\nLook and decide: *!review*"]

    def test_other_pictures_and_strangers_are_no_business_of_the_bot(self, stage: Stage) -> None:
        a_campaign(stage, CampaignRules())
        self.send(stage, stage.contact("Ana", "+573001234567"), POSTER, "look at this")
        self.send(stage, stage.person("Nobody", "+573009998877"), POSTER, "proof")
        assert len(stage.tables.captures) == 0


def told(stage: Stage) -> list[str]:
    """What the owner was told about proofs."""
    return [text for text in stage.texts() if "as proof" in text]

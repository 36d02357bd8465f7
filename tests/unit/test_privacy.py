"""A person can see, take and delete what is kept of them; what is over its time goes by itself."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.flows import cards, expiry, privacy, retention, suppression
from bot.flows.enrolling import Enrolment, enrol
from bot.flows.papers import Sources
from bot.i18n import Catalogue
from bot.model.blocks import Band, BlockIssue, IssueState
from bot.model.campaign import CampaignState
from bot.model.chat import Language
from bot.model.contact import Contact
from bot.model.identity import Phone
from bot.model.job import JobRun, RunState
from bot.model.privacy import Keeping
from bot.papers.makers import MAKERS
from storage.query import where
from tests.support.stage import Stage

POSTER = b"the poster of the campaign"
NUMBER = Phone("+573001234567")
DAY = timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.campaign("Promo", POSTER)
    ana, luis = stage.contact("Ana", NUMBER.number), stage.contact("Luis", "+573007654321")
    ana.post_image(POSTER + b" posted by Ana")
    luis.post_image(POSTER + b" posted by Luis")
    stage.settle()
    yield stage
    stage.close()


def contact(stage: Stage, name: str) -> Contact:
    found = stage.tables.contacts.one(where("name") == name)
    assert found is not None
    return found


def everything(stage: Stage) -> str:
    """All rows as they are stored."""
    return "\n".join(
        json.dumps(document) for name in stage.store.tables() for document in stage.store.table(name).all()
    )


def test_everything_kept_of_a_person_is_shown(stage: Stage) -> None:
    kept = privacy.kept(stage.tables, contact(stage, "Ana"))
    assert (kept.statuses, kept.media, kept.results) == (1, 1, 1)
    lines = Catalogue.load().texts
    words = [phrase.key for phrase in privacy.shown(stage.tables, contact(stage, "Ana"))]
    assert "privacy.consent" in words
    assert all(key in lines["es"] or f"{key}.other" in lines["es"] for key in words)


def test_the_file_holds_the_records_and_the_pictures_of_this_person_only(stage: Stage) -> None:
    sources = Sources(
        tables=stage.tables, media=stage.media, matcher=stage.matcher, catalogue=Catalogue.load(),
        language=Language.EN, zone=ZoneInfo("UTC"), now=stage.clock.now(),
    )  # fmt: skip
    made = MAKERS["personal_data"](sources, {"contact": contact(stage, "Ana").id}, lambda done, total: None)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        records = json.loads(archive.read("data.json"))
        pictures = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
    assert records["contact"]["name"] == "Ana"
    assert len(records["captures"]) == 1
    assert pictures == [POSTER + b" posted by Ana"]
    assert "Luis" not in json.dumps(records)


def test_a_deleted_person_is_nowhere_any_more(stage: Stage) -> None:
    ana = contact(stage, "Ana")
    picture = stage.tables.captures.find(where("contact_id") == ana.id)[0].media_sha256
    addresses = stage.tables.addresses.pluck(where("contact_id") == ana.id, "jid")
    lid = next(str(jid) for (jid,) in addresses if "lid" in jid)
    privacy.erase(stage.tables, ana, stage.clock.now())
    for trace in ("Ana", NUMBER.number[1:], lid.partition("@")[0], picture):
        assert trace not in everything(stage), trace
    assert not retention.needed(stage.tables, Keeping(), stage.clock.now(), [picture])
    assert stage.result("Luis") is not None


def test_a_deleted_number_is_not_added_again_until_they_agree_anew(stage: Stage) -> None:
    now = stage.clock.now()
    privacy.erase(stage.tables, contact(stage, "Ana"), now)
    assert enrol(stage.tables, "Ana", [NUMBER], None, now).how is Enrolment.DELETED
    assert enrol(stage.tables, "Eva", [Phone("+573005550000")], None, now).how is Enrolment.ADDED
    assert suppression.allow(stage.tables, NUMBER)
    assert not suppression.allow(stage.tables, NUMBER)
    assert enrol(stage.tables, "Ana", [NUMBER], None, now).how is Enrolment.ADDED


@pytest.mark.parametrize(("word", "said"), [("Datos", "Estados vistos: 1"), ("DATA!", "Statuses seen: 1")])
def test_a_contact_sees_their_data_by_their_own_word(stage: Stage, word: str, said: str) -> None:
    stage.person("Ana", NUMBER.number).write(word)
    stage.settle()
    assert said in stage.texts()[-1]


@pytest.mark.parametrize(("word", "said"), [("delete", "Everything kept of you was deleted"), ("BORRAR.", "borr")])
def test_a_contact_deletes_their_data_by_their_own_word(stage: Stage, word: str, said: str) -> None:
    stage.person("Ana", NUMBER.number).write(word)
    stage.settle()
    assert said in stage.texts()[-1]
    assert stage.tables.contacts.one(where("name") == "Ana") is None
    expiry.expire(stage.tables, Keeping(), stage.clock.now() + 2 * DAY)
    assert NUMBER.number[1:] not in everything(stage)


def test_what_a_deleted_person_posts_later_is_not_held_back(stage: Stage) -> None:
    ana = stage.person("Ana", NUMBER.number)
    privacy.erase(stage.tables, contact(stage, "Ana"), stage.clock.now())
    stage.look_up("Luis")  # while such an answer is awaited, strangers' statuses are held back
    ana.post_image(b"another status")
    stage.settle(at_most=timedelta(seconds=2))
    assert len(stage.tables.parked) == 0
    assert len(stage.tables.captures) == 1


def test_a_sentence_that_begins_with_the_word_deletes_nothing(stage: Stage) -> None:
    stage.person("Ana", NUMBER.number).write("borrar esa foto por favor")
    stage.settle()
    assert stage.tables.contacts.one(where("name") == "Ana") is not None


def test_the_card_is_drawn_before_the_media_goes_and_stays_with_the_result(stage: Stage) -> None:
    [judgement] = stage.tables.judgements.find(where("contact_id") == contact(stage, "Ana").id)
    media = stage.tables.captures.need(judgement.capture_id).media_sha256
    stage.clock.advance(6 * DAY + timedelta(hours=1))
    sweep(stage)
    assert stage.media.exists(media)
    look(stage)
    card = stage.tables.judgements.need(judgement.id).card
    assert stage.media.exists(card)
    stage.clock.advance(DAY)
    assert retention.needed(stage.tables, Keeping(), stage.clock.now(), {media, card}) == {card}


def test_media_stay_until_their_card_is_drawn(stage: Stage) -> None:
    [judgement] = stage.tables.judgements.find(where("contact_id") == contact(stage, "Ana").id)
    media = stage.tables.captures.need(judgement.capture_id).media_sha256
    assert media in retention.needed(stage.tables, Keeping(), stage.clock.now() + 30 * DAY, [media])


def test_a_card_that_cannot_be_drawn_is_not_tried_for_ever(stage: Stage) -> None:
    for capture in stage.tables.captures.all():
        stage.tables.captures.save(replace(capture, media_sha256="0" * 64))
    stage.clock.advance(7 * DAY)
    look(stage)
    assert {judgement.card for judgement in stage.tables.judgements.all()} == {cards.NONE}


def test_results_of_closed_campaigns_go_after_their_time_and_are_counted(stage: Stage) -> None:
    [campaign] = stage.tables.campaigns.all()
    stage.clock.advance(181 * DAY)
    sweep(stage)
    assert (len(stage.tables.results), len(stage.tables.captures)) == (2, 2)
    stage.tables.campaigns.save(replace(campaign, state=CampaignState.CLOSED))
    sweep(stage)
    assert (len(stage.tables.results), len(stage.tables.captures), len(stage.tables.judgements)) == (0, 0, 0)
    assert retention.counted(stage.tables)["results"] == 2


def test_runs_of_jobs_and_settled_issues_go_after_a_year_and_open_ones_stay(stage: Stage) -> None:
    now = stage.clock.now()
    ana, luis = contact(stage, "Ana"), contact(stage, "Luis")
    for who, state, closed_at in ((ana, IssueState.CLEARED, now), (luis, IssueState.OPEN, None)):
        issue = BlockIssue(0, f"{who.id}:1", who.id, now, now, 60, Band.SUSPICIOUS, 2, now, None, ())
        stage.tables.block_issues.add(replace(issue, state=state, closed_at=closed_at))
    stage.tables.job_runs.add(JobRun(0, "reminder:1", "reminder", "own_reminder", now, now, RunState.DONE))
    expiry.expire(stage.tables, Keeping(), now + 360 * DAY)
    assert len(stage.tables.block_issues) == 2
    assert stage.tables.job_runs.count(where("job") == "reminder") == 1
    expiry.expire(stage.tables, Keeping(), now + 401 * DAY)
    assert [issue.state for issue in stage.tables.block_issues.all()] == [IssueState.OPEN]
    assert stage.tables.job_runs.count(where("job") == "reminder") == 0


def test_an_open_campaign_keeps_only_the_statuses_that_its_results_rest_on(stage: Stage) -> None:
    stage.person("Ana", NUMBER.number).post_text("good morning")
    stage.settle()
    forgotten = stage.campaign("Forgotten", b"a picture that nobody posts any more")
    stage.tables.campaigns.save(replace(forgotten, created_at=stage.clock.now() - 300 * DAY))
    [promo] = stage.tables.campaigns.find(where("name") == "Promo")
    kept = {judgement.capture_id for judgement in stage.tables.judgements.all()}
    assert len(stage.tables.captures) == len(kept) + 1
    stage.clock.advance(181 * DAY)
    sweep(stage)
    assert {capture.id for capture in stage.tables.captures.all()} == kept
    stage.tables.campaigns.save(replace(promo, state=CampaignState.CLOSED))
    sweep(stage)
    assert len(stage.tables.captures) == 0


def test_old_statuses_are_gone_through_a_part_at_a_time(stage: Stage) -> None:
    [capture, *_] = stage.tables.captures.all()
    at = stage.clock.now() - 200 * DAY
    many = 2 * expiry.STATUSES + 5
    for number in range(many):  # in one moment, as a clock that stood still would have it
        stage.tables.captures.add(replace(capture, key=f"1:{number}", message_id=str(number), posted_at=at))
    first = expiry.forget_statuses(stage.tables, Keeping(), stage.clock.now(), at - DAY)
    assert first is not None
    assert len(stage.tables.captures) == 2 + many - expiry.STATUSES
    sweep(stage)
    assert len(stage.tables.captures) == 2


def test_what_was_said_and_asked_goes_after_its_time(stage: Stage) -> None:
    stage.owner.note("!hello")
    stage.settle()
    assert len(stage.tables.orders) > 0
    expiry.expire(stage.tables, Keeping(), stage.clock.now() + 100 * DAY)
    assert (len(stage.tables.orders), len(stage.tables.outbox)) == (0, 0)


def sweep(stage: Stage) -> None:
    """Let the engine delete what has had its time."""
    stage.engine.sweeper.look()
    stage.settle()


def look(stage: Stage) -> None:
    """Let the engine draw what is due."""
    stage.engine.cards.look()
    stage.settle(until=lambda: all(each.card for each in stage.tables.judgements.all()))

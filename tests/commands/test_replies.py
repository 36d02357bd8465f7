"""A reply to a message names what that message is about: the campaign, the contact, the picture."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.flows import bulletins
from bot.flows.jobs import Work
from bot.flows.linking import ACCOUNT
from bot.flows.voice import Voice
from bot.model.capture import Verdict
from bot.model.chat import Language
from bot.model.rules import CampaignRules
from storage.query import where
from tests.commands.desk import BOGOTA, CATALOGUE, OWNER, Desk, a_desk, a_picture

LUIS = "*Luis (#2)*"


def sent(desk: Desk, text: str, **with_it: object) -> str:
    """Ask for something, and give its answer a message id to reply to."""
    desk.ask(text, **with_it)
    answers = [f"reply:{order.key}" for order in desk.tables.orders.all()]
    answer = desk.tables.outbox.find(where("key").one_of(answers))[-1]
    return desk.tables.outbox.save(replace(answer, message_id=f"OURS{answer.id}")).message_id


@pytest.mark.parametrize("shown", ["!contact show Luis", "!why Luis promo", "!stories Luis", "!results search:lui #1"])
def test_a_reply_to_an_answer_about_one_contact_means_them(shown: str) -> None:
    desk = a_desk()
    message = sent(desk, shown)
    for text in ("!contact show", "!stories", "!why promo", "!contact note called me"):
        assert "Luis (#2)" in desk.ask(text, quoted=message)


def test_a_verdict_is_changed_in_reply_to_its_evidence() -> None:
    desk = a_desk()
    message = sent(desk, "!why Luis promo")
    assert "Luis (#2)" in (answer := desk.ask("!mark complied showed me the phone", quoted=message))
    assert "Promo Mayo" in answer and "✅ complied" in answer
    assert "Promo Mayo" in desk.ask("!porqué", quoted=sent(desk, "!marcar cumple", quoted=message))


def test_a_name_in_a_reply_wins_over_the_reply() -> None:
    desk = a_desk()
    message = sent(desk, "!why Luis promo")
    assert "Ana (#1)" in desk.ask("!why Ana", quoted=message)
    assert "Ana (#1)" in desk.ask("!contact show an", quoted=message)
    assert "+57 300 1234567" in desk.ask("!contact show 300 123 4567", quoted=message)


def test_words_of_a_note_in_a_reply_are_no_beginning_of_a_name() -> None:
    desk = a_desk()
    message = sent(desk, "!contact show Luis")
    assert "an old friend" in (answer := desk.ask("!contact note an old friend", quoted=message))
    assert "Luis (#2)" in answer


def test_a_misspelt_name_in_a_reply_changes_nobody() -> None:
    desk = a_desk()
    message = sent(desk, "!why Luis promo")
    before = desk.tables.results.all()
    assert "Annna" in desk.ask("!mark Annna complied", quoted=message)
    assert desk.tables.results.all() == before


def test_a_reply_to_an_answer_about_a_campaign_means_it() -> None:
    desk = a_desk()
    message = sent(desk, "!results feria")
    assert "Feria (#2)" in desk.ask("!campaign show", quoted=message)
    assert "Feria (#2)" in desk.ask("!summary", quoted=message)


def test_a_reply_to_ones_own_command_means_what_it_was_about() -> None:
    desk = a_desk()
    desk.ask("!results feria")
    asked = desk.tables.orders.all()[-1].message_id
    assert "Feria (#2)" in desk.ask("!campaign show", quoted=asked)


def test_a_reply_to_a_report_of_one_campaign_means_it() -> None:
    desk = a_desk()
    desk.tables.facts.set(ACCOUNT, str(OWNER.jid))
    now = desk.clock.now()
    campaign = desk.tables.campaigns.need(2)
    desk.tables.campaigns.save(replace(campaign, rules=CampaignRules(ends_at=now + timedelta(hours=2))))
    desk.declare_jobs()
    job = next(each for each in desk.tables.jobs.all() if each.facts.get(bulletins.CAMPAIGN) == 2)
    voice = Voice(CATALOGUE, Language.EN, BOGOTA)
    assert bulletins.ends_soon(Work(desk.tables, voice, job, now, now))
    said = desk.tables.outbox.all()[-1]
    desk.tables.outbox.save(replace(said, message_id="SOON"))
    assert "Feria (#2)" in desk.ask("!campaign show", quoted="SOON")


def test_a_reply_about_somebody_who_was_deleted_means_nobody() -> None:
    desk = a_desk()
    message = sent(desk, "!contact show Luis")
    desk.tables.contacts.remove(desk.tables.contacts.need(2))
    assert "missing: contact" in desk.ask("!contact show", quoted=message)


def test_a_command_in_reply_to_a_picture_means_that_picture() -> None:
    desk = a_desk()
    forwarded = a_picture()
    assert "97/100" in desk.ask("!test promo", quoted="FORWARDED", quoted_picture=forwarded)
    assert "Proof for Luis (#2)" in desk.ask("!proof Luis promo", quoted="FORWARDED", quoted_picture=forwarded)
    assert "*Coffee (#3)*" in desk.ask("!campaign new Coffee", quoted="FORWARDED", quoted_picture=forwarded)


def test_evidence_is_drawn_in_the_colour_of_what_the_campaign_makes_of_the_score() -> None:
    desk = a_desk()
    promo = desk.tables.campaigns.need(1)
    colours = []
    for yes in (60.0, 99.0):
        desk.tables.campaigns.save(replace(promo, match_yes=yes))
        desk.ask("!test promo", pictures=(a_picture(),))
        evidence = desk.tables.outbox.all()[-1].evidence
        assert evidence is not None
        colours.append(evidence.verdict)
    assert colours == [Verdict.MATCH, Verdict.REVIEW]


def test_against_a_campaign_whose_pictures_are_not_known_any_more_says_so() -> None:
    desk = a_desk()
    assert "97/100" in desk.ask("!test promo", pictures=(a_picture(),))
    desk.ask("!campaign close promo")
    answer = desk.ask("!test promo", pictures=(a_picture(),))
    assert "is not active" in answer
    assert "none of the pictures" not in answer

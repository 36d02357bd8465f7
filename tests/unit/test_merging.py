"""Two contacts become one person: nothing is lost, nothing counts twice, and outcomes follow the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows import merging, outcomes
from bot.model.campaign import Membership, pair_key
from bot.model.contact import Consent, Contact
from bot.model.result import Outcome
from bot.model.rules import CampaignRules
from storage.query import where
from tests.support.stage import Stage

POSTER = b"the poster of the campaign"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    stage.settle()
    yield stage
    stage.close()


def both(stage: Stage) -> tuple[Contact, Contact]:
    return stage.tables.contacts.need(1), stage.tables.contacts.need(2)


def merge(stage: Stage) -> Contact:
    return merging.merge(stage.tables, *both(stage), stage.clock.now())


def test_the_outcome_is_that_of_all_their_statuses_together(stage: Stage) -> None:
    campaign = stage.campaign("Promo", POSTER)
    stage.tables.campaigns.save(replace(campaign, rules=CampaignRules(least_posts=2)))
    one, other = stage.contact("Ana", "+573001234567"), stage.contact("Ana 2", "+573007654321")
    one.post_image(POSTER)
    other.post_image(POSTER)
    stage.settle()
    assert stage.result("Ana") is None
    merge(stage)
    result = stage.result("Ana")
    assert result is not None
    assert result.outcome is Outcome.CUMPLE
    other.post_image(b"a cat")
    stage.settle()
    assert len(stage.tables.captures.find(where("contact_id") == 1)) == 3


def test_who_left_under_one_number_has_left(stage: Stage) -> None:
    stage.contact("Ana", "+573001234567")
    stage.contact("Ana 2", "+573007654321")
    ana, second = both(stage)
    later = stage.clock.now() + timedelta(hours=1)
    stage.tables.contacts.save(replace(second, consent=Consent.WITHDRAWN, consent_at=later))
    merge(stage)
    assert stage.tables.contacts.need(ana.id).consent is Consent.WITHDRAWN


def test_what_was_set_by_hand_stays_and_of_two_the_later(stage: Stage) -> None:
    campaign = stage.campaign("Promo", POSTER)
    stage.contact("Ana", "+573001234567").post_image(POSTER)
    stage.contact("Ana 2", "+573007654321")
    stage.settle()
    _, second = both(stage)
    outcomes.mark(stage.tables, campaign, second, Outcome.INCUMPLE, "owner", "", stage.clock.now())
    merge(stage)
    result = stage.result("Ana")
    assert result is not None
    assert (result.outcome, result.marked_by) == (Outcome.INCUMPLE, "owner")
    assert len(stage.tables.results) == 1


def test_exceptions_to_an_audience_move_unless_there_is_one(stage: Stage) -> None:
    promo, other = stage.campaign("Promo", POSTER), stage.campaign("Other", b"other")
    stage.contact("Ana", "+573001234567")
    stage.contact("Ana 2", "+573007654321")
    ana, second = both(stage)
    for campaign, contact, takes_part in ((promo, ana, True), (promo, second, False), (other, second, False)):
        key = pair_key(campaign.id, contact.id)
        stage.tables.memberships.add(Membership(0, key, campaign.id, contact.id, takes_part))
    merge(stage)
    found = {member.campaign_id: member.takes_part for member in stage.tables.memberships.all()}
    assert found == {promo.id: True, other.id: False}

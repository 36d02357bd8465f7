"""`/api/status` is what its schema says: nothing is missing, nothing else is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.model.chat import Phrase
from bot.model.link import LinkState
from bot.model.overview import RecentEvent, RiskView
from tests.support.clock import START
from tests.support.overviews import ACCOUNT, QR_CODE, a_busy_overview, an_overview
from tests.web.conftest import Visit

SCHEMA = Path(__file__).parents[2] / "docs" / "api" / "status.schema.json"


def closed(schema: Any) -> Any:
    """The schema in which a field that it does not name is a fault: others may ignore new fields, we must name them."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(each) for name, each in schema.items()}
    is_object = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    return {"additionalProperties": False, **inner} if is_object else inner


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = closed(json.loads(SCHEMA.read_text("utf-8")))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("state", LinkState)
def test_every_state_of_the_link_fits_the_schema(
    visit: Visit, validator: Draft202012Validator, state: LinkState
) -> None:
    for shown in (an_overview(state), a_busy_overview(state)):
        validator.validate(visit(shown).get("/api/status").json)


def test_the_schema_would_notice_what_does_not_fit(visit: Visit, validator: Draft202012Validator) -> None:
    document = visit(a_busy_overview()).get("/api/status").json
    assert document is not None
    for broken in (
        {**document, "qr": QR_CODE},
        {**document, "link": {**document["link"], "state": "fine"}},
        {**document, "link": {**document["link"], "account": f"+{ACCOUNT.user}"}},
        {**document, "contacts": -1},
        {**document, "at": "yesterday"},
        {name: part for name, part in document.items() if name != "trends"},
    ):
        assert not validator.is_valid(broken)


def test_sentences_within_facts_are_told_by_their_key(visit: Visit, validator: Draft202012Validator) -> None:
    event = RecentEvent(START, "link", {"state": Phrase("link.connected")})
    shown = replace(an_overview(), events=(event,), risk=RiskView("red", (Phrase("risk.many_failures"),)))
    document = visit(shown).get("/api/status").json
    assert document is not None
    validator.validate(document)
    assert document["events"][0]["facts"] == {"state": "link.connected"}
    assert document["risk"] == {"level": "red", "reasons": ["risk.many_failures"]}


def test_what_was_looked_back_at_is_told(visit: Visit) -> None:
    document = visit(a_busy_overview()).get("/api/status").json
    assert document is not None
    trends = document["trends"]
    assert len(trends["days"]) == 30
    today = {"start": "2026-05-06T05:00:00+00:00", "seen_seconds": 27_000, "passed_seconds": 32_400}
    assert trends["days"][-1] == today
    assert trends["blind"][-1]["reason"] == "reconnecting"
    assert trends["posts"][0].keys() == {"start", "judged", "waiting", "not_captured", "other"}

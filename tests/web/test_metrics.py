"""What Prometheus is told, who may ask, and that the sample dashboard and rules ask for what there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.model.link import LinkState
from tests.support.overviews import ACCOUNT, QR_CODE, a_busy_overview, an_overview
from tests.web.conftest import Visit
from webstatus.access import MOST_FAILURES

MONITORING = Path(__file__).parents[2] / "docs" / "monitoring"
TOKEN = "a-token-that-is-long-enough"
SAMPLES = sorted(path for path in MONITORING.iterdir() if path.suffix != ".md")
#: Not of ours: Prometheus makes them itself.
ITS_OWN = {"up"}


def samples(text: str) -> dict[str, float]:
    """Each sample's value by its name and labels, as they stand in a query: `name{label="value"}`."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_the_figures_are_those_of_the_overview(visit: Visit) -> None:
    answer = visit(a_busy_overview()).get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    told = samples(answer.text)
    for sample, value in {
        'testigo_build_info{version="0.1.0"}': 1,
        'testigo_link_state{state="connected"}': 1,
        'testigo_link_state{state="deaf"}': 0,
        'testigo_coverage_ratio{period="today"}': 7.5 / 9,
        'testigo_coverage_ratio{period="30d"}': 679.5 / 705,
        "testigo_contacts": 74,
        'testigo_captures{state="judged"}': 171,
        'testigo_results{campaign="12",outcome="cumple"}': 41,
        'testigo_reviews{campaign="12"}': 3,
        'testigo_outbox_messages{state="in_doubt"}': 1,
        'testigo_send_limit_used{limit="contacts_hour"}': 44,
        'testigo_send_limit_max{limit="contacts_hour"}': 50,
        'testigo_health_ok{check="faults"}': 0,
        'testigo_alerts_open{severity="critical"}': 1,
        "testigo_risk_level": 1,
        'testigo_job_last_run_ok{job="evening_summary"}': 0,
        "testigo_snapshot_timestamp_seconds": a_busy_overview().at.timestamp(),
    }.items():
        assert told[sample] == pytest.approx(value), sample


@pytest.mark.parametrize("state", LinkState)
def test_exactly_one_state_of_the_link_is_on(visit: Visit, state: LinkState) -> None:
    told = samples(visit(an_overview(state)).get("/metrics").text)
    states = {name: value for name, value in told.items() if name.startswith("testigo_link_state{")}
    assert len(states) == len(LinkState)
    assert [name for name, value in states.items() if value] == [f'testigo_link_state{{state="{state}"}}']


def test_nobody_is_named(visit: Visit) -> None:
    lines = visit(a_busy_overview(LinkState.QR_SHOWN)).get("/metrics").text.splitlines()
    ours = "\n".join(line for line in lines if not line.startswith("process_"))  # bytes of memory hold any digits
    assert "testigo_link_state" in ours
    for secret in ("Promo", "Ana", "Luis", ACCOUNT.user, "4567", QR_CODE, "812"):
        assert secret not in ours


def test_names_follow_the_conventions_of_prometheus(visit: Visit) -> None:
    for family in text_string_to_metric_families(visit().get("/metrics").text):
        assert re.fullmatch(r"(testigo|process)_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        if "timestamp" in family.name:
            assert family.name.endswith("_timestamp_seconds")


def test_only_those_with_the_token_are_told(visit: Visit) -> None:
    browser = visit(token=TOKEN, host="bot.example")
    refused = browser.get("/metrics")
    assert (refused.status_code, refused.json) == (401, {"error": "unauthorized"})
    assert browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_answers_are_counted_and_strange_addresses_together(visit: Visit) -> None:
    browser = visit()
    for path in ("/healthz", "/no", "/nowhere", "/../etc/passwd"):
        browser.get(path)
    told = samples(browser.get("/metrics").text)
    assert told['testigo_page_answers_total{code="200",endpoint="healthz"}'] == 1
    assert told['testigo_page_answers_total{code="404",endpoint="none"}'] == 3


def test_before_anything_was_looked_back_at_there_is_no_coverage_of_the_past(visit: Visit) -> None:
    told = samples(visit(an_overview()).get("/metrics").text)
    assert not [name for name in told if name.startswith("testigo_coverage_ratio")]


@pytest.mark.parametrize("document", SAMPLES, ids=lambda path: path.name)
def test_the_samples_ask_for_what_there_is(visit: Visit, document: Path) -> None:
    browser = visit(a_busy_overview(), token=TOKEN)
    for _ in range(MOST_FAILURES + 1):
        browser.get("/", headers={"X-Auth-Token": "a guess"})
    browser.post("/login", data={"token": TOKEN}, environ_base={"REMOTE_ADDR": "198.51.100.7"})
    told = samples(browser.get("/metrics").text)
    known = {name.partition("{")[0] for name in told} | ITS_OWN
    for query in queries(document):
        asked = set(re.findall(r"\b(?:testigo|process)_[a-z_]+|\bup\b", query))
        assert asked, query
        assert asked <= known, query
        for name, labels in re.findall(r"(testigo_[a-z_]+)\{([^}]*)\}", query):
            for label in labels.split(","):
                key, _, value = label.partition("=")
                if value and "$" not in value:
                    assert any(each.startswith(name) and f"{key}={value}" in each for each in told), query


def queries(document: Path) -> Iterator[str]:
    """Every PromQL expression in a dashboard or a file of rules."""
    text = document.read_text("utf-8")
    yield from _expressions(json.loads(text) if document.suffix == ".json" else yaml.safe_load(text))


def _expressions(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _expressions(each)
    elif isinstance(part, dict):
        for name, each in part.items():
            if name == "expr":
                yield each
            else:
                yield from _expressions(each)


def test_every_metric_is_explained(visit: Visit) -> None:
    explained = (MONITORING / "README.md").read_text("utf-8")
    for family in text_string_to_metric_families(visit().get("/metrics").text):
        if family.name.startswith("testigo_"):
            assert f"`{family.name}" in explained, family.name

"""Every text whose key is put together from a value exists, for every value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.model.campaign import CampaignState
from bot.model.capture import MissReason
from bot.model.chat import Role
from bot.model.contact import Consent
from bot.model.link import LinkState
from bot.model.pacing import Limits, SendWindow
from bot.model.result import PENDIENTE, Outcome
from bot.vision import AdviceKind
from bot.vision.errors import MediaFault
from commands.declaration import Group
from tests.commands.desk import CATALOGUE
from tests.support.clock import START

#: What the fetching of pictures may say besides the matcher's own faults (bot.flows.control).
FETCHING_FAULTS = ("not_a_picture", "gone", "unreachable", "too_large")
#: What reading a list may say (bot.flows.table_files).
TABLE_FAULTS = (
    "not_a_table", "old_spreadsheet", "empty_table", "too_many_rows", "too_many_columns", "table_too_large",
)  # fmt: skip


def keys() -> Iterator[str]:
    for outcome in (*(each.value for each in Outcome), PENDIENTE):
        yield f"outcome.{outcome}"
        yield f"icon.{outcome}"
    for prefix, kind in (
        ("reason", MissReason),
        ("consent", Consent),
        ("campaign_state", CampaignState),
        ("group", Group),
        ("link", LinkState),
        ("attachment", MediaFault),
    ):
        yield from (f"{prefix}.{each.value}" for each in kind)
    yield from (f"attachment.{fault}" for fault in (*FETCHING_FAULTS, *TABLE_FAULTS))
    yield from (f"role.{role.name.lower()}" for role in Role)
    yield from (f"limits.name.{use.limit.value}" for use in SendWindow(Limits(), START).use(START))
    for kind_of_advice in AdviceKind:
        if kind_of_advice is AdviceKind.TOO_LITTLE_DETAIL:
            yield f"advice.{kind_of_advice.value}.alone"
        else:
            yield f"advice.{kind_of_advice.value}.here"
            yield f"advice.{kind_of_advice.value}.elsewhere"


@pytest.mark.parametrize("key", list(keys()))
def test_the_text_exists(key: str) -> None:
    assert CATALOGUE.has(key, "en")

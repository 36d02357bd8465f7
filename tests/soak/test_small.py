"""The soak in a small size: nothing is lost, nothing is judged twice, and the outcomes are what was posted."""

from __future__ import annotations

from pathlib import Path

from tests.soak.load import SMALL, Soak


def test_every_status_is_judged_once_for_every_campaign_and_counted_rightly(tmp_path: Path) -> None:
    soak = Soak(tmp_path, SMALL, memory=lambda: 0)
    blocks = list(soak.run())
    soak.finish()
    tables = soak.stage.tables
    unreadable = sum(not post.is_readable for post in soak.posted)
    assert [block.statuses for block in blocks] == [50, 100, 150]
    assert (soak.judged(), soak.missed()) == (150 - unreadable, unreadable)
    assert len(tables.captures) == 150
    assert len(tables.judgements) == 150 * SMALL.campaigns
    assert soak.counted() == soak.expected()
    assert len(tables.dead_letters) == 0
    soak.stage.close()

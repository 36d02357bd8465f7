"""A chart as a picture to be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.flows.papers import Made, Progress, Sources
from bot.papers.charts import CHARTS
from bot.papers.reader import campaign_of, reader_of


def chart(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
    """Facts: `chart`, a name in CHARTS; `campaign`, its id, or None for all; `days` to look back, or None."""
    draw, campaign = CHARTS[facts["chart"]], campaign_of(sources, facts)
    drawn = draw(sources.tables, reader_of(sources), campaign, facts.get("days"))
    return Made(drawn.picture, "image/png", f"{facts['chart']}.png", drawn.caption)

"""Which campaigns are shown where there are very many: the active ones first, of these the newest."""

from __future__ import annotations

from bot.model.campaign import CampaignState
from bot.model.overview import CampaignView, Overview

#: Of the page's table, and of the document for programs; how many more there are is told.
ON_PAGE, IN_DOCUMENT = 20, 100


def shortlist(overview: Overview, most: int) -> tuple[list[CampaignView], int]:
    """The campaigns to show, in their own order, and how many are left out."""
    by_weight = sorted(overview.campaigns, key=lambda each: (each.state != CampaignState.ACTIVE, -each.id))
    chosen = {campaign.id for campaign in by_weight[:most]}
    return [each for each in overview.campaigns if each.id in chosen], len(by_weight[most:])

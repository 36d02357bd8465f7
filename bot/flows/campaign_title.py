"""The head of every report about a campaign: which day of it this is."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from bot.model.campaign import Campaign
from bot.model.chat import Phrase, say


def title(campaign: Campaign, zone: tzinfo, now: datetime) -> Phrase:
    """Which day of the campaign it is, and of how many if it has an end."""
    rules, facts = campaign.rules, {"name": campaign.name, "id": campaign.id, "at": now}
    first = (rules.starts_at or campaign.created_at).astimezone(zone).date()
    day = (now.astimezone(zone).date() - first).days + 1
    if day < 1:
        return say("summary.title_before", start=rules.starts_at, **facts)
    if rules.ends_at is None:
        return say("summary.title", day=day, **facts)
    days = ((rules.ends_at - timedelta(microseconds=1)).astimezone(zone).date() - first).days + 1
    if now >= rules.ends_at:
        return say("summary.title_after", days=days, **facts)
    return say("summary.title_of", day=day, days=days, **facts)

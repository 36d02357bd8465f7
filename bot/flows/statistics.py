"""What the reports count: posts by day and by hour, campaigns by their rate, contacts by how often they comply."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import TypeVar

from bot.flows import people, tally
from bot.model.campaign import Campaign
from bot.model.capture import Verdict
from bot.model.contact import Contact
from bot.model.identity import CaptureId, ContactId
from bot.model.overview import OutcomeCounts
from bot.model.result import Outcome
from storage.query import where
from storage.tables import Tables

K = TypeVar("K", bound=Hashable)

#: What a post may be found to be, the best first: compared with several campaigns it counts once, as the best of them.
_BEST_FIRST = (Verdict.MATCH, Verdict.REVIEW, Verdict.NO_MATCH, Verdict.NOT_CAPTURED)


@dataclass(frozen=True)
class Post:
    """One status by somebody who takes part, compared with one campaign, or with all."""

    contact_id: ContactId
    at: datetime  #: when it was posted
    verdict: Verdict


@dataclass(frozen=True)
class Posts:
    """How many posts were found to be what."""

    match: int = 0
    no_match: int = 0
    not_captured: int = 0
    review: int = 0

    @property
    def total(self) -> int:
        return self.match + self.no_match + self.not_captured + self.review


@dataclass(frozen=True)
class CampaignRate:
    campaign: Campaign
    counts: OutcomeCounts
    total: int  #: how many take part

    @property
    def share(self) -> Fraction:
        """Of those who take part, how many comply; 0-1."""
        return Fraction(self.counts.cumple, self.total)


@dataclass(frozen=True)
class Record:
    """How one contact did in all campaigns they take part in."""

    contact: Contact
    complied: int
    failed: int  #: incumple and no_capturado


def posts(tables: Tables, campaign: Campaign | None) -> list[Post]:
    """The posts that were compared, by time; those of contacts who left or are paused are in no report."""
    willing = people.taking_part(tables)
    among = people.among(tables, campaign, willing) if campaign else willing
    wanted = where("campaign_id") == campaign.id if campaign else where("campaign_id") > 0
    best: dict[CaptureId, Post] = {}
    fields = ("capture_id", "contact_id", "posted_at", "verdict")
    for capture_id, contact_id, posted_at, verdict in tables.judgements.pluck(wanted, *fields):
        if contact_id in among:
            found = Post(contact_id, datetime.fromtimestamp(posted_at / 1000, UTC), Verdict(verdict))
            best[capture_id] = min(best.get(capture_id, found), found, key=lambda post: _BEST_FIRST.index(post.verdict))
    return sorted(best.values(), key=lambda post: post.at)


def by_day(found: Iterable[Post], zone: tzinfo, first: date, last: date) -> dict[date, Posts]:
    """The posts of each local day from the first to the last, also of the days without any."""
    days = {first + timedelta(days=ago): Posts() for ago in range((last - first).days + 1)}
    for day, counted in _counted((post.at.astimezone(zone).date(), post.verdict) for post in found):
        if day in days:
            days[day] = counted
    return days


def by_hour(found: Iterable[Post], zone: tzinfo) -> dict[int, Posts]:
    """The posts of each hour of the local day, 0-23, of all days together."""
    counted = dict(_counted((post.at.astimezone(zone).hour, post.verdict) for post in found))
    return {hour: counted.get(hour, Posts()) for hour in range(24)}


def added(several: Iterable[Posts]) -> Posts:
    """All of them together."""
    kept = list(several)
    return Posts(
        sum(each.match for each in kept),
        sum(each.no_match for each in kept),
        sum(each.not_captured for each in kept),
        sum(each.review for each in kept),
    )


def rates(tables: Tables) -> list[CampaignRate]:
    """The campaigns that somebody takes part in, the most successful first."""
    found = []
    for campaign in tables.campaigns.all():
        counts = tally.outcomes(tables, campaign)
        total = counts.cumple + counts.incumple + counts.no_capturado + counts.pendiente
        if total:
            found.append(CampaignRate(campaign, counts, total))
    return sorted(found, key=lambda rate: (-rate.share, rate.campaign.id))


def records(tables: Tables) -> list[Record]:
    """How each contact did, those with any result; in no order."""
    willing = people.taking_part(tables)
    complied: Counter[ContactId] = Counter()
    failed: Counter[ContactId] = Counter()
    for contact_id, outcome in tables.results.pluck(where("campaign_id") > 0, "contact_id", "outcome"):
        (complied if outcome == Outcome.CUMPLE else failed)[contact_id] += 1
    contacts = (contact for contact in tables.contacts.all() if contact.id in willing)
    return [
        Record(contact, complied[contact.id], failed[contact.id])
        for contact in contacts
        if complied[contact.id] or failed[contact.id]
    ]


def top_compliers(found: Iterable[Record]) -> list[Record]:
    """Those who complied at all, most often first."""
    compliers = [record for record in found if record.complied]
    return sorted(compliers, key=lambda record: (-record.complied, record.failed, record.contact.id))


def top_failing(found: Iterable[Record]) -> list[Record]:
    """Those who failed at all, most often first."""
    failing = [record for record in found if record.failed]
    return sorted(failing, key=lambda record: (-record.failed, record.complied, record.contact.id))


def _counted(keyed: Iterable[tuple[K, Verdict]]) -> Iterator[tuple[K, Posts]]:
    """What the posts of each key were found to be."""
    verdicts: defaultdict[K, Counter[Verdict]] = defaultdict(Counter)
    for key, verdict in keyed:
        verdicts[key][verdict] += 1
    for key, count in verdicts.items():
        yield key, Posts(**{verdict.value: times for verdict, times in count.items()})

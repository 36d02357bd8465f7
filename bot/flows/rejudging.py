"""Statuses are judged again because frames or thresholds changed, and fetched again when they were not captured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.flows import judging, outcomes, papers
from bot.i18n import Catalogue
from bot.model.campaign import Campaign
from bot.model.capture import Capture, CaptureState, Judgement, MissReason
from bot.model.chat import Language, Order
from bot.model.event import ContentKind
from bot.model.identity import ContactId
from bot.model.matching import Thresholds
from bot.model.rerun import Rerun
from storage.query import where
from storage.tables import Tables

#: Misses that another download or another look may mend; the others never had a file.
_WORTH_RETRYING = frozenset(
    {MissReason.EXPIRED, MissReason.REFUSED, MissReason.UNREACHABLE, MissReason.TOO_LARGE, MissReason.UNREADABLE,
     MissReason.HOSTILE, MissReason.FAULT}
)  # fmt: skip
#: Between two edits of the message that tells how far it is.
TELL_EVERY = timedelta(seconds=5)


def by_new_bands(tables: Tables, campaign: Campaign, default: Thresholds, now: datetime) -> int:
    """Say anew what the known scores mean, without looking at any file; returns how many results changed."""
    bands = judging.bands_of(campaign, default)
    for judgement in tables.judgements.find(where("campaign_id") == campaign.id):
        capture = tables.captures.get(judgement.capture_id)
        if capture is not None and judgement.frame_id is not None and not judgement.decided_by:
            again = judging.in_bands(judgement, capture, bands)
            if again != judgement:
                tables.judgements.save(again)
    return outcomes.settle_all(tables, campaign, now)


def missed(tables: Tables, contact_id: ContactId | None = None) -> list[Capture]:
    """The statuses that were not captured, of one contact or of all, and that have a file to fetch."""
    is_missed = where("state") == CaptureState.NOT_CAPTURED.value
    theirs = is_missed & (where("contact_id") == contact_id) if contact_id else is_missed
    found = tables.captures.find(theirs, order_by="posted_at")
    return [capture for capture in found if capture.media is not None and capture.reason in _WORTH_RETRYING]


def retry(tables: Tables, captures: Iterable[Capture], now: datetime) -> None:
    """Fetch statuses again; what they come to then takes the place of the miss."""
    for capture in captures:
        tables.captures.save(replace(capture, state=CaptureState.TO_FETCH, due_at=now, tries=0, settled_at=None))


def reprocessable(tables: Tables, campaign: Campaign) -> list[Capture]:
    """The statuses of a campaign that can be compared once more: no person decided, and their file may be here."""
    return [capture for _, capture in _reprocessable(tables, campaign)]


def reprocess(tables: Tables, campaign: Campaign, order: Order, language: Language, now: datetime) -> int:
    """Compare a campaign's statuses with its frames once more; returns how many. The end is told by `tell`."""
    found = reprocessable(tables, campaign)
    for capture in found:
        tables.captures.save(replace(capture, state=CaptureState.TO_JUDGE, due_at=now, again_for=campaign.id))
    if found:
        tables.reruns.add_once(Rerun(0, order.key, campaign.id, language, len(found), now, now))
    return len(found)


def tell(tables: Tables, catalogue: Catalogue, now: datetime) -> bool:
    """Tell how far the reruns are, each by one message that is edited; returns whether there was anything to tell."""
    told = False
    for rerun in tables.reruns.all():
        waiting = where("state") == CaptureState.TO_JUDGE.value
        left = tables.captures.count(waiting & (where("again_for") == rerun.campaign_id))
        if not left or now - rerun.told_at >= TELL_EVERY:
            _tell(tables, catalogue, rerun, left, now)
            told = True
    return told


def _tell(tables: Tables, catalogue: Catalogue, rerun: Rerun, left: int, now: datetime) -> None:
    order = tables.orders.one(where("key") == rerun.key)
    if order is not None:
        key = "rejudge.progress" if left else "rejudge.done"
        words = catalogue.say(key, rerun.language, done=rerun.total - left, total=rerun.total, id=rerun.campaign_id)
        papers.tell(tables, order, words, now)
        if not left:
            papers.react(tables, order, papers.READY, "end", now)
    if left:
        tables.reruns.save(replace(rerun, told_at=now))
    else:
        tables.reruns.remove(rerun)


def watched_in_part(tables: Tables, before: Campaign, after: Campaign, default: Thresholds) -> int:
    """How many videos were left once they had shown what was enough before, and is not enough now."""
    was, now = (judging.sought_by(tables, campaign, default) for campaign in (before, after))
    if now.sure <= was.sure and now.every_one <= was.every_one:
        return 0
    found = _reprocessable(tables, after)
    return sum(capture.kind is ContentKind.VIDEO and judgement.score >= was.sure for judgement, capture in found)


def _reprocessable(tables: Tables, campaign: Campaign) -> Iterator[tuple[Judgement, Capture]]:
    for judgement in tables.judgements.find(where("campaign_id") == campaign.id):
        capture = None if judgement.decided_by else tables.captures.get(judgement.capture_id)
        if capture is not None and capture.state is CaptureState.JUDGED and capture.media_sha256:
            yield judgement, capture

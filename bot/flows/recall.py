"""A file that was compared before, with the same frames, is judged from memory: it counts as a post all the same.

Only what was downloaded and hashed by us counts as the same file: the hash in a message is its sender's word.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.flows import judging
from bot.flows.judging import Question, bands_of
from bot.model.campaign import pair_key
from bot.model.capture import Capture, CaptureState, Judgement
from bot.model.matching import Thresholds
from storage.query import where
from storage.tables import Tables


def judged_before(tables: Tables, asked: Question, thresholds: Thresholds, now: datetime) -> bool:
    """Settle the capture by an earlier comparison of the same file; False when there was none."""
    earlier = _earlier(tables, asked)
    if earlier is None:
        return False
    of_earlier = tables.judgements.find(where("capture_id") == earlier.id)
    if {judgement.campaign_id for judgement in of_earlier} != asked.of_campaign().keys():
        return False
    capture = replace(asked.capture, compared_with=asked.digest)
    judgements = [_again(tables, judgement, capture, thresholds, now) for judgement in of_earlier]
    judging.settle(tables, capture, judgements, now)
    return True


def _earlier(tables: Tables, asked: Question) -> Capture | None:
    wanted = asked.capture
    same = (
        (where("media_sha256") == wanted.media_sha256)
        & (where("compared_with") == asked.digest)
        & (where("state") == CaptureState.JUDGED.value)
        & (where("kind") == wanted.kind.value)
    )
    found = None if wanted.from_thumbnail else tables.captures.one(same)
    return None if found is None or found.from_thumbnail else found


def _again(tables: Tables, judgement: Judgement, capture: Capture, thresholds: Thresholds, now: datetime) -> Judgement:
    """The same scores for another post, by today's bands; what a person decided about the other stays with it."""
    fresh = replace(
        judgement,
        id=0,
        key=pair_key(capture.id, judgement.campaign_id),
        capture_id=capture.id,
        contact_id=capture.contact_id,
        posted_at=capture.posted_at,
        judged_at=now,
        due_at=None,
        decided_by="",
        decided_at=None,
    )
    return judging.in_bands(fresh, capture, bands_of(tables.campaigns.need(judgement.campaign_id), thresholds))

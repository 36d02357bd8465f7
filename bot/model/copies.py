"""One post in several copies: delivered again, sent smaller and better, late, or deleted before it was seen.

Whatever comes first, it is one capture. It is looked at by its best copy; the other is a spare.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.model.capture import Capture, CaptureState, MissReason
from bot.model.event import ContentKind, Media

#: Kinds that announce a post whose content may still come, and why it is missing if it never does.
WAITS_FOR_MEDIA = {
    ContentKind.KEY_ONLY: MissReason.NEVER_CAME,
    ContentKind.UNDECRYPTABLE: MissReason.UNDECRYPTABLE,
    ContentKind.WITHHELD: MissReason.WITHHELD,
}
#: Misses that the post itself still mends, however late it comes.
_MENDABLE = frozenset(WAITS_FOR_MEDIA.values())


def is_awaited(capture: Capture) -> bool:
    """Whether the post itself has not been seen yet: only a sign of it, its failure, or its deletion."""
    if capture.state is CaptureState.NOT_CAPTURED:
        return capture.reason in _MENDABLE
    return capture.state is CaptureState.TICKET or capture.kind is ContentKind.REVOKE


def met(known: Capture, again: Capture, *, is_matched: bool) -> Capture:
    """The capture after its post came once more; `known` itself when that told nothing new.

    `again` is what it would be if it came for the first time; `is_matched`: it shows a frame, and is settled for good.
    """
    if again.state is CaptureState.TICKET and known.kind is not ContentKind.REVOKE:
        return _told_more(known, again)
    if is_awaited(known):
        first = min(known.posted_at, again.posted_at)
        return replace(again, id=known.id, posted_at=first, received_at=known.received_at, removed_at=known.removed_at)
    if again.media is None or known.media is None or _is_known(again.media, known):
        return known
    return _with_copy(known, again, again.media, is_matched=is_matched)


def fetching(capture: Capture, media: Media, now: datetime) -> Capture:
    """Begin with a file, whatever came of an earlier one."""
    return replace(
        capture,
        state=CaptureState.TO_FETCH,
        media=media,
        kind=ContentKind(media.kind.value),
        tries=0,
        due_at=now,
        reason=None,
        detail="",
        from_thumbnail=False,
        settled_at=None,
    )


def next_copy(capture: Capture, now: datetime, *, only_better: bool = False) -> Capture | None:
    """The capture with its spare in use; None when there is none, or none better."""
    spare, used = capture.spare, capture.media
    if spare is None or (only_better and not (spare.is_hd and used is not None and not used.is_hd)):
        return None
    return replace(fetching(capture, spare, now), spare=None)


def _told_more(known: Capture, again: Capture) -> Capture:
    """Another sign of a post that has not come: that it could not be decrypted says more than its key alone."""
    is_vague = known.state is CaptureState.TICKET and known.kind is ContentKind.KEY_ONLY
    return replace(known, kind=again.kind) if is_vague else known


def _is_known(media: Media, capture: Capture) -> bool:
    return media.payload in {copy.payload for copy in (capture.media, capture.spare) if copy}


def _with_copy(known: Capture, again: Capture, copy: Media, *, is_matched: bool) -> Capture:
    """Another copy of a post that was seen already."""
    assert known.media is not None
    assert again.due_at is not None
    both = replace(
        known,
        posted_at=min(known.posted_at, again.posted_at),
        caption=known.caption or again.caption,
        flags=known.flags | again.flags,
    )
    is_better = copy.is_hd and not known.media.is_hd
    match known.state:
        case CaptureState.TO_FETCH if is_better:
            return replace(fetching(both, copy, again.due_at), spare=known.media)
        case CaptureState.TO_FETCH | CaptureState.TO_JUDGE:
            return replace(both, spare=copy)
        case CaptureState.NOT_CAPTURED:
            return fetching(both, copy, again.due_at)
        case CaptureState.JUDGED if is_better and not is_matched:
            return fetching(both, copy, again.due_at)
        case _:
            return both

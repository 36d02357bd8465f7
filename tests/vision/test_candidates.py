"""Which candidates deserve a closer look."""

from __future__ import annotations

from bot.vision.candidates import Candidate, find_candidates, shortlist
from bot.vision.decode import decode_image
from bot.vision.features import FRAME_SIDE, extract
from bot.vision.frame import make_frame
from bot.vision.index import FrameIndex
from tests.vision.pictures import FRAMES, cropped, jpeg, photo, photo_bytes


def candidates(*votes: float) -> list[Candidate]:
    return [Candidate(str(number), mirrored=False, votes=each) for number, each in enumerate(votes)]


def names(found: list[Candidate]) -> list[str]:
    return [candidate.frame_id for candidate in found]


def test_candidates_far_behind_the_first_are_left_out() -> None:
    assert names(shortlist(candidates(20.0, 9.0, 1.0), 6, frames=10)) == ["0", "1"]


def test_of_weak_candidates_only_the_first_is_looked_at() -> None:
    assert names(shortlist(candidates(0.4, 0.39), 6, frames=10)) == ["0"]
    assert shortlist(candidates(0.1), 6, frames=10) == []
    assert shortlist([], 6, frames=0) == []


def test_among_many_frames_more_candidates_are_looked_at_and_fewer_votes_suffice() -> None:
    many = candidates(*[0.3] * 30)
    assert len(shortlist(many, 6, frames=128)) == 1
    assert len(shortlist(many, 6, frames=128 * 64)) == 12


def test_the_right_frame_has_the_heaviest_vote() -> None:
    index = FrameIndex()
    for name in FRAMES:
        frame = make_frame(decode_image(photo_bytes(name), FRAME_SIDE).pixels)
        index.add(name, frame.plain, frame.mirror)
    status = extract(decode_image(jpeg(cropped(photo("rocket"), 0.5)), 900).pixels, 4000)
    first, *others = find_candidates(index, status)
    assert (first.frame_id, first.mirrored) == ("rocket", False)
    assert all(other.votes < first.votes for other in others)

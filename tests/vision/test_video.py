"""Frames are found in videos, with the time at which they are shown."""

from __future__ import annotations

import io
from collections.abc import Generator

import av
import numpy as np
import pytest
from PIL import ImageOps

from bot.vision import Band, InProcessDecoder, Matcher, MediaError, MediaFault, band
from bot.vision.decode import Picture
from bot.vision.video import MAX_PICTURES, sample_video
from tests.vision.pictures import photo, photo_bytes, video


def test_a_frame_shown_late_between_key_frames_is_found_with_its_time(matcher: Matcher) -> None:
    media = video([(photo("brick"), 2.0), (photo("clock"), 2.0), (photo("coffee"), 2.0), (photo("coins"), 2.0)])
    best = matcher.match(media, "video")[0]
    assert (best.frame_id, band(best.score)) == ("coffee", Band.YES)
    assert best.time is not None
    assert 4.0 <= best.time < 6.0


def test_a_mirrored_video_is_recognised(matcher: Matcher) -> None:
    best = matcher.match(video([(ImageOps.mirror(photo("astronaut")), 1.0)]), "video")[0]
    assert (best.frame_id, best.mirrored, band(best.score)) == ("astronaut", True, Band.YES)


def test_a_video_of_something_else_matches_nothing(matcher: Matcher) -> None:
    media = video([(photo("brick"), 1.0), (photo("camera"), 1.0)])
    assert all(band(found.score) is Band.NO for found in matcher.match(media, "video"))


def test_the_region_is_given_in_pixels_of_the_video(matcher: Matcher) -> None:
    best = matcher.match(video([(photo("astronaut"), 1.0)], size=(480, 800)), "video")[0]
    assert best.quad is not None
    for (x, y), (expected_x, expected_y) in zip(best.quad, [(0, 160), (480, 160), (480, 640), (0, 640)], strict=True):
        assert abs(x - expected_x) < 8
        assert abs(y - expected_y) < 8


def test_a_video_is_watched_until_what_was_found_is_enough(matcher: Matcher) -> None:
    media = video([(photo("rocket"), 1.0), (photo("brick"), 1.0), (photo("coffee"), 1.0)])
    first = {found.frame_id for found in matcher.match(media, "video") if band(found.score) is Band.YES}
    every = matcher.match(media, "video", enough=lambda found: False)
    assert first == {"rocket"}
    assert {found.frame_id for found in every if band(found.score) is Band.YES} == {"rocket", "coffee"}


class BreaksOff(InProcessDecoder):
    """Decodes videos as far as their first picture."""

    def video(self, data: bytes, longest_side: int) -> Generator[Picture, None, None]:
        yield next(super().video(data, longest_side))
        raise MediaError(MediaFault.TRUNCATED)


def test_damage_after_a_match_does_not_matter_and_damage_before_one_is_an_error() -> None:
    matcher = Matcher(BreaksOff())
    matcher.add("coffee", photo_bytes("coffee"))
    first, later = (photo("coffee"), 1.0), (photo("brick"), 1.0)
    assert matcher.match(video([first, later]), "video")[0].frame_id == "coffee"
    with pytest.raises(MediaError):
        matcher.match(video([later, first]), "video")


def test_a_still_video_gives_one_picture() -> None:
    assert len(list(sample_video(video([(photo("coffee"), 4.0)]), 320))) == 1


def test_the_number_of_pictures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.vision.video.MAX_PICTURES", 2)
    media = video([(photo(name), 1.5) for name in ("coffee", "rocket", "clock", "brick", "coins")])
    assert len(list(sample_video(media, 320))) == 2 < MAX_PICTURES


def test_what_comes_after_the_longest_time_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.vision.video.MAX_SECONDS", 2.0)
    media = video([(photo("brick"), 3.0), (photo("coffee"), 3.0)])
    assert all((picture.time or 0.0) <= 2.0 for picture in sample_video(media, 320))


def test_a_file_with_sound_only_has_no_frames(matcher: Matcher) -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(MediaError) as error:
        matcher.match(buffer.getvalue(), "video")
    assert error.value.reason is MediaFault.NO_FRAMES

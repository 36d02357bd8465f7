"""The evidence picture shows both pictures, the region, the score and the text, and nothing broken."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bot.vision import Matcher, MatchScore, MediaError, evidence_picture
from tests.vision.pictures import jpeg, letterboxed, photo, photo_bytes, video

GREEN, RED = (37, 211, 102), (240, 85, 90)


def drawn(evidence: bytes) -> NDArray[np.int16]:
    with Image.open(io.BytesIO(evidence)) as image:
        assert image.format == "JPEG"
        assert image.width == 1080
        return np.asarray(image.convert("RGB")).astype(np.int16)


def pixels_like(colour: tuple[int, int, int], pixels: NDArray[np.int16]) -> int:
    return int((np.abs(pixels - np.array(colour, np.int16)).max(axis=2) < 24).sum())


def a_match(matcher: Matcher) -> tuple[bytes, MatchScore]:
    status = jpeg(letterboxed(photo("coffee")))
    return status, matcher.match(status, "image")[0]


def test_a_match_is_outlined_in_green_at_its_place(matcher: Matcher) -> None:
    status, match = a_match(matcher)
    evidence = drawn(evidence_picture(photo_bytes("coffee"), status, "image", match, ["Promo Mayo", "José Muñoz"]))
    status_half = evidence[:900, 560:]
    assert pixels_like(GREEN, status_half) > 1000
    assert pixels_like(GREEN, evidence[:900, :520]) < 50


def test_a_verdict_without_a_match_has_no_outline_and_is_red(matcher: Matcher) -> None:
    nothing = MatchScore("coffee", 3.0)
    evidence = drawn(evidence_picture(photo_bytes("coffee"), photo_bytes("brick"), "image", nothing, []))
    assert pixels_like(RED, evidence) > 100
    assert pixels_like(GREEN, evidence[:, 560:]) < 50


def test_accents_are_drawn_and_emoji_do_not_leave_boxes(matcher: Matcher) -> None:
    status, match = a_match(matcher)

    def lines(*text: str) -> NDArray[np.int16]:
        return drawn(evidence_picture(photo_bytes("coffee"), status, "image", match, text))

    assert not np.array_equal(lines("señal"), lines("senal"))
    assert np.array_equal(lines("fiesta 🎉"), lines("fiesta"))


def test_a_long_line_is_wrapped_rather_than_cut_off(matcher: Matcher) -> None:
    status, match = a_match(matcher)
    one = drawn(evidence_picture(photo_bytes("coffee"), status, "image", match, ["corto"]))
    many = drawn(evidence_picture(photo_bytes("coffee"), status, "image", match, ["una línea muy larga " * 12]))
    assert many.shape[0] > one.shape[0]


def test_of_a_video_the_picture_at_the_time_of_the_match_is_shown(matcher: Matcher) -> None:
    media = video([(photo("brick"), 2.0), (photo("coffee"), 2.0)])
    match = matcher.match(media, "video")[0]
    evidence = drawn(evidence_picture(photo_bytes("coffee"), media, "video", match, []))
    frame, status = evidence[24:700, 24:530], evidence[24:700, 550:1056]
    assert abs(float(frame[200:500].mean()) - float(status[200:500].mean())) < 60
    assert pixels_like(GREEN, status) > 500


def test_media_that_cannot_be_decoded_is_a_media_error(matcher: Matcher) -> None:
    with pytest.raises(MediaError):
        evidence_picture(photo_bytes("coffee"), b"nothing", "image", MatchScore("coffee", 0.0), [])

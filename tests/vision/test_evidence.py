"""The evidence picture shows both pictures, the region, the score and the text, and nothing broken."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bot.vision import Band, Matcher, MatchScore, MediaError, evidence_picture
from tests.vision.pictures import jpeg, letterboxed, photo, photo_bytes, video

GREEN, AMBER, RED = (37, 211, 102), (255, 179, 0), (240, 85, 90)


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


def test_the_colour_is_the_verdicts_whatever_the_usual_thresholds_make_of_the_score(matcher: Matcher) -> None:
    status, match = a_match(matcher)
    evidence = drawn(evidence_picture(photo_bytes("coffee"), status, "image", match, [], verdict=Band.REVIEW))
    assert pixels_like(AMBER, evidence[:900, 560:]) > 1000
    assert pixels_like(GREEN, evidence) < 50


def test_the_outline_of_a_small_picture_leaves_the_picture_to_be_seen(matcher: Matcher) -> None:
    small = jpeg(photo("astronaut").resize((72, 72)))
    match = matcher.match(small, "image")[0]
    evidence = drawn(evidence_picture(photo_bytes("astronaut"), small, "image", match, []))
    status = evidence[24:528, 552:1056]
    assert 0 < pixels_like(GREEN, status) < status.shape[0] * status.shape[1] / 10


Lines = Callable[..., NDArray[np.int16]]


@pytest.fixture
def lines() -> Lines:
    """The text of an evidence picture as it is drawn."""
    grey = jpeg(Image.new("RGB", (64, 64), "grey"))

    def draw(*text: str) -> NDArray[np.int16]:
        return drawn(evidence_picture(grey, grey, "image", MatchScore("", 0.0), text))

    return draw


@pytest.mark.parametrize("text", ["señal", "acción", "über", "façade", "Łódź", "€ 5", "«sí»", "→ más"])
def test_letters_of_our_languages_are_drawn(lines: Lines, text: str) -> None:
    without = "".join(filter(str.isascii, text))
    unaccented = "".join(filter(str.isascii, unicodedata.normalize("NFD", text)))
    assert not any(np.array_equal(lines(text), lines(plain)) for plain in (without, unaccented))


@pytest.mark.parametrize(
    "text", ["fiesta 🎉", "🎉 fiesta", "fies🎉ta", "fiesta 👩‍👩‍👧", "fiesta 中文", "fiesta \uffff\U0010ffff"]
)
def test_what_the_font_lacks_leaves_no_box_and_no_gap(lines: Lines, text: str) -> None:
    assert np.array_equal(lines(text), lines("fiesta"))


def test_a_line_of_nothing_but_emoji_takes_no_room(lines: Lines) -> None:
    assert np.array_equal(lines("uno", "🎉🎉🎉", "dos"), lines("uno", "dos"))


def test_an_accent_written_apart_from_its_letter_is_drawn_on_it(lines: Lines) -> None:
    assert np.array_equal(lines("Jose\u0301"), lines("José"))


@pytest.mark.parametrize("text", ["una línea muy larga " * 12, "sin" + "espacios" * 30])
def test_a_long_line_is_wrapped_rather_than_cut_off(lines: Lines, text: str) -> None:
    beside_the_text = lines(text)[-200:, -20:]
    assert lines(text).shape[0] > lines("corto").shape[0]
    assert beside_the_text.max() - beside_the_text.min() < 24


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

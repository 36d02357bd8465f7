"""What an owner is told about a frame when it is added."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

from bot.vision import Advice, AdviceKind, Band, Matcher, band
from tests.vision.pictures import advertisement, cropped, jpeg, letterboxed, photo, photo_bytes


def kinds(advice: list[Advice]) -> set[AdviceKind]:
    return {remark.kind for remark in advice}


def test_a_good_frame_needs_no_advice() -> None:
    matcher = Matcher()
    assert matcher.add("astronaut", photo_bytes("astronaut")) == []
    assert matcher.add("hubble", photo_bytes("hubble")) == []


def test_an_empty_frame_has_too_little_detail() -> None:
    advice = Matcher().add("sky", jpeg(Image.new("RGB", (800, 800), "skyblue")))
    assert advice == [Advice(AdviceKind.TOO_LITTLE_DETAIL, "sky")]


def test_the_same_picture_again_is_a_near_duplicate() -> None:
    matcher = Matcher()
    matcher.add("first", photo_bytes("astronaut"))
    advice = matcher.add("second", jpeg(cropped(photo("astronaut"), 0.97), 60))
    assert kinds(advice) == {AdviceKind.NEAR_DUPLICATE}
    assert advice[0].other_id == "first"
    assert advice[0].share is not None
    assert advice[0].share > 0.8


def test_near_duplicates_are_not_held_against_each_other() -> None:
    matcher = Matcher()
    matcher.add("first", photo_bytes("astronaut"))
    matcher.add("second", jpeg(photo("astronaut"), 60))
    assert all(found.score > 80 for found in matcher.match(photo_bytes("astronaut"), "image"))


def test_two_ads_of_one_template_are_lookalikes() -> None:
    matcher = Matcher()
    matcher.add("coffee ad", jpeg(advertisement("coffee", "CAFÉ FRESCO", "$4.90")))
    advice = matcher.add("cat ad", jpeg(advertisement("chelsea", "PARA TU GATO", "$12.50")))
    assert kinds(advice) == {AdviceKind.LOOKALIKE}
    assert advice[0].other_id == "coffee ad"
    assert advice[0].share is not None
    assert 0.3 < advice[0].share < 0.9


def test_advice_on_a_removed_frame_is_not_given() -> None:
    matcher = Matcher()
    matcher.add("first", photo_bytes("astronaut"))
    matcher.remove("first")
    assert matcher.add("second", photo_bytes("astronaut")) == []


def soft_picture(*, vignette: bool) -> Image.Image:
    """A picture without a corner: an even gradient, or one that darkens towards its edges."""
    across, down = np.linspace(-1, 1, 600)[None, :], np.linspace(-1, 1, 800)[:, None]
    grey = 210 - 90 * (across**2 + down**2) if vignette else 150 + 70 * across + 30 * down
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("vignette", [False, True])
def test_of_a_frame_too_soft_for_features_the_owner_is_told(vignette: bool) -> None:
    assert kinds(Matcher().add("soft", jpeg(soft_picture(vignette=vignette)))) == {AdviceKind.TOO_LITTLE_DETAIL}


def test_an_even_gradient_is_left_to_a_person_since_it_is_everybodys_background() -> None:
    soft = soft_picture(vignette=False)
    matcher = Matcher()
    matcher.add("soft", jpeg(soft))
    for status in (soft, soft.rotate(90, expand=True), letterboxed(soft.convert("RGB"))):
        assert [band(found.score) for found in matcher.match(jpeg(status), "image")] == [Band.REVIEW]
    assert matcher.match(jpeg(photo("coffee")), "image") == []


def test_a_soft_frame_is_recognised_in_a_copy_and_what_is_only_like_it_is_left_to_a_person() -> None:
    soft = soft_picture(vignette=True)
    matcher = Matcher()
    matcher.add("soft", jpeg(soft))
    for copy in (soft, soft.rotate(90, expand=True), ImageOps.mirror(soft), soft.resize((150, 200))):
        assert [band(found.score) for found in matcher.match(jpeg(copy), "image")] == [Band.YES]
    darker = soft.point(lambda level: int(level * 0.85))
    assert [band(found.score) for found in matcher.match(jpeg(darker), "image")] == [Band.REVIEW]
    assert matcher.match(jpeg(photo("coffee")), "image") == []

"""What a campaign's owner relies on: frames are recognised however they are posted, and nothing else is."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from bot.vision import Band, Matcher, MatchScore, MediaError, MediaFault, band
from tests.vision.pictures import (
    FRAMES,
    STRANGERS,
    advertisement,
    blurred,
    cropped,
    jpeg,
    letterboxed,
    photo,
    photo_bytes,
    with_bars_of_text,
)

#: Ads of one brand.
FAMILY = {
    "coffee ad": advertisement("coffee", "CAFÉ FRESCO", "$4.90"),
    "cat ad": advertisement("chelsea", "PARA TU GATO", "$12.50"),
    "moon ad": advertisement("rocket", "A LA LUNA", "$7.77"),
}

CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": lambda image: image,
    "letterboxed": letterboxed,
    "cropped": cropped,
    "turned a quarter": lambda image: image.rotate(90, expand=True),
    "tilted": lambda image: image.rotate(8, expand=True),
    "under text": with_bars_of_text,
    "blurred": blurred,
    "grey": lambda image: ImageOps.grayscale(image),
    "small": lambda image: image.resize((image.width // 2, image.height // 2)),
}


def points_of(frame_id: str, scores: list[MatchScore]) -> float:
    return next((found.score for found in scores if found.frame_id == frame_id), 0.0)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_is_recognised_however_it_is_posted(matcher: Matcher, name: str, change: str) -> None:
    best = matcher.match(jpeg(CHANGES[change](photo(name))), "image")[0]
    assert best.frame_id == name
    assert band(best.score) is Band.YES
    assert not best.mirrored


@pytest.mark.parametrize("name", STRANGERS)
def test_a_picture_that_is_no_frame_matches_none(matcher: Matcher, name: str) -> None:
    assert all(band(found.score) is Band.NO for found in matcher.match(jpeg(letterboxed(photo(name))), "image"))


@pytest.mark.parametrize("colour", ["black", "white", "navy"])
def test_an_empty_picture_matches_nothing(matcher: Matcher, colour: str) -> None:
    assert matcher.match(jpeg(Image.new("RGB", (300, 500), colour)), "image") == []


def test_a_mirrored_frame_is_recognised_and_said_to_be_mirrored(matcher: Matcher) -> None:
    best = matcher.match(jpeg(letterboxed(ImageOps.mirror(photo("astronaut")))), "image")[0]
    assert (best.frame_id, best.mirrored, band(best.score)) == ("astronaut", True, Band.YES)


def test_the_region_is_given_in_pixels_of_the_status(matcher: Matcher) -> None:
    status = Image.new("RGB", (1600, 1200), "darkgreen")
    status.paste(photo("astronaut").resize((600, 600)), (900, 500))
    best = matcher.match(jpeg(status), "image")[0]
    assert best.quad is not None
    expected = [(900, 500), (1500, 500), (1500, 1100), (900, 1100)]
    for (x, y), (expected_x, expected_y) in zip(best.quad, expected, strict=True):
        assert abs(x - expected_x) < 12
        assert abs(y - expected_y) < 12


def test_the_region_of_a_photo_with_exif_orientation_is_that_of_the_upright_picture(matcher: Matcher) -> None:
    status = letterboxed(photo("astronaut"), (600, 1200))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways: shown upright after a quarter turn
    sideways = status.rotate(90, expand=True)
    buffer = io.BytesIO()
    sideways.save(buffer, "JPEG", exif=exif)
    best = matcher.match(buffer.getvalue(), "image")[0]
    assert best.quad is not None
    assert abs(best.quad[0][0] - 0) < 12
    assert abs(best.quad[0][1] - 300) < 12


@pytest.mark.parametrize("side", [72, 100])
def test_the_small_picture_inside_a_message_is_enough_to_find_a_frame(matcher: Matcher, side: int) -> None:
    small = photo("astronaut").copy()
    small.thumbnail((side, side))
    best = matcher.match(jpeg(small, 60), "image")[0]
    assert (best.frame_id, band(best.score)) == ("astronaut", Band.YES)
    assert best.quad is not None
    assert max(max(corner) for corner in best.quad) == pytest.approx(side, abs=side / 20)


def test_two_frames_in_a_collage_are_both_found(matcher: Matcher) -> None:
    collage = Image.new("RGB", (800, 800), "white")
    collage.paste(photo("coffee").resize((780, 390)), (10, 5))
    collage.paste(photo("rocket").resize((780, 390)), (10, 405))
    found = {match.frame_id for match in matcher.match(jpeg(collage), "image") if band(match.score) is Band.YES}
    assert found == {"coffee", "rocket"}


def test_scores_are_sorted_from_the_surest(matcher: Matcher) -> None:
    scores = [found.score for found in matcher.match(jpeg(letterboxed(photo("hopper"))), "image")]
    assert scores == sorted(scores, reverse=True)


def test_another_ad_of_the_same_brand_does_not_pass() -> None:
    matcher = Matcher()
    matcher.add("coffee ad", jpeg(FAMILY["coffee ad"]))
    matcher.add("cat ad", jpeg(FAMILY["cat ad"]))
    ad_of_tomorrow = jpeg(letterboxed(FAMILY["moon ad"]))
    assert all(band(found.score) is not Band.YES for found in matcher.match(ad_of_tomorrow, "image"))


def test_an_ad_is_told_from_its_sibling() -> None:
    matcher = Matcher()
    matcher.add("coffee ad", jpeg(FAMILY["coffee ad"]))
    matcher.add("cat ad", jpeg(FAMILY["cat ad"]))
    scores = matcher.match(jpeg(letterboxed(FAMILY["cat ad"])), "image")
    assert band(points_of("cat ad", scores)) is Band.YES
    assert band(points_of("coffee ad", scores)) is Band.NO


def test_only_the_frames_asked_for_are_reported(matcher: Matcher) -> None:
    status = jpeg(letterboxed(photo("coffee")))
    assert {found.frame_id for found in matcher.match(status, "image", among={"rocket"})} <= {"rocket"}
    assert [found.frame_id for found in matcher.match(status, "image", among={"coffee"})] == ["coffee"]


def test_a_removed_frame_is_not_found_and_the_others_still_are() -> None:
    matcher = Matcher()
    for name in FRAMES:
        matcher.add(name, photo_bytes(name))
    for name in FRAMES[:4]:
        matcher.remove(name)
    assert points_of(FRAMES[0], matcher.match(photo_bytes(FRAMES[0]), "image")) == 0
    assert band(points_of(FRAMES[5], matcher.match(photo_bytes(FRAMES[5]), "image"))) is Band.YES
    assert len(matcher) == 2


def test_adding_an_id_again_replaces_its_frame() -> None:
    matcher = Matcher()
    matcher.add("frame", photo_bytes("coffee"))
    matcher.add("frame", photo_bytes("rocket"))
    assert points_of("frame", matcher.match(photo_bytes("coffee"), "image")) == 0
    assert band(points_of("frame", matcher.match(photo_bytes("rocket"), "image"))) is Band.YES


def test_stored_features_match_as_the_images_did() -> None:
    first, second = Matcher(), Matcher()
    ads = {name: FAMILY[name] for name in ("coffee ad", "cat ad")}
    for frame_id, ad in ads.items():
        first.add(frame_id, jpeg(ad))
    for frame_id in ads:
        second.add_features(frame_id, first.features(frame_id))
    for ad in ads.values():
        status = jpeg(letterboxed(ad))
        ours, theirs = first.match(status, "image"), second.match(status, "image")
        assert [match.frame_id for match in ours] == [match.frame_id for match in theirs]
        assert [match.score for match in ours] == pytest.approx([match.score for match in theirs], abs=0.01)


def test_stored_features_of_another_version_are_refused() -> None:
    matcher = Matcher()
    matcher.add("frame", photo_bytes("coffee"))
    blob = bytearray(matcher.features("frame"))
    blob[8] += 1
    with pytest.raises(MediaError) as refusal:
        matcher.add_features("frame", bytes(blob))
    assert refusal.value.reason is MediaFault.UNSUPPORTED
    assert "add the frame's image again" in str(refusal.value)


@settings(max_examples=60, deadline=None)
@given(at=st.floats(0, 1), bits=st.integers(1, 255), cut=st.booleans())
def test_damaged_features_raise_media_error_only(at: float, bits: int, cut: bool) -> None:
    blob = bytearray(_coffee_features())
    position = min(len(blob) - 1, int(at * len(blob)))
    damaged = bytes(blob[:position]) if cut else bytes([*blob[:position], blob[position] ^ bits, *blob[position + 1 :]])
    with pytest.raises(MediaError):
        Matcher().add_features("frame", damaged)


def _coffee_features() -> bytes:
    matcher = Matcher()
    matcher.add("coffee", photo_bytes("coffee"))
    return matcher.features("coffee")


@settings(max_examples=12, deadline=None)
@given(name=st.sampled_from(FRAMES), qualities=st.tuples(st.integers(45, 95), st.integers(45, 95)))
def test_the_score_hardly_changes_under_re_encoding(matcher: Matcher, name: str, qualities: tuple[int, int]) -> None:
    status = letterboxed(with_bars_of_text(photo(name)))
    first, second = (points_of(name, matcher.match(jpeg(status, quality), "image")) for quality in qualities)
    assert band(min(first, second)) is Band.YES
    assert abs(first - second) < 12


@settings(max_examples=12, deadline=None)
@given(name=st.sampled_from(FRAMES), qualities=st.tuples(st.integers(45, 95), st.integers(45, 95)))
def test_the_score_hardly_changes_when_frame_and_status_are_encoded_the_other_way_round(
    name: str, qualities: tuple[int, int]
) -> None:
    scores = []
    for of_frame, of_status in (qualities, qualities[::-1]):
        matcher = Matcher()
        matcher.add(name, jpeg(photo(name), of_frame))
        scores.append(points_of(name, matcher.match(jpeg(photo(name), of_status), "image")))
    assert band(min(scores)) is Band.YES
    assert abs(scores[0] - scores[1]) < 6


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(FRAMES), name=st.sampled_from(FRAMES))
def test_the_order_of_the_frames_does_not_matter(matcher: Matcher, order: list[str], name: str) -> None:
    other = Matcher()
    for frame_id in order:
        other.add(frame_id, photo_bytes(frame_id))
    status = jpeg(letterboxed(photo(name)))
    ours, theirs = matcher.match(status, "image")[0], other.match(status, "image")[0]
    assert ours.frame_id == theirs.frame_id
    assert abs(ours.score - theirs.score) < 1


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(sorted(FAMILY)), shown=st.sampled_from(sorted(FAMILY)))
def test_nor_does_it_matter_among_ads_of_one_template(order: list[str], shown: str) -> None:
    """What each shares with the others is found when it is added: the later one looks at the earlier."""
    first, other = Matcher(), Matcher()
    for matcher, names in ((first, sorted(FAMILY)), (other, order)):
        for name in names:
            matcher.add(name, jpeg(FAMILY[name]))
    status = jpeg(letterboxed(FAMILY[shown]))
    ours, theirs = first.match(status, "image"), other.match(status, "image")
    assert band(points_of(shown, ours)) is Band.YES
    for name in FAMILY:
        assert abs(points_of(name, ours) - points_of(name, theirs)) < 1


def test_frames_come_and_go_while_others_are_matched() -> None:
    matcher = Matcher()
    matcher.add("coffee", photo_bytes("coffee"))
    status = jpeg(letterboxed(photo("coffee")))
    failures: list[str] = []
    go_on = threading.Event()
    go_on.set()

    def match() -> None:
        while go_on.is_set():
            if band(points_of("coffee", matcher.match(status, "image"))) is not Band.YES:
                failures.append("coffee was not found")

    threads = [threading.Thread(target=match) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        for name in ("rocket", "chelsea"):
            matcher.add(name, photo_bytes(name))
        for name in ("rocket", "chelsea"):
            matcher.remove(name)
    go_on.clear()
    for thread in threads:
        thread.join()
    assert failures == []

"""Whatever the bytes are, MediaError is all that comes out, and it says why."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.vision import Band, Matcher, MediaError, MediaFault, band
from bot.vision.decode import MAX_IMAGE_BYTES
from bot.vision.matcher import Kind
from tests.vision.pictures import jpeg, letterboxed, photo, photo_bytes, png, video

KINDS: tuple[Kind, ...] = ("image", "video")


def a_png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header speaks of a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def fault_of(matcher: Matcher, media: bytes, kind: Kind = "image") -> MediaFault:
    with pytest.raises(MediaError) as error:
        matcher.match(media, kind)
    return error.value.reason


def test_empty_bytes_are_no_media(matcher: Matcher) -> None:
    assert fault_of(matcher, b"", "image") is MediaFault.NOT_AN_IMAGE
    assert fault_of(matcher, b"", "video") is MediaFault.NOT_AN_IMAGE


def test_text_is_no_media(matcher: Matcher) -> None:
    assert fault_of(matcher, b"buenos dias a todos" * 10, "image") is MediaFault.NOT_AN_IMAGE
    assert fault_of(matcher, b"buenos dias a todos" * 10, "video") is MediaFault.NOT_AN_IMAGE


@pytest.mark.parametrize("encode", [jpeg, png])
def test_half_a_picture_is_truncated(matcher: Matcher, encode: object) -> None:
    whole = jpeg(photo("coffee")) if encode is jpeg else png(photo("coffee"))
    assert fault_of(matcher, whole[: len(whole) // 2]) is MediaFault.TRUNCATED


def test_a_picture_of_too_many_pixels_is_refused_by_its_header(matcher: Matcher) -> None:
    assert fault_of(matcher, a_png_that_claims(20_000, 20_000)) is MediaFault.TOO_LARGE


def test_a_file_of_too_many_bytes_is_refused(matcher: Matcher) -> None:
    assert fault_of(matcher, photo_bytes("coffee") + bytes(MAX_IMAGE_BYTES)) is MediaFault.TOO_LARGE


def test_heic_is_named_unsupported(matcher: Matcher) -> None:
    assert fault_of(matcher, b"\x00\x00\x00\x18ftypheic" + bytes(100)) is MediaFault.UNSUPPORTED


def test_a_playlist_is_no_video_and_is_never_followed(matcher: Matcher) -> None:
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    assert fault_of(matcher, playlist, "video") is MediaFault.NOT_AN_IMAGE


def test_half_a_video_is_truncated(matcher: Matcher) -> None:
    whole = video([(photo("coffee"), 1.0)])
    assert fault_of(matcher, whole[: len(whole) // 2], "video") is MediaFault.TRUNCATED


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_any_mode_are_decoded(matcher: Matcher, mode: str) -> None:
    picture = photo("coffee").convert("L").point(lambda value: value * 256, "I") if mode == "I;16" else photo("coffee")
    if mode == "CMYK":
        media = _saved(picture.convert(mode), "JPEG")
    elif mode == "I;16":
        media = _saved(picture.convert("I;16"), "PNG")
    else:
        media = _saved(picture.convert(mode), "PNG")
    best = matcher.match(media, "image")[0]
    assert best.frame_id == "coffee"


@pytest.mark.parametrize("container", ["WEBP", "GIF", "BMP"])
def test_other_formats_are_decoded(matcher: Matcher, container: str) -> None:
    assert matcher.match(_saved(photo("coffee"), container), "image")[0].frame_id == "coffee"


@settings(max_examples=40, deadline=None)
@example(long=5000, short=17, is_upright=True)
@example(long=5000, short=17, is_upright=False)
@given(long=st.integers(16, 6000), short=st.integers(1, 60), is_upright=st.booleans())
def test_a_strip_of_a_picture_matches_nothing_and_raises_media_error_only(
    matcher: Matcher, long: int, short: int, is_upright: bool
) -> None:
    strip = png(photo("brick").resize((short, long) if is_upright else (long, short)))
    try:
        assert all(band(found.score) is not Band.YES for found in matcher.match(strip, "image"))
        Matcher().add("strip", strip)
    except MediaError as error:
        assert error.reason is MediaFault.NOT_AN_IMAGE


def test_a_frame_that_is_no_picture_is_refused_and_not_added() -> None:
    matcher = Matcher()
    with pytest.raises(MediaError):
        matcher.add("frame", b"not a picture")
    assert "frame" not in matcher


@settings(max_examples=60, deadline=None)
@given(media=st.binary(max_size=400), kind=st.sampled_from(KINDS))
def test_arbitrary_bytes_raise_media_error_only(matcher: Matcher, media: bytes, kind: Kind) -> None:
    with pytest.raises(MediaError):
        matcher.match(media, kind)


SOUND: dict[str, bytes] = {
    "jpeg": jpeg(letterboxed(photo("coffee"), (300, 400))),
    "png": png(photo("clock").resize((120, 90))),
    "mp4": video([(photo("coffee"), 0.5), (photo("rocket"), 0.5)], size=(160, 240)),
}


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(sorted(SOUND)),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
    keep=st.floats(0.05, 1),
)
def test_mutated_media_raise_media_error_only(
    matcher: Matcher, name: str, changes: list[tuple[float, int]], keep: float
) -> None:
    media = bytearray(SOUND[name])
    for at, value in changes:
        media[min(len(media) - 1, int(at * len(media)))] = value
    try:
        matcher.match(bytes(media[: int(keep * len(media))]), "video" if name == "mp4" else "image")
    except MediaError as error:
        assert error.reason in MediaFault


def _saved(image: Image.Image, container: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, container)
    return buffer.getvalue()

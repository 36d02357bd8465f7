"""Bytes to pixels: read the header first, refuse what is too large, then decode no larger than needed."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from bot.vision.errors import MediaError, MediaFault

#: A picture: (height, width) when grey, (height, width, 3) in BGR order when in colour.
Pixels = NDArray[np.uint8]

#: Bytes of one image file. WhatsApp refuses images sent as documents far below this.
MAX_IMAGE_BYTES = 40_000_000
#: Pixels of one image: the largest phone cameras in common use. A PNG of 20,000 x 20,000 costs over a gigabyte.
MAX_IMAGE_PIXELS = 64_000_000
#: The shortest side that can hold any detail, in pixels.
MIN_IMAGE_SIDE = 16

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
#: HEIF in its many names, and AVIF: what phones take their photographs in, and convert before they post them.
_UNSUPPORTED_BRANDS = (
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
    *(b"mif1", b"msf1", b"avif", b"avis"),
)
#: Rows that are laid on white at once: all those of the largest picture would take gigabytes.
_ROWS = 256
_REDUCED = {
    2: (cv2.IMREAD_REDUCED_GRAYSCALE_2, cv2.IMREAD_REDUCED_COLOR_2),
    4: (cv2.IMREAD_REDUCED_GRAYSCALE_4, cv2.IMREAD_REDUCED_COLOR_4),
    8: (cv2.IMREAD_REDUCED_GRAYSCALE_8, cv2.IMREAD_REDUCED_COLOR_8),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of an image file say: its size as stored, before it is turned by its EXIF orientation."""

    width: int
    height: int
    format: str
    has_alpha: bool


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture, upright, perhaps shrunk."""

    pixels: Pixels
    #: Pixels of the original per pixel here, at least 1.
    scale: float = 1.0
    #: Seconds from the beginning of the video it was taken from; None for an image.
    time: float | None = None


def decode_image(data: bytes, longest_side: int, *, in_colour: bool = False) -> Picture:
    """Decode an image file: upright, shrunk so that no side is longer than `longest_side`, never enlarged.

    Raises MediaError for everything that is not a sound picture of bearable size.
    """
    header = read_header(data)
    if header.has_alpha:
        pixels = _on_white(_imdecode(data, cv2.IMREAD_UNCHANGED), in_colour=in_colour)
    else:
        pixels = _imdecode(data, _mode(header, longest_side, in_colour=in_colour))
    pixels = shrink(pixels, longest_side)
    return Picture(pixels, max(header.width, header.height) / max(pixels.shape[:2]))


def read_header(data: bytes) -> Header:
    """Read size and format without decoding a pixel. Raises MediaError for what is not, or should not be, decoded."""
    if len(data) > MAX_IMAGE_BYTES:
        raise MediaError(MediaFault.TOO_LARGE, f"{len(data)} bytes, at most {MAX_IMAGE_BYTES}")
    if data[4:8] == b"ftyp" and data[8:12] in _UNSUPPORTED_BRANDS:
        raise MediaError(MediaFault.UNSUPPORTED, data[8:12].decode("ascii"))
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            header = Header(image.width, image.height, image.format or "", image.has_transparency_data)
    except Image.DecompressionBombError as error:
        raise MediaError(MediaFault.TOO_LARGE, str(error)) from error
    except UnidentifiedImageError as error:
        raise MediaError(MediaFault.NOT_AN_IMAGE, f"{len(data)} bytes of no kind of picture known here") from error
    except Exception as error:  # Pillow's header parsers raise many types for hostile bytes
        raise MediaError(MediaFault.NOT_AN_IMAGE, f"{len(data)} bytes: {error}") from error
    if header.width * header.height > MAX_IMAGE_PIXELS:
        raise MediaError(MediaFault.TOO_LARGE, f"{header.width} x {header.height} pixels, at most {MAX_IMAGE_PIXELS}")
    if min(header.width, header.height) < MIN_IMAGE_SIDE:
        raise MediaError(MediaFault.NOT_AN_IMAGE, f"{header.width} x {header.height} pixels hold no picture")
    return header


def shrink(pixels: Pixels, longest_side: int) -> Pixels:
    """Scale down by area averaging until no side is longer than `longest_side`."""
    factor = longest_side / max(pixels.shape[:2])
    if factor >= 1:
        return pixels
    width = max(1, round(pixels.shape[1] * factor))
    height = max(1, round(pixels.shape[0] * factor))
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def enlarge(picture: Picture, longest_side: int) -> Picture:
    """A small picture scaled up to `longest_side`, so that it has features; larger ones are left as they are."""
    factor = longest_side / max(picture.pixels.shape[:2])
    if factor <= 1:
        return picture
    pixels = cv2.resize(picture.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_LANCZOS4)
    return replace(picture, pixels=pixels.astype(np.uint8, copy=False), scale=picture.scale / factor)


def _mode(header: Header, longest_side: int, *, in_colour: bool) -> int:
    """The decoder's mode: a JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that suffices."""
    available = max(header.width, header.height) // longest_side
    factor = next((factor for factor in (8, 4, 2) if factor <= available), None)
    if header.format not in ("JPEG", "MPO") or factor is None:
        return cv2.IMREAD_COLOR if in_colour else cv2.IMREAD_GRAYSCALE
    return _REDUCED[factor][in_colour]


def _imdecode(data: bytes, mode: int) -> Pixels:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), mode)
    except (cv2.error, MemoryError) as error:
        raise MediaError(MediaFault.HOSTILE, f"the decoder gave up: {error}") from error
    if pixels is None:
        raise MediaError(MediaFault.TRUNCATED, f"header is sound, the picture is not ({len(data)} bytes)")
    return pixels.astype(np.uint8, copy=False) if pixels.dtype == np.uint8 else _to_eight_bits(pixels)


def _to_eight_bits(pixels: NDArray[np.integer[Any] | np.floating[Any]]) -> Pixels:
    return cv2.convertScaleAbs(pixels, alpha=1 / 257).astype(np.uint8, copy=False)


def _on_white(pixels: Pixels, *, in_colour: bool) -> Pixels:
    """Lay a transparent picture on white, as the phone does before it sends it as a photo."""
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        for top in range(0, len(pixels), _ROWS):
            colours, alpha = pixels[top : top + _ROWS, :, :3], pixels[top : top + _ROWS, :, 3:].astype(np.uint16)
            colours[:] = (colours * alpha + 255 * (255 - alpha)) // 255
        mode = cv2.COLOR_BGRA2BGR if in_colour else cv2.COLOR_BGRA2GRAY
        return cv2.cvtColor(pixels, mode).astype(np.uint8, copy=False)
    if in_colour and pixels.ndim == 2:
        return cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR).astype(np.uint8, copy=False)
    if not in_colour and pixels.ndim == 3:
        return cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    return pixels

"""The picture that shows why: frame and status side by side, the matched region outlined, the score, some text."""

from __future__ import annotations

import io
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import chain, islice

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from bot.vision.decode import Picture
from bot.vision.decoders import Decoder, InProcessDecoder
from bot.vision.matcher import Kind
from bot.vision.score import Band, band
from bot.vision.verification import MatchScore, Quad

#: Width of the picture and the greatest height of the two pictures in it, in pixels: fills a phone held upright.
WIDTH = 1080
PANEL_HEIGHT = 960
MARGIN = 24
TEXT_SIZE = 34
SCORE_SIZE = 56
#: Width of the outline, and of the dark one below it, which shows it on bright pictures.
OUTLINE, UNDER_OUTLINE = 6, 12
#: Lines of text at most, once the long ones are wrapped.
MAX_LINES = 12

_BACKGROUND = (18, 24, 27)
_TEXT = (235, 239, 240)
_TRACK = (56, 66, 71)
_COLOURS = {Band.YES: (37, 211, 102), Band.REVIEW: (255, 179, 0), Band.NO: (240, 85, 90)}
#: A code point that never has a glyph: drawn, it shows what a missing glyph looks like.
_NO_CHARACTER = "\uffff"

Colour = tuple[int, int, int]


def evidence_picture(
    frame: bytes,
    media: bytes,
    kind: Kind,
    match: MatchScore,
    caption_lines: Sequence[str],
    *,
    verdict: Band | None = None,
    decoder: Decoder | None = None,
) -> bytes:
    """Draw the evidence for a match as a JPEG. Raises MediaError when frame or media cannot be decoded.

    Its colour is that of the `verdict`, without one that of the score at the default thresholds.
    """
    decoder = decoder or InProcessDecoder()
    panel = (WIDTH - 3 * MARGIN) // 2
    colour = _COLOURS[verdict or band(match.score)]
    left = _fitted(decoder.image(frame, PANEL_HEIGHT, in_colour=True), panel)
    status = _status(decoder, media, kind, match)
    right = _outlined(_fitted(status, panel), _on_panel(match.quad, status, panel), colour)
    picture = _sheet(left, right, match.score, colour, _wrapped(caption_lines))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _status(decoder: Decoder, media: bytes, kind: Kind, match: MatchScore) -> Picture:
    if kind == "image":
        return decoder.image(media, PANEL_HEIGHT, in_colour=True)
    return decoder.video_picture(media, match.time or 0.0, PANEL_HEIGHT)


def _fitted(picture: Picture, width: int) -> Image.Image:
    """A decoded picture, scaled to fit its half of the sheet."""
    image = Image.fromarray(cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2RGB))
    factor = _factor(picture, width)
    size = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    return image.resize(size, Image.Resampling.LANCZOS)


def _on_panel(quad: Quad | None, picture: Picture, width: int) -> NDArray[np.float32] | None:
    """A region of the original, in pixels of the picture as it is fitted."""
    if quad is None:
        return None
    return np.asarray(np.array(quad) / picture.scale * _factor(picture, width), np.float32)


def _factor(picture: Picture, width: int) -> float:
    """By how much a picture is scaled to fit its half of the sheet."""
    height, own_width = picture.pixels.shape[:2]
    return min(width / int(own_width), PANEL_HEIGHT / int(height))


def _outlined(status: Image.Image, quad: NDArray[np.float32] | None, colour: Colour) -> Image.Image:
    """The status with the matched region outlined."""
    if quad is None:
        return status
    pixels = np.array(status)
    outline = [_within(quad, pixels.shape, margin=OUTLINE)]
    for shade, thickness in (((0, 0, 0), UNDER_OUTLINE), (colour, OUTLINE)):
        cv2.polylines(pixels, outline, isClosed=True, color=shade, thickness=thickness, lineType=cv2.LINE_AA)
    return Image.fromarray(pixels)


def _within(quad: NDArray[np.float32], shape: tuple[int, ...], margin: int) -> NDArray[np.int32]:
    """The part of a region that lies in the picture, so that the outline of a cropped frame is seen on all sides."""
    right, bottom = shape[1] - margin, shape[0] - margin
    border = np.array([[margin, margin], [right, margin], [right, bottom], [margin, bottom]], np.float32)
    area, seen = cv2.intersectConvexConvex(quad, border)
    return np.round(seen if area > 0 else quad).astype(np.int32)


def _sheet(left: Image.Image, right: Image.Image, score: float, colour: Colour, lines: Sequence[str]) -> Image.Image:
    panel_height = max(left.height, right.height)
    line_height = round(TEXT_SIZE * 1.35)
    height = panel_height + 4 * MARGIN + SCORE_SIZE + len(lines) * line_height
    sheet = Image.new("RGB", (WIDTH, height), _BACKGROUND)
    half = (WIDTH - 3 * MARGIN) // 2
    for image, start in ((left, MARGIN), (right, 2 * MARGIN + half)):
        sheet.paste(image, (start + (half - image.width) // 2, MARGIN + (panel_height - image.height) // 2))
    draw = ImageDraw.Draw(sheet)
    below = panel_height + 2 * MARGIN
    _draw_score(draw, below, score, colour)
    for number, line in enumerate(lines):
        top = below + SCORE_SIZE + MARGIN + number * line_height
        draw.text((MARGIN, top), line, font=_font(TEXT_SIZE), fill=_TEXT)
    return sheet


def _draw_score(draw: ImageDraw.ImageDraw, top: int, score: float, colour: Colour) -> None:
    """The score as a number and as a bar: no words, so that it reads in any language."""
    draw.text((MARGIN, top - 8), f"{score:.0f}", font=_font(SCORE_SIZE), fill=colour)
    start, end, radius = 6 * MARGIN, WIDTH - MARGIN, 12
    middle = top + SCORE_SIZE // 2
    track = (start, middle - radius, end, middle + radius)
    draw.rounded_rectangle(track, radius, fill=_TRACK)
    filled = start + max(2 * radius, round((end - start) * score / 100))
    draw.rounded_rectangle((start, middle - radius, filled, middle + radius), radius, fill=colour)


def _wrapped(lines: Sequence[str]) -> list[str]:
    """Lines broken to fit the sheet, without what the font cannot draw (emoji), and without lines of only that."""
    return list(islice(chain.from_iterable(_broken(_drawable(line)) for line in lines), MAX_LINES))


def _broken(line: str) -> Iterator[str]:
    """A line in parts that fit the sheet, broken at spaces, and within a word only where that is too long itself."""
    while line:
        fitting = max(1, bisect_left(range(1, len(line) + 1), x=True, key=lambda end: _is_too_long(line[:end])))
        space = line.rfind(" ", 0, fitting + 1)
        end = space if space > 0 and fitting < len(line) else fitting
        yield line[:end]
        line = line[end:].lstrip()


def _is_too_long(text: str) -> bool:
    return _font(TEXT_SIZE).getlength(text) > WIDTH - 2 * MARGIN


def _drawable(text: str) -> str:
    """What the font can draw of a text, with letters and their accents put together and single spaces."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(each for each in composed if each.isspace() or _has_glyph(each)).split())


@cache
def _has_glyph(character: str) -> bool:
    font = _font(TEXT_SIZE)
    return bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """The font that comes with the program: the system's may be missing or lack accents."""
    data = resources.files("bot.vision").joinpath("fonts/DejaVuSans.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size)

"""Thousands of frames for the measurement of scale: advertisements made of pieces of the benchmark's pictures.

Every piece is used in many of them, cropped, turned, mirrored and lit otherwise, under other words: as crowded as the
frames of many campaigns of the same trade, and harder than frames that have nothing in common.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.dataset import cache_folder
from bot.vision.decode import Pixels, decode_image, shrink
from bot.vision.features import FRAME_SIDE
from bot.vision.frame import BLOB_VERSION, Frame, make_frame

#: Sides of the advertisements in pixels: square, upright, story, banner.
_SHAPES = ((720, 720), (900, 720), (1000, 562), (480, 900))
_WORDS = ("oferta", "nueva", "hoy", "solo", "gran", "venta", "precio", "tienda", "libre", "feria", "casa", "fresco")
#: Advertisements handed to a process at a time.
_CHUNK = 25


def crowd(sources: Sequence[Path], count: int) -> list[Frame]:
    """So many frames, always the same for the same sources; kept in the cache."""
    cached = cache_folder() / f"crowd-{len(sources)}-{count}-v{BLOB_VERSION}.pickle"
    if not cached.exists():
        with multiprocessing.Pool(os.cpu_count()) as pool:
            jobs = [(tuple(sources), number) for number in range(count)]
            cached.write_bytes(pickle.dumps(pool.map(_frame, jobs, chunksize=_CHUNK)))
    frames: list[Frame] = pickle.loads(cached.read_bytes())
    return frames


def _frame(job: tuple[tuple[Path, ...], int]) -> Frame:
    sources, number = job
    return make_frame(shrink(_advertisement(sources, np.random.default_rng(number)), FRAME_SIDE))


def _advertisement(sources: Sequence[Path], random: np.random.Generator) -> Pixels:
    """A grey sheet with one to three pieces of pictures, a headline and a price."""
    sheet = np.full(_SHAPES[random.integers(len(_SHAPES))], random.integers(10, 246), np.uint8)
    if random.random() < 0.3:
        sheet = cv2.resize(_piece(sources, random), sheet.shape[::-1]).astype(np.uint8)
    for _ in range(random.integers(1, 4)):
        _lay(_piece(sources, random), sheet, random)
    return _lettered(sheet, random)


def _piece(sources: Sequence[Path], random: np.random.Generator) -> Pixels:
    """A crop of a picture, perhaps mirrored, slightly turned and stretched, lit otherwise."""
    picture = _picture(sources[int(random.integers(len(sources)))])
    height, width = (max(48, round(side * random.uniform(0.5, 1.0))) for side in picture.shape)
    top = int(random.integers(0, max(1, picture.shape[0] - height + 1)))
    left = int(random.integers(0, max(1, picture.shape[1] - width + 1)))
    piece = picture[top : top + height, left : left + width]
    if random.random() < 0.5:
        piece = piece[:, ::-1]
    turn = cv2.getRotationMatrix2D((piece.shape[1] / 2, piece.shape[0] / 2), random.uniform(-12, 12), 1.15)
    turn[0] *= random.uniform(0.85, 1.18)
    turned = cv2.warpAffine(np.ascontiguousarray(piece), turn, piece.shape[::-1], borderMode=cv2.BORDER_REFLECT)
    lit = 255 * (turned / 255.0) ** random.uniform(0.6, 1.6)
    return np.asarray(lit, np.uint8)


def _lay(piece: Pixels, sheet: Pixels, random: np.random.Generator) -> None:
    """Put a piece somewhere on a sheet, filling a third to nine tenths of a side."""
    factor = random.uniform(0.33, 0.9) * min(sheet.shape[0] / piece.shape[0], sheet.shape[1] / piece.shape[1])
    size = max(16, round(piece.shape[1] * factor)), max(16, round(piece.shape[0] * factor))
    small = cv2.resize(piece, size, interpolation=cv2.INTER_AREA)
    top = int(random.integers(0, sheet.shape[0] - small.shape[0] + 1))
    left = int(random.integers(0, sheet.shape[1] - small.shape[1] + 1))
    sheet[top : top + small.shape[0], left : left + small.shape[1]] = small


def _lettered(sheet: Pixels, random: np.random.Generator) -> Pixels:
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    for text in (" ".join(random.choice(_WORDS, 3)).upper(), f"${random.uniform(1, 999):.2f}"):
        place = (int(random.integers(0, image.width // 2)), int(random.integers(0, image.height - 60)))
        draw.text(place, text, font=_font(int(random.integers(28, 72))), fill=int(random.choice((0, 255))))
    return np.asarray(image, np.uint8)


@cache
def _picture(source: Path) -> Pixels:
    return decode_image(source.read_bytes(), 700).pixels


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    with resources.as_file(resources.files("bot.vision").joinpath("fonts/DejaVuSans.ttf")) as path:
        return ImageFont.truetype(str(path), size)

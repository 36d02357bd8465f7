"""A benchmark of the project's own free photographs, for machines without the full one: quick, and far too easy."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bench.dataset import NEGATIVE, POSITIVE, Benchmark

PHOTOS = Path(__file__).parent.parent / "tests" / "fixtures" / "photos"
FRAMES = ("astronaut", "chelsea", "coffee", "hopper", "rocket", "hubble")
STRANGERS = ("camera", "coins", "brick", "gravel", "clock", "retina")


def load_small() -> Benchmark:
    """Six frames, ten distortions of each, and ten of each of six other photographs."""
    statuses, classes, labels = [], [], []
    for name in (*FRAMES, *STRANGERS):
        with Image.open(PHOTOS / f"{name}.jpg") as image:
            photo = image.convert("RGB")
        for distortion, distort in DISTORTIONS.items():
            statuses.append(_jpeg(distort(photo)))
            classes.append(distortion)
            labels.append([POSITIVE if name == frame else NEGATIVE for frame in FRAMES])
    table = np.array(labels, np.int8)
    frames = [(PHOTOS / f"{name}.jpg").read_bytes() for name in FRAMES]
    return Benchmark(
        name="the project's own photographs",
        frames=frames,
        statuses=statuses,
        classes=classes,
        labels=table,
        corrected=table,
    )


def _letterbox(photo: Image.Image) -> Image.Image:
    return ImageOps.pad(photo, (720, 1280), color=(10, 60, 50))


def _crop(photo: Image.Image) -> Image.Image:
    return photo.crop((photo.width // 4, photo.height // 5, photo.width, photo.height * 4 // 5))


def _text(photo: Image.Image) -> Image.Image:
    covered = photo.copy()
    draw = ImageDraw.Draw(covered)
    for line in range(6):
        top = photo.height * line // 6
        draw.rectangle((0, top, photo.width, top + photo.height // 14), fill=(30 * line, 90, 200 - 30 * line))
        draw.text((8, top), "gran venta de hoy, solo aquí " * 4, fill=(255, 255, 255), font_size=photo.height // 18)
    return covered


def _collage(photo: Image.Image) -> Image.Image:
    sheet = Image.new("RGB", (1000, 1000), "white")
    for number, name in enumerate(("camera", "brick", "clock")):
        with Image.open(PHOTOS / f"{name}.jpg") as other:
            sheet.paste(ImageOps.fit(other.convert("RGB"), (480, 480)), (510 * (number % 2), 510 * (number // 2)))
    sheet.paste(ImageOps.fit(photo, (480, 480)), (510, 510))
    return sheet


DISTORTIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompress": lambda photo: photo,
    "letterbox": _letterbox,
    "crop": _crop,
    "collage": _collage,
    "text": _text,
    "rotate": lambda photo: photo.rotate(11, expand=True),
    "rotate90": lambda photo: photo.rotate(90, expand=True),
    "mirror": ImageOps.mirror,
    "filter": lambda photo: ImageEnhance.Contrast(ImageOps.grayscale(photo).convert("RGB")).enhance(0.5),
    "blur": lambda photo: photo.filter(ImageFilter.GaussianBlur(2)),
}


def _jpeg(photo: Image.Image) -> bytes:
    buffer = io.BytesIO()
    photo.save(buffer, "JPEG", quality=60)
    return buffer.getvalue()

"""Pictures and videos for the tests: free photographs, what people do to them, and what they film."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

PHOTOS = Path(__file__).parent.parent / "fixtures" / "photos"

#: Photographs with detail, as an owner would choose for frames.
FRAMES = ("astronaut", "chelsea", "coffee", "hopper", "rocket", "hubble")
#: Photographs that nobody asked for.
STRANGERS = ("camera", "coins", "brick", "gravel", "clock", "retina")


@cache
def photo(name: str) -> Image.Image:
    with Image.open(PHOTOS / f"{name}.jpg") as image:
        return image.convert("RGB")


def photo_bytes(name: str) -> bytes:
    return (PHOTOS / f"{name}.jpg").read_bytes()


def jpeg(image: Image.Image, quality: int = 70) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def letterboxed(image: Image.Image, size: tuple[int, int] = (720, 1280)) -> Image.Image:
    """The picture in the middle of a story's black canvas."""
    canvas = Image.new("RGB", size)
    factor = min(size[0] / image.width, size[1] / image.height)
    small = image.resize((round(image.width * factor), round(image.height * factor)))
    canvas.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    return canvas


def cropped(image: Image.Image, share: float = 0.7) -> Image.Image:
    """The middle of the picture."""
    across, down = image.width * (1 - share) / 2, image.height * (1 - share) / 2
    return image.crop((round(across), round(down), round(image.width - across), round(image.height - down)))


def with_bars_of_text(image: Image.Image) -> Image.Image:
    """The picture under two bars with words."""
    covered = image.copy()
    draw = ImageDraw.Draw(covered)
    for top in (0.1, 0.75):
        box = (0, round(image.height * top), image.width, round(image.height * (top + 0.14)))
        draw.rectangle(box, fill=(200, 30, 60))
        draw.text((10, box[1] + 5), "oferta de hoy en tienda " * 5, fill=(255, 255, 255), font_size=image.height // 14)
    return covered


def blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1.5))


def advertisement(product: str, headline: str, price: str) -> Image.Image:
    """An ad of one brand: only the product, the headline and the price differ between two of them."""
    sheet = Image.new("RGB", (720, 900), (245, 235, 210))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, 0, 720, 120), fill=(20, 40, 90))
    draw.ellipse((30, 25, 100, 95), fill=(240, 180, 0))
    draw.text((120, 30), "Almacenes Andinos", fill=(255, 255, 255), font_size=52)
    draw.rectangle((0, 800, 720, 900), fill=(20, 40, 90))
    draw.text((30, 825), "Calle 10 # 5-21   Tel. 601 555 0199", fill=(255, 255, 255), font_size=36)
    sheet.paste(photo(product).resize((420, 420)), (270, 150))
    draw.text((30, 620), headline, fill=(20, 40, 90), font_size=64)
    draw.text((430, 710), price, fill=(200, 30, 60), font_size=64)
    return sheet


def video(pictures: Iterable[tuple[Image.Image, float]], *, size: tuple[int, int] = (360, 640)) -> bytes:
    """An MP4 that shows each picture for so many seconds; nearly all its key frames lie at the beginning."""
    rate = 10
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.bit_rate = 2_000_000
        stream.gop_size = 250
        for picture, seconds in pictures:
            pixels: NDArray[np.uint8] = np.asarray(letterboxed(picture, size))
            for _ in range(round(seconds * rate)):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()

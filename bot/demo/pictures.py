"""What the people of the demo post: real photographs, as phones and messengers change them."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

FILES = Path(__file__).parent / "files"


def photo(name: str) -> bytes:
    """A photograph as it is; origin and licence are in LICENCES.md beside it."""
    return (FILES / name).read_bytes()


def forwarded(name: str) -> bytes:
    """Made smaller and compressed again, as WhatsApp does."""
    picture = _open(name)
    picture.thumbnail((700, 700))
    return _jpeg(picture, quality=45)


def cropped(name: str) -> bytes:
    """A quarter cut away, a bar of caption over the bottom."""
    picture = _open(name)
    width, height = picture.size
    piece = picture.crop((int(width * 0.12), int(height * 0.08), width, int(height * 0.9)))
    bar = piece.height // 7
    ImageDraw.Draw(piece).rectangle((0, piece.height - bar, piece.width, piece.height), fill="white")
    return _jpeg(ImageOps.autocontrast(piece), quality=60)


def piece(name: str) -> bytes:
    """A sixth of the picture: enough to think of it, too little to be sure."""
    picture = _open(name)
    width, height = picture.size
    return _jpeg(picture.crop((int(width * 0.2), int(height * 0.1), int(width * 0.6), int(height * 0.5))), quality=50)


def _open(name: str) -> Image.Image:
    return Image.open(FILES / name).convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()

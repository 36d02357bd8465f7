"""The font of charts and documents: DejaVu Sans as matplotlib brings it, and what can be written with it."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

#: Between the parts of one emoji; nothing to see by themselves.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
#: Stands for what cannot be drawn.
BOX = "□"


def font_file(*, bold: bool = False) -> Path:
    """The font's file: the machine's own fonts may be missing or lack accents."""
    return Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def font(pixels: float, *, bold: bool = False) -> FontProperties:
    """The font in a size, for a canvas of 72 dots per inch (see `canvas`)."""
    return FontProperties(fname=str(font_file(bold=bold)), size=pixels)


def drawable(text: str) -> str:
    """A text without the emoji that the font cannot draw; accents are joined to their letters.

    Letters of a script that it lacks become boxes, and so does a text of which nothing would be left, such as a name.
    """
    signs = (sign for sign in unicodedata.normalize("NFC", text) if sign not in _JOINERS)
    kept = "".join(sign if _has_glyph(sign) else BOX if sign.isalpha() else " " for sign in signs)
    return " ".join(kept.split()) or (BOX if text.strip() else "")


def _has_glyph(sign: str) -> bool:
    return ord(sign) in _characters() and unicodedata.category(sign)[0] != "C"


@cache
def _characters() -> frozenset[int]:
    return frozenset(FT2Font(str(font_file())).get_charmap())

"""The font of charts and documents: DejaVu Sans as matplotlib brings it, and what can be written with it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

#: Between the parts of one emoji; nothing to see by themselves.
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
#: Stand for letters of a script that the font lacks, and for a name that is nothing but emoji.
LEFT_OUT, FACE = "…", "☺"
_LEFT_OUT_WORDS = re.compile(rf"{LEFT_OUT}[{LEFT_OUT}\s]*{LEFT_OUT}")
#: Categories of signs that nobody misses: controls, spaces, and marks on letters.
_UNSEEN = "CZM"
#: A letter, or what stands for letters.
_NAMING = re.compile(rf"[^\W\d_]|{LEFT_OUT}")


def font_file(*, bold: bool = False) -> Path:
    """The font's file: the machine's own fonts may be missing or lack accents."""
    return Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


@cache
def font(pixels: float, *, bold: bool = False) -> FontProperties:
    """The font in a size, for a canvas of 72 dots per inch (see `canvas`)."""
    return FontProperties(fname=str(font_file(bold=bold)), size=pixels)


def drawable(text: str) -> str:
    """A text without the emoji that the font cannot draw; accents are joined to their letters.

    Words in a script that it lacks become an ellipsis; a text without a word, such as a name of emoji, gets a face.
    """
    signs = [sign for sign in unicodedata.normalize("NFC", text) if sign not in _JOINERS]
    kept = "".join(sign if _has_glyph(sign) else _instead(sign) for sign in signs)
    words = " ".join(_LEFT_OUT_WORDS.sub(LEFT_OUT, kept).split())
    has_lost = any(not _has_glyph(sign) and unicodedata.category(sign)[0] not in _UNSEEN for sign in signs)
    return f"{FACE} {words}".rstrip() if has_lost and not _NAMING.search(words) else words


def _instead(sign: str) -> str:
    match unicodedata.category(sign)[0]:
        case "L":
            return LEFT_OUT
        case "M":  # goes with its letter
            return ""
        case _:
            return " "


def _has_glyph(sign: str) -> bool:
    return ord(sign) in _characters() and unicodedata.category(sign)[0] != "C"


@cache
def _characters() -> frozenset[int]:
    return frozenset(FT2Font(str(font_file())).get_charmap())

"""A list of bars, one below the other: how large each campaign's share of compliance is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.papers.canvas import FOOT, GOOD, HEAD, MARGIN, MUTED, PLAIN, TRACK, WIDTH, Canvas

ROW = 104
#: More would make a picture that no phone shows whole.
MOST_ROWS = 20


@dataclass(frozen=True)
class Rate:
    name: str
    share: float  #: 0-1
    words: str  #: behind the name: the numbers


def rate_chart(title: str, subtitle: str, foot: str, rates: Sequence[Rate], *, empty: str) -> bytes:
    """Draw the first rows as a PNG; `foot` may say how many are left out, `empty` that there are none."""
    shown = rates[:MOST_ROWS]
    canvas = Canvas(HEAD + ROW * max(len(shown), 1) + FOOT, title, subtitle, foot)
    if not shown:
        canvas.text(WIDTH / 2, HEAD + ROW / 2 + 10, empty, colour=MUTED, across="center", room=WIDTH - 2 * MARGIN)
    whole = WIDTH - 2 * MARGIN
    for place, rate in enumerate(shown):
        top = HEAD + ROW * place
        numbers = canvas.width_of(rate.words, PLAIN, bold=True)
        canvas.text(MARGIN, top + 36, rate.name, room=whole - numbers - 30)
        canvas.text(WIDTH - MARGIN, top + 36, rate.words, bold=True, across="right")
        canvas.box(MARGIN, top + 52, whole, 26, TRACK, radius=13)
        if rate.share > 0:
            canvas.box(MARGIN, top + 52, max(26.0, whole * rate.share), 26, GOOD, radius=13)
    return canvas.png()

"""The pie of outcomes: a ring with the share of those who comply in its middle, and every number beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.patches import Wedge

from bot.model.percent import whole_percent
from bot.papers.canvas import FOOT, HEAD, LARGE, MARGIN, MUTED, PLAIN, TRACK, WIDTH, Canvas

RADIUS = 270
#: Room for the number in the middle of the ring.
INSIDE = 1.15 * RADIUS
#: Degrees between two slices, so that neighbours are told apart without their colours.
GAP = 1.2
ROW = 74


@dataclass(frozen=True)
class Slice:
    name: str
    count: int
    colour: str


def pie_chart(title: str, subtitle: str, foot: str, slices: Sequence[Slice], *, middle: str, below: str) -> bytes:
    """Draw it as a PNG. `middle` is the share that is written large, `below` what it is a share of."""
    top = HEAD + 30
    height = top + 2 * RADIUS + 60 + ROW * len(slices) + FOOT
    canvas = Canvas(height, title, subtitle, foot)
    centre = (WIDTH / 2, top + RADIUS)
    _ring(canvas, centre, slices)
    size = canvas.shrunk(middle, INSIDE, 96, bold=True)
    canvas.text(centre[0], centre[1] + 14, middle, size=size, bold=True, across="center")
    canvas.text(centre[0], centre[1] + 66, below, size=PLAIN, colour=MUTED, across="center", room=INSIDE)
    _table(canvas, top + 2 * RADIUS + 90, slices)
    return canvas.png()


def _ring(canvas: Canvas, centre: tuple[float, float], slices: Sequence[Slice]) -> None:
    total = sum(each.count for each in slices)
    thick = RADIUS * 0.34
    if not total:
        canvas.add(Wedge(centre, RADIUS, 0, 360, width=thick, facecolor=TRACK))
        return
    shown = [each for each in slices if each.count]
    gap = GAP if len(shown) > 1 else 0.0
    start = -90.0  # the canvas's y grows downwards, so angles grow clockwise from the top
    for each in shown:
        end = start + 360 * each.count / total
        canvas.add(Wedge(centre, RADIUS, start + gap / 2, max(end - gap / 2, start + gap), width=thick,
                         facecolor=each.colour))  # fmt: skip
        start = end


def _table(canvas: Canvas, top: float, slices: Sequence[Slice]) -> None:
    """A line for each slice: its colour, its name, how many, and what share that is."""
    total = sum(each.count for each in slices)
    for row, each in enumerate(slices):
        base = top + ROW * row
        canvas.line(MARGIN, base + 24, WIDTH - MARGIN, base + 24)
        canvas.box(MARGIN, base - 30, 36, 36, each.colour)
        canvas.text(MARGIN + 60, base, each.name, size=LARGE, room=WIDTH / 2)
        canvas.text(WIDTH - MARGIN - 170, base, str(each.count), size=LARGE, bold=True, across="right")
        share = f"{whole_percent(each.count / total)} %" if total else "–"
        canvas.text(WIDTH - MARGIN, base, share, size=LARGE, colour=MUTED, across="right")

"""Posts over time as stacked bars: by day, week or month, or by the hour of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.papers.canvas import EDGE, FOOT, HEAD, MARGIN, MUTED, PLAIN, SMALL, TEXT, WIDTH, Canvas

#: The height of the drawing, and where its bars stand: left of them is the scale.
PLOT = 620
LEFT = MARGIN + 70
#: Room between two labels below the bars, in pixels.
BETWEEN_LABELS = 18


@dataclass(frozen=True)
class Bar:
    label: str
    parts: tuple[int, ...]  #: one for each entry of the legend, from the bottom up

    @property
    def total(self) -> int:
        return sum(self.parts)


def bar_chart(
    title: str, subtitle: str, foot: str, legend: Sequence[tuple[str, str]], bars: Sequence[Bar], *, empty: str
) -> bytes:
    """Draw it as a PNG; `legend` names the parts with their colours, `empty` is said when nothing was posted."""
    top = HEAD + 100
    canvas = Canvas(top + PLOT + 90 + FOOT, title, subtitle, foot)
    canvas.legend(HEAD + 32, list(legend))
    base, highest = top + PLOT, max((bar.total for bar in bars), default=0)
    scale = _steps(highest)
    for value in scale:
        y = base - PLOT * value / scale[-1]
        canvas.line(LEFT, y, WIDTH - MARGIN, y, MUTED if value == 0 else EDGE)
        canvas.text(LEFT - 14, y + 10, str(value), size=SMALL, colour=MUTED, across="right")
    if not highest:
        canvas.text((LEFT + WIDTH - MARGIN) / 2, top + PLOT / 2, empty, colour=MUTED, across="center", room=800)
    _bars(canvas, base, [colour for _, colour in legend], bars, scale[-1])
    return canvas.png()


def _bars(canvas: Canvas, base: float, colours: Sequence[str], bars: Sequence[Bar], most: int) -> None:
    pitch = (WIDTH - MARGIN - LEFT) / max(len(bars), 1)
    width = min(0.72 * pitch, 110)
    size = _size_of_totals(canvas, bars, pitch)
    last_label_ends = 0.0
    for place, bar in enumerate(bars):
        middle = LEFT + pitch * (place + 0.5)
        y = base
        for count, colour in zip(bar.parts, colours, strict=True):
            height = PLOT * count / most
            y -= height
            if count:
                canvas.rectangle(middle - width / 2, y, width, height, colour)
        if bar.total and size:
            canvas.text(middle, y - 10, str(bar.total), size=size, bold=True, across="center")
        half = canvas.width_of(bar.label, SMALL) / 2
        centre = min(middle, WIDTH - MARGIN / 2 - 8 - half)
        if centre - half >= last_label_ends + BETWEEN_LABELS:
            canvas.line(middle, base, middle, base + 10, MUTED)
            canvas.text(centre, base + 44, bar.label, size=SMALL, colour=TEXT, across="center")
            last_label_ends = centre + half


def _size_of_totals(canvas: Canvas, bars: Sequence[Bar], pitch: float) -> float:
    """How large the number above a bar can be; 0 when none that can be read fits."""
    longest = str(max((bar.total for bar in bars), default=0))
    sizes = (PLAIN, SMALL, 22.0, 19.0)
    return next((size for size in sizes if canvas.width_of(longest, size, bold=True) <= pitch - 3), 0.0)


def _steps(highest: int) -> list[int]:
    """The numbers of the scale: at most six, round ones, the last above all bars."""
    step = next(unit * 10**power for power in range(12) for unit in (1, 2, 5) if unit * 10**power * 5 > highest)
    return list(range(0, max(highest + step, 2 * step), step))

"""The sheet that every chart is drawn on: its colours, its head and foot, and text that fits."""

from __future__ import annotations

import io
import itertools
from typing import Any, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle

from bot.papers.font import drawable, font

#: Pixels across: fills a phone held upright.
WIDTH = 1080
MARGIN = 56
#: Heights of letters in pixels; the smallest is still read on a phone.
TITLE, LARGE, PLAIN, SMALL = 48.0, 40.0, 32.0, 29.0
#: Where the drawing begins, below the head, and how much room the foot takes.
HEAD, FOOT = 190, 70

#: Colours of the page (webstatus/static), on its light ground.
GROUND, CARD, EDGE, TRACK = "#f4f3ee", "#ffffff", "#dcdad0", "#e6e4db"
TEXT, MUTED = "#1c2320", "#58625d"
GOOD, BAD, ASKING, BUSY, OFF = "#0c7a57", "#ba2d23", "#2460b8", "#b26a00", "#9aa39e"
#: By the code of an outcome, or of what a post was found to be.
COLOURS = {"cumple": GOOD, "incumple": BAD, "no_capturado": BUSY, "pendiente": OFF, "review": ASKING}

Across = Literal["left", "center", "right"]


class Canvas:
    """A sheet measured in pixels from its upper left corner: at 72 dots per inch, points of a font are pixels too."""

    def __init__(self, height: int, title: str, subtitle: str, foot: str = "") -> None:
        self.height = height
        self._figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=GROUND)
        self._agg: Any = FigureCanvasAgg(self._figure)  # matplotlib's types stop here
        self._axes: Any = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)
        self._axes.axis("off")
        self._layers = itertools.count()
        self.box(MARGIN / 2, MARGIN / 2, WIDTH - MARGIN, height - MARGIN, CARD, edge=EDGE, radius=22)
        self.text(MARGIN, 92, title, size=TITLE, bold=True, room=WIDTH - 2 * MARGIN)
        self.text(MARGIN, 146, subtitle, size=SMALL, colour=MUTED, room=WIDTH - 2 * MARGIN)
        self.text(MARGIN, height - 52, foot, size=SMALL, colour=MUTED, room=WIDTH - 2 * MARGIN)

    def text(
        self, x: float, y: float, words: str, *, size: float = PLAIN, colour: str = TEXT, bold: bool = False,
        across: Across = "left", room: float = WIDTH,
    ) -> None:  # fmt: skip
        """Words with their baseline at `y`, their middle left out where they do not fit into `room`."""
        fitting = self.fitted(words, room, size, bold=bold)
        self._axes.text(
            x, y, fitting, fontproperties=font(size, bold=bold), color=colour, ha=across, va="baseline",
            parse_math=False, zorder=next(self._layers),
        )  # fmt: skip

    def fitted(self, words: str, room: float, size: float = PLAIN, *, bold: bool = False) -> str:
        """So much of a text as fits: of a longer one both ends, since a number or the dates follow a name."""
        whole = cut = drawable(words)
        kept = len(whole)
        while kept and self.width_of(cut, size, bold=bold) > room:
            kept -= 1
            cut = f"{whole[: kept - kept // 2].rstrip()}…{whole[len(whole) - kept // 2 :].lstrip()}"
        return cut

    def shrunk(self, words: str, room: float, size: float, *, bold: bool = False) -> float:
        """The size of letters in which these words fit into `room`: `size`, or a smaller one."""
        width = self.width_of(drawable(words), size, bold=bold)
        return size if width <= room else size * room / width

    def width_of(self, words: str, size: float = PLAIN, *, bold: bool = False) -> float:
        if not words:
            return 0.0
        return float(self._agg.get_renderer().get_text_width_height_descent(words, font(size, bold=bold), False)[0])

    def rectangle(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.add(Rectangle((x, y), width, height, facecolor=colour, linewidth=0))

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, edge: str = "none",
            radius: float = 8) -> None:  # fmt: skip
        """A rectangle with round corners, at most as round as it is small."""
        rounding = max(0.01, min(radius, width / 2, height / 2))
        style = f"round,pad=0,rounding_size={rounding}"
        self.add(FancyBboxPatch((x, y), width, height, boxstyle=style, facecolor=colour, edgecolor=edge, linewidth=1.5))

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str = EDGE) -> None:
        self._axes.add_line(Line2D((x1, x2), (y1, y2), color=colour, linewidth=2, zorder=next(self._layers)))

    def add(self, shape: Any) -> None:
        """A shape of matplotlib's own, on top of what was drawn before."""
        shape.set_zorder(next(self._layers))
        self._axes.add_patch(shape)

    def legend(self, y: float, entries: list[tuple[str, str]]) -> None:
        """A row of colours with their names: (name, colour) each; their letters shrink until all of them fit."""
        size = PLAIN
        while size > 18 and self._legend_width(entries, size) > WIDTH - 2 * MARGIN:
            size -= 1
        x = float(MARGIN)
        for name, colour in entries:
            self.box(x, y - size * 0.78, size * 0.85, size * 0.85, colour, radius=6)
            self.text(x + size * 1.2, y, name, size=size)
            x += size * 1.2 + self.width_of(drawable(name), size) + size

    def png(self) -> bytes:
        buffer = io.BytesIO()
        self._agg.print_png(buffer)
        return buffer.getvalue()

    def _legend_width(self, entries: list[tuple[str, str]], size: float) -> float:
        return sum(size * 2.2 + self.width_of(drawable(name), size) for name, _ in entries) - size

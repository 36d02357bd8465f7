"""When the bot was receiving: a strip for each day from 00:00 to 24:00, and the share of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.papers.canvas import BAD, FOOT, GOOD, HEAD, MARGIN, MUTED, PLAIN, SMALL, TRACK, WIDTH, Canvas

ROW = 66
LEFT = MARGIN + 150
RIGHT = WIDTH - MARGIN - 130


@dataclass(frozen=True)
class Stretch:
    """A part of a day, in hours since its midnight."""

    begin: float
    end: float
    seen: bool  #: the bot was receiving


@dataclass(frozen=True)
class DayStrip:
    label: str
    stretches: tuple[Stretch, ...]  #: what they leave out is unknown: before the first start, or still to come
    share: str  #: in words, at the end of the strip


def uptime_chart(
    title: str, subtitle: str, foot: str, days: Sequence[DayStrip], *, seen: str, blind: str, unknown: str
) -> bytes:
    """Draw it as a PNG; `seen`, `blind` and `unknown` name the colours."""
    top = HEAD + 100
    canvas = Canvas(top + ROW * len(days) + 60 + FOOT, title, subtitle, foot)
    canvas.legend(HEAD + 32, [(seen, GOOD), (blind, BAD), (unknown, TRACK)])
    for place, day in enumerate(days):
        _strip(canvas, top + ROW * place, day)
    for hour in (0, 6, 12, 18, 24):
        canvas.text(_at(hour), top + ROW * len(days) + 30, f"{hour:02}", size=SMALL, colour=MUTED, across="center")
    return canvas.png()


def _strip(canvas: Canvas, top: float, day: DayStrip) -> None:
    canvas.text(MARGIN, top + 35, day.label, room=LEFT - MARGIN - 10)
    canvas.rectangle(_at(0), top + 8, _at(24) - _at(0), 36, TRACK)
    for stretch in sorted(day.stretches, key=lambda each: not each.seen):  # the blind ones last: the shortest is seen
        width = max(_at(stretch.end) - _at(stretch.begin), 0.0 if stretch.seen else 3.0)
        canvas.rectangle(_at(stretch.begin), top + 8, width, 36, GOOD if stretch.seen else BAD)
    canvas.text(WIDTH - MARGIN, top + 35, day.share, size=PLAIN, bold=True, across="right")


def _at(hour: float) -> float:
    return LEFT + (RIGHT - LEFT) * hour / 24

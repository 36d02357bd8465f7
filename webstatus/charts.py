"""The geometry of the page's charts: coloured rectangles in a field of WIDTH x HEIGHT units, stretched by the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model.coverage import Blind
from bot.model.trends import Trends

WIDTH, HEIGHT = 240.0, 60.0
#: Share of a column's room that is drawn; the rest separates it from its neighbour.
COLUMN = 0.78
#: A blind minute of a long day would be too thin to be seen.
THINNEST = 0.8

#: The tones of the page's style sheet, by what they stand for.
GOOD, BUSY, BAD, OFF, ASKING = "good", "busy", "bad", "off", "asking"

#: A part of a bar or column: its tone and how much it is.
Part = tuple[str, float]


@dataclass(frozen=True)
class Piece:
    """One coloured rectangle; y grows downwards."""

    tone: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    pieces: tuple[Piece, ...]
    line: float | None = None  #: height of a limit's line, if it lies within the chart
    peak: float = 0.0  #: the largest column, in its own unit


def bar(parts: Sequence[Part]) -> Chart:
    """Parts of a whole, side by side over the full width; empty when the whole is nothing."""
    whole = sum(amount for _, amount in parts)
    pieces, x = [], 0.0
    for tone, amount in parts:
        if amount > 0:
            width = WIDTH * amount / whole
            pieces.append(Piece(tone, x, 0.0, width, HEIGHT))
            x += width
    return Chart(tuple(pieces))


def columns(rows: Sequence[Sequence[Part]], *, top: float | None = None, limit: float | None = None) -> Chart:
    """Stacked columns, the first part at the bottom, scaled to the highest one (at least to `top`, at least to 1).

    The limit's line is left out while it lies far above all columns: it would flatten them.
    """
    peak = max((sum(amount for _, amount in row) for row in rows), default=0.0)
    is_near = limit is not None and peak >= limit / 4
    scale = HEIGHT / max(peak, top or 0.0, limit if limit is not None and is_near else 0.0, 1.0)
    room = WIDTH / max(len(rows), 1)
    pieces = []
    for place, row in enumerate(rows):
        y = HEIGHT
        for tone, amount in row:
            if amount > 0:
                y -= amount * scale
                pieces.append(Piece(tone, (place + (1 - COLUMN) / 2) * room, y, COLUMN * room, amount * scale))
    line = max(HEIGHT - limit * scale, 0.0) if limit is not None and is_near else None  # rounding may pass the edge
    return Chart(tuple(pieces), line, peak)


def timeline(day: tuple[datetime, datetime], seen: tuple[datetime, datetime], blind: Sequence[Blind]) -> Chart:
    """A day, of which a part is accounted for: in it the bot was receiving, but for its blind times."""
    start, end = day
    scale = WIDTH / max((end - start).total_seconds(), 1.0)
    since, until = ((moment - start).total_seconds() * scale for moment in seen)
    pieces = [Piece(GOOD, since, 0.0, until - since, HEIGHT)]
    for each in blind:
        x, width = (each.start - start).total_seconds() * scale, each.length.total_seconds() * scale
        pieces.append(Piece(BAD, x, 0.0, max(width, THINNEST), HEIGHT))
    return Chart(tuple(pieces))


def posts_chart(trends: Trends) -> Chart:
    rows = [
        ((GOOD, hour.judged), (BUSY, hour.not_captured), (OFF, hour.other), (ASKING, hour.waiting))
        for hour in trends.posts
    ]
    return columns(rows)


def sends_chart(trends: Trends, limit: int | None) -> Chart:
    return columns([((GOOD, hour.to_contacts), (OFF, hour.to_control)) for hour in trends.sends], limit=limit)


def days_chart(trends: Trends) -> Chart:
    """Each day's seen share, and above it what was missed."""
    shares = (day.seen / day.passed if day.passed else None for day in trends.days)
    return columns([() if seen is None else ((GOOD, seen), (BAD, 1.0 - seen)) for seen in shares], top=1.0)

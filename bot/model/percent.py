"""A share in whole percents: 100 is said only of all of it, so that one who failed among many is not hidden."""

from __future__ import annotations

from fractions import Fraction


def whole_percent(share: float | Fraction) -> int:
    """Of a share of 0-1."""
    return min(round(100 * share), 99) if share < 1 else round(100 * share)

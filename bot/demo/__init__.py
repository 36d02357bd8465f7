"""A campaign from start to end, without a phone: `make demo`."""

from __future__ import annotations

from bot.demo.play import play

__all__ = ["play"]

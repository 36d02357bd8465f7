"""Every kind of paper and its maker."""

from __future__ import annotations

from bot.flows.papers import Maker
from bot.papers.frame_picture import frame_picture

#: By the kind that a command's Paper names.
MAKERS: dict[str, Maker] = {
    "frame_picture": frame_picture,
}

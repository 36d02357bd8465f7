"""Every kind of paper and its maker."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from bot.flows.papers import Made, Maker, Progress, Sources
from bot.papers.frame_picture import frame_picture


def _when_needed(name: str) -> Maker:
    """A maker whose module, and the drawing libraries behind it, are loaded when it is first used: in a lane."""

    def make(sources: Sources, facts: Mapping[str, Any], progress: Progress) -> Made:
        maker = cast(Maker, getattr(import_module(f"bot.papers.{name}_paper"), name))
        return maker(sources, facts, progress)

    return make


#: By the kind that a command's Paper names.
MAKERS: dict[str, Maker] = {
    "frame_picture": frame_picture,
    "chart": _when_needed("chart"),
    "export": _when_needed("export"),
    "personal_data": _when_needed("personal_data"),
    "mending": _when_needed("mending"),
}

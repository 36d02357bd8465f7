"""What a frame shares with others: tiles that look the same in a sibling say nothing about which of them was posted."""

from __future__ import annotations

from collections.abc import Container

import numpy as np

from bot.vision.photometric import Agreement, Aligned, Tiles

#: Correlation from which a tile begins to agree, and from which it agrees fully.
AGREES_FROM, AGREES_FULLY = 0.3, 0.7
#: Tiles that must agree for two frames to be siblings at all.
MIN_SHARED_TILES = 4
#: Gradient energy above which a tile of a frame holds enough to be recognised.
TELLING_ENERGY = 0.15
#: Telling tiles of its own that a frame needs to be told from its sibling, and that must agree for a full score.
ENOUGH_TILES = 8
#: A sibling's tile must hold this share of the frame's energy: two empty tiles share nothing.
MIN_ENERGY_SHARE = 0.25


def agreeing_tiles(agreement: Agreement) -> Tiles:
    """Correlation turned into agreement, 0 to 1 per tile."""
    agreeing: Tiles = np.clip((agreement.correlation - AGREES_FROM) / (AGREES_FULLY - AGREES_FROM), 0, 1)
    return agreeing


def shared_tiles(frame: Aligned, agreement: Agreement) -> Tiles | None:
    """The tiles that a sibling shares with `frame`, given how it agrees with it; None when they are no siblings."""
    has_energy = agreement.energy > MIN_ENERGY_SHARE * frame.energy
    shared = agreeing_tiles(agreement) * agreement.visible * has_energy
    if np.count_nonzero(shared > 0.5) < MIN_SHARED_TILES:
        return None
    return shared.astype(np.float32)


def is_near_duplicate(frame: Aligned, shared: Tiles) -> bool:
    """Whether so little is left that the two are in effect one frame: neither may then be held against the other."""
    own = (frame.energy > TELLING_ENERGY) & (shared < 0.5)
    return int(np.count_nonzero(own)) < ENOUGH_TILES


class SiblingMap:
    """Which frames share what: for each pair of siblings the tiles shared, seen from either side. Not thread-safe."""

    def __init__(self) -> None:
        self._shared: dict[str, dict[str, Tiles]] = {}

    def add(self, frame_id: str, other_id: str, here: Tiles, there: Tiles) -> None:
        """Note that `frame_id` shares `here`, and the other `there`."""
        self._shared.setdefault(frame_id, {})[other_id] = here
        self._shared.setdefault(other_id, {})[frame_id] = there

    def remove(self, frame_id: str) -> None:
        """Forget a frame: what it shared is telling again."""
        for other_id in self._shared.pop(frame_id, {}):
            self._shared[other_id].pop(frame_id, None)

    def of(self, frame_id: str) -> dict[str, tuple[Tiles, Tiles]]:
        """A frame's siblings: for each the tiles shared here and there."""
        return {other: (here, self._shared[other][frame_id]) for other, here in self._shared.get(frame_id, {}).items()}

    def discount(self, frame_id: str, frame: Aligned, present: Container[str]) -> Tiles | None:
        """Per tile how much some present sibling shows the same; None when there is no sibling to tell apart."""
        siblings = [here for other, here in self._shared.get(frame_id, {}).items() if other in present]
        telling = [here for here in siblings if not is_near_duplicate(frame, here)]
        return np.maximum.reduce(telling) if telling else None

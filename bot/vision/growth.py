"""Hash tables that grow with what is filed in them, a little with every call: no call takes long."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.vision.hashing import HashTables, bits_for

#: Tables are made anew for this many times the rows that the last were made for: 4 is two bits more.
GROWTH_BITS = 2
#: Rows moved into the larger tables for each new row filed. With 4 the move ends well before the next begins.
MOVED_PER_ROW = 4


class GrowingTables:
    """Files rows of one array of descriptors; while it moves to larger tables, the smaller ones answer."""

    def __init__(self) -> None:
        self._tables = HashTables(bits_for(0))
        self._larger: HashTables | None = None
        #: While moving: rows from here to `_end` are in the smaller tables only.
        self._moved = 0
        self._end = 0

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        return self._tables.nbytes + (self._larger.nbytes if self._larger else 0)

    def file(self, rows: NDArray[np.int64], descriptors: NDArray[np.uint8], filled: NDArray[np.bool_]) -> None:
        """File new rows of all the `descriptors`; `filled` marks the rows that are filed, the new ones among them."""
        self._tables.file(rows, descriptors[rows], len(descriptors))
        wanted = bits_for(len(descriptors))
        if self._larger is None and wanted >= self._tables.bits + GROWTH_BITS:
            self._larger, self._moved, self._end = HashTables(wanted), 0, len(descriptors)
        elif self._larger is not None:
            moved = rows[self._is_moved(rows)]
            self._larger.file(moved, descriptors[moved], len(descriptors))
        self._move(MOVED_PER_ROW * len(rows), descriptors, filled)

    def unfile(self, rows: NDArray[np.int64], descriptors: NDArray[np.uint8]) -> None:
        """Take out rows that were filed, out of all the `descriptors`."""
        self._tables.unfile(rows, descriptors[rows])
        if self._larger is not None:
            moved = rows[self._is_moved(rows)]
            self._larger.unfile(moved, descriptors[moved])

    def lookup(self, descriptors: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs (row, index of the descriptor) that share a bucket; a pair that shares several appears as often."""
        return self._tables.lookup(descriptors)

    def _is_moved(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows are, or belong, in the larger tables already."""
        return (rows < self._moved) | (rows >= self._end)

    def _move(self, count: int, descriptors: NDArray[np.uint8], filled: NDArray[np.bool_]) -> None:
        """Move the next rows, at most `count`; after the last the larger tables answer."""
        if self._larger is None:
            return
        until = min(self._end, self._moved + count)
        rows = self._moved + np.flatnonzero(filled[self._moved : until])
        self._larger.file(rows, descriptors[rows], len(descriptors))
        self._moved = until
        if self._moved == self._end:
            self._tables, self._larger = self._larger, None

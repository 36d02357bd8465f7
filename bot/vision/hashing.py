"""Find descriptors that resemble others without comparing all with all: locality-sensitive hashing.

Each of a few tables files a descriptor under some of its bits, so that two similar descriptors share a bucket in at
least one table (bit sampling: Indyk and Motwani 1998). A bucket is a linked list kept in arrays: filing one more
descriptor costs the same whatever the number filed before, and a table is two numpy arrays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Tables; each costs four bytes per descriptor and finds some of what the others missed.
TABLES = 4
#: Entries of one bucket that are looked at, the newest first: fuller buckets hold descriptors too common to mean much.
BUCKET_LIMIT = 12
#: Entries that a bucket holds at most, so that taking one out never takes long: the few buckets of features that every
#: logo and letter has would grow with the number of frames. What finds its bucket full is left to the other tables.
BUCKET_SIZE = 64
#: Bits sampled at least and at most.
MIN_BITS, MAX_BITS = 10, 24

_DESCRIPTOR_BITS = 256
_WORD_BITS = 32
_END = -1


def bits_for(count: int) -> int:
    """Bits to sample for this many descriptors: one or two of them to a bucket, to keep buckets small at any size."""
    return min(max(count.bit_length() - 1, MIN_BITS), MAX_BITS)


class HashTables:
    """Rows filed under sampled bits of their (32 uint8) descriptors; a row may be filed once."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        order = np.random.default_rng(0).permutation(_DESCRIPTOR_BITS)
        self._sampled = np.resize(order, (TABLES, bits))
        self._first = np.full((TABLES, 1 << bits), _END, np.int32)
        self._next = np.full((TABLES, 0), _END, np.int32)
        #: Entries of each bucket.
        self._sizes = np.zeros((TABLES, 1 << bits), np.uint8)

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        return self._first.nbytes + self._next.nbytes + self._sizes.nbytes

    def file(self, rows: NDArray[np.int64], descriptors: NDArray[np.uint8], capacity: int) -> None:
        """File rows, all below `capacity`, under their descriptors."""
        if capacity > self._next.shape[1]:
            grown = np.full((TABLES, capacity), _END, np.int32)
            grown[:, : self._next.shape[1]] = self._next
            self._next = grown
        for table, keys in enumerate(self._keys(descriptors)):
            self._link(table, keys, rows)

    def lookup(self, descriptors: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs (row, index of the descriptor) that share a bucket; a pair that shares several appears as often."""
        keys = self._keys(descriptors)
        queries = np.tile(np.arange(len(descriptors), dtype=np.int32), TABLES)
        starts = np.repeat(np.arange(TABLES) * self._next.shape[1], len(descriptors))
        following = self._next.ravel()
        rows = np.take_along_axis(self._first, keys, axis=1).ravel()
        found_rows, found_queries = [], []
        for _ in range(BUCKET_LIMIT):
            going_on = np.flatnonzero(rows != _END)
            if len(going_on) == 0:
                break
            rows, starts, queries = rows[going_on], starts[going_on], queries[going_on]
            found_rows.append(rows)
            found_queries.append(queries)
            rows = following[starts + rows]
        if not found_rows:
            none = np.zeros(0, np.int64)
            return none, none
        return np.concatenate(found_rows).astype(np.int64), np.concatenate(found_queries).astype(np.int64)

    def unfile(self, rows: NDArray[np.int64], descriptors: NDArray[np.uint8]) -> None:
        """Take out rows that were filed under these descriptors."""
        if len(rows) == 0:
            return
        for table, keys in enumerate(self._keys(descriptors)):
            buckets = np.unique(keys)
            members, keys = self._members(table, buckets)
            kept = ~np.isin(members, rows)
            self._first[table, buckets] = _END
            self._sizes[table, buckets] = 0
            self._link(table, keys[kept], members[kept])

    def _keys(self, descriptors: NDArray[np.uint8]) -> NDArray[np.int64]:
        """(TABLES, n): the sampled bits of each descriptor as one number per table."""
        unpacked = np.unpackbits(descriptors, axis=1)
        words = np.zeros((TABLES, len(descriptors), _WORD_BITS), np.uint8)
        words[:, :, : self.bits] = unpacked[:, self._sampled].transpose(1, 0, 2)
        keys = np.packbits(words, axis=2).view(">u4")[:, :, 0] >> (_WORD_BITS - self.bits)
        return np.asarray(keys, np.int64)

    def _members(self, table: int, buckets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All rows in these buckets with the keys of their buckets, the rows of one bucket in the order of its list."""
        rows, keys = self._first[table, buckets].astype(np.int64), buckets
        found_rows, found_keys = [rows[:0]], [keys[:0]]
        while len(going_on := np.flatnonzero(rows != _END)):
            rows, keys = rows[going_on], keys[going_on]
            found_rows.append(rows)
            found_keys.append(keys)
            rows = self._next[table, rows].astype(np.int64)
        return np.concatenate(found_rows), np.concatenate(found_keys)

    def _link(self, table: int, keys: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
        """Put rows at the head of their buckets' lists, unless these are full."""
        order = np.argsort(keys, kind="stable")
        keys, rows = keys[order], rows[order]
        numbers = np.arange(len(keys)) - np.searchsorted(keys, keys)
        finds_room = self._sizes[table, keys] + numbers < BUCKET_SIZE
        keys, rows, numbers = keys[finds_room], rows[finds_room], numbers[finds_room]
        starts_bucket = numbers == 0
        ends_bucket = np.roll(starts_bucket, -1)
        following = np.roll(rows, -1)
        following[ends_bucket] = self._first[table, keys[ends_bucket]]
        self._next[table, rows] = following
        self._first[table, keys[starts_bucket]] = rows[starts_bucket]
        self._sizes[table, keys[ends_bucket]] += (numbers[ends_bucket] + 1).astype(np.uint8)


def bits_that_differ(
    left: NDArray[np.uint8], left_rows: NDArray[np.int64], right: NDArray[np.uint8], right_rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Hamming distance of left[left_rows[i]] and right[right_rows[i]] for each i, eight bytes at a time."""
    difference = np.take(left.view(np.uint64), left_rows, axis=0)
    difference ^= np.take(np.ascontiguousarray(right).view(np.uint64), right_rows, axis=0)
    counts = np.bitwise_count(difference).astype(np.uint16)
    return (counts[:, 0] + counts[:, 1] + counts[:, 2] + counts[:, 3]).astype(np.int64)

"""The index finds what comparing all with all finds, whatever comes and goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.vision.features import Features, Keypoints
from bot.vision.hashing import BUCKET_LIMIT, BUCKET_SIZE, HashTables, bits_that_differ
from bot.vision.index import FrameIndex

COUNT = 40


def random_features(seed: int, count: int = COUNT) -> Features:
    random = np.random.default_rng(seed)
    keypoints = Keypoints(
        random.uniform(0, 480, (count, 2)).astype(np.float32),
        random.uniform(0, 360, count).astype(np.float32),
        random.uniform(5, 7, count).astype(np.float32),
    )
    return Features(keypoints, random.integers(0, 256, (count, 32), np.uint8), (480, 360))


def an_index(seeds: range) -> FrameIndex:
    index = FrameIndex(COUNT)
    for seed in seeds:
        index.add(str(seed), random_features(seed), random_features(seed + 100_000))
    return index


def with_flipped_bits(descriptors: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    unpacked = np.unpackbits(descriptors, axis=1)
    random = np.random.default_rng(0)
    for row in unpacked:
        row[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(unpacked, axis=1)


def share_found(index: FrameIndex, seed: int, bits: int) -> float:
    """Share of a frame's features that are found although so many of their bits differ."""
    hits = index.search(with_flipped_bits(random_features(seed).descriptors, bits))
    of_frame = [index.frame_in(int(row) // index.rows_per_slot) == str(seed) for row in hits.rows]
    return len(set(hits.queries[of_frame].tolist())) / COUNT


def test_the_same_features_are_all_found() -> None:
    index = an_index(range(200))
    assert share_found(index, 7, bits=0) == 1.0


def test_many_features_are_found_although_bits_differ() -> None:
    index = an_index(range(200))
    assert share_found(index, 7, bits=20) > 0.4


def test_features_are_given_back_as_they_were_filed() -> None:
    index = an_index(range(5))
    original, filed = random_features(3), index.features("3", mirror=False)
    assert np.array_equal(original.descriptors, filed.descriptors)
    assert np.abs(original.keypoints.points - filed.keypoints.points).max() < 1 / 64
    assert np.abs(original.keypoints.angles - filed.keypoints.angles).max() < 1 / 90


@settings(max_examples=20, deadline=None)
@given(removed=st.sets(st.integers(0, 29), max_size=29))
def test_after_any_removals_the_rest_is_found_and_the_removed_is_not(removed: set[int]) -> None:
    index = an_index(range(30))
    for seed in removed:
        index.remove(str(seed))
    assert len(index) == 30 - len(removed)
    kept = min(set(range(30)) - removed)
    assert share_found(index, kept, bits=0) == 1.0
    for seed in removed:
        hits = index.search(random_features(seed).descriptors)
        assert all(index.frame_in(int(row) // index.rows_per_slot) != str(seed) for row in hits.rows)


def test_every_frame_is_found_while_the_tables_grow_and_frames_come_and_go() -> None:
    """Tables are made anew at some thousands of rows, piece by piece: at each point of that nothing may be lost."""
    index = an_index(range(0))
    present: list[int] = []
    random = np.random.default_rng(3)
    for seed in range(300):
        index.add(str(seed), random_features(seed), random_features(seed + 100_000))
        present.append(seed)
        if seed % 5 == 4:
            gone = present.pop(int(random.integers(len(present))))
            index.remove(str(gone))
            assert share_found(index, gone, bits=0) == 0.0
        assert share_found(index, present[int(random.integers(len(present)))], bits=0) == 1.0
    assert all(share_found(index, seed, bits=0) == 1.0 for seed in present)


def the_same(features: Features) -> Features:
    """As many features that all look like the first one: a grid, a brick wall."""
    return replace(features, descriptors=np.repeat(features.descriptors[:1], len(features), axis=0))


def test_what_every_frame_has_fills_no_bucket_beyond_its_size_and_can_be_removed() -> None:
    tables = HashTables(bits=10)
    wall = np.repeat(random_features(1).descriptors[:1], 1000, axis=0)
    rows = np.arange(1000)
    tables.file(rows, wall, capacity=1000)
    found, _ = tables.lookup(wall[:1])
    assert len(set(found.tolist())) == BUCKET_LIMIT
    tables.unfile(rows[:BUCKET_SIZE], wall[:BUCKET_SIZE])
    assert len(tables.lookup(wall[:1])[0]) == 0
    tables.unfile(rows, wall)
    tables.file(rows[:3], wall[:3], capacity=1000)
    assert set(tables.lookup(wall[:1])[0].tolist()) == {0, 1, 2}


def test_frames_of_nothing_but_one_feature_come_and_go() -> None:
    index = an_index(range(5))
    for name in ("wall", "grid", "fence"):
        index.add(name, the_same(random_features(7)), the_same(random_features(8)))
    for name in ("grid", "wall", "fence"):
        index.remove(name)
    assert len(index.search(random_features(7).descriptors[:1]).rows) == 0
    assert all(share_found(index, seed, bits=0) == 1.0 for seed in range(5))


def test_a_removed_frame_leaves_its_place_to_the_next() -> None:
    index = an_index(range(20))
    memory = index.nbytes
    for seed in range(20, 120):
        index.remove(str(seed - 20))
        index.add(str(seed), random_features(seed), random_features(seed + 100_000))
    assert len(index) == 20
    assert index.nbytes == memory


@given(left=st.binary(min_size=32, max_size=32), right=st.binary(min_size=32, max_size=32))
def test_bits_that_differ_are_counted(left: bytes, right: bytes) -> None:
    expected = sum((one ^ other).bit_count() for one, other in zip(left, right, strict=True))
    one, other = (np.frombuffer(data, np.uint8).reshape(1, 32) for data in (left, right))
    first = np.zeros(1, np.int64)
    assert bits_that_differ(one, first, other, first)[0] == expected

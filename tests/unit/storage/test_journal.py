from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from storage.errors import StoreClosed, StoreError
from storage.journal import JournalDamage, JournalReader, JournalWriter
from storage.lock import AlreadyRunning


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.journal"))


def write(folder: Path, *documents: dict[str, Any], segment_bytes: int = 1 << 20) -> list[int]:
    with JournalWriter(folder, segment_bytes) as writer:
        return [writer.append(document) for document in documents]


def numbered(*numbers: int) -> list[dict[str, Any]]:
    return [{"n": number} for number in numbers]


def test_records_come_back_in_order(folder: Path) -> None:
    reader = JournalReader(folder)
    assert reader.read(0, 10) == []
    with JournalWriter(folder) as writer:
        assert writer.append({"text": "é🎉\n\0\ud800", "list": [1, None]}) == 1
        assert reader.read(0, 10) == [(1, {"text": "é🎉\n\0\ud800", "list": [1, None]})]
        assert writer.append_many([{"n": 2}, {"n": 3}, {"n": 4}]) == [2, 3, 4]
        assert writer.append_many([]) == []
        assert reader.read(1, 2) == [(2, {"n": 2}), (3, {"n": 3})]
        assert reader.read(3, 2) == [(4, {"n": 4})]
        assert reader.read(4, 2) == []
        assert reader.read(2, 1) == [(3, {"n": 3})]


def test_numbers_go_on_after_a_restart(folder: Path) -> None:
    assert write(folder, *numbered(1, 2)) == [1, 2]
    assert write(folder) == []
    assert write(folder, *numbered(3)) == [3]
    assert JournalReader(folder).read(0, 10) == [(n, {"n": n}) for n in (1, 2, 3)]


def test_numbers_go_on_when_everything_was_discarded(folder: Path) -> None:
    with JournalWriter(folder) as writer:
        writer.append_many(numbered(1, 2, 3))
        writer.rotate()
    assert JournalReader(folder).discard(3) == 1
    assert [path.stat().st_size for path in files(folder)] == [0]
    assert write(folder, {"n": 4}) == [4]
    assert JournalReader(folder).read(3, 10) == [(4, {"n": 4})]


def test_numbers_stay_above_the_cursor_when_somebody_emptied_the_folder(folder: Path) -> None:
    write(folder, *numbered(1, 2, 3))
    for path in files(folder):
        path.unlink()
    with JournalWriter(folder, above=3) as writer:
        assert writer.append({"n": 4}) == 4
    assert JournalReader(folder).read(3, 10) == [(4, {"n": 4})]


def test_only_files_read_to_their_end_are_discarded(folder: Path) -> None:
    write(folder, *numbered(*range(1, 31)), segment_bytes=100)
    reader = JournalReader(folder)
    firsts = [int(path.stem) for path in files(folder)]
    assert len(firsts) > 5
    assert reader.discard(0) == 0
    assert reader.discard(firsts[2] - 2) == 1
    assert reader.discard(firsts[2] - 1) == 1
    assert [int(path.stem) for path in files(folder)] == firsts[2:]
    assert reader.read(firsts[2] - 1, 100) == [(n, {"n": n}) for n in range(firsts[2], 31)]
    reader.discard(30)
    assert [int(path.stem) for path in files(folder)] == firsts[-1:]


def test_a_second_writer_is_refused(folder: Path) -> None:
    with JournalWriter(folder), pytest.raises(AlreadyRunning, match=str(os.getpid())):
        JournalWriter(folder)
    JournalWriter(folder).close()


def test_a_closed_writer_says_so(folder: Path) -> None:
    writer = JournalWriter(folder)
    writer.close()
    writer.close()
    with pytest.raises(StoreClosed):
        writer.append({})


@pytest.mark.parametrize("document", [{"x": float("nan")}, {"x": {1}}, {"x": b""}], ids=repr)
def test_what_is_no_json_is_refused_and_takes_no_number(folder: Path, document: dict[str, Any]) -> None:
    with JournalWriter(folder) as writer:
        with pytest.raises((ValueError, TypeError)):
            writer.append_many([{"n": 1}, document])
        assert writer.append({"n": 1}) == 1
    assert JournalReader(folder).read(0, 10) == [(1, {"n": 1})]


def test_a_torn_tail_is_not_read_and_not_merged(folder: Path) -> None:
    write(folder, *numbered(1, 2))
    reader = JournalReader(folder)
    with files(folder)[-1].open("ab") as file:
        file.write(b'0badc0de 3 {"n": "unfini')
    assert reader.read(0, 10) == [(1, {"n": 1}), (2, {"n": 2})]
    assert write(folder, {"n": "new"}) == [3]
    assert reader.read(2, 10) == [(3, {"n": "new"})]
    assert JournalReader(folder).read(0, 10) == [(1, {"n": 1}), (2, {"n": 2}), (3, {"n": "new"})]


def test_damage_in_the_middle_is_reported_and_passed(folder: Path) -> None:
    write(folder, *numbered(1, 2, 3, 4, 5))
    path = files(folder)[0]
    lines = path.read_bytes().splitlines(keepends=True)
    offset = len(lines[0])
    path.write_bytes(lines[0] + lines[1].replace(b'"n"', b'"m"') + b"\n" + b"".join(lines[3:]))
    damage = JournalDamage(path.name, offset, len(lines[1]) + 1)
    expected = [(1, {"n": 1}), (2, damage), (4, {"n": 4}), (5, {"n": 5})]
    assert JournalReader(folder).read(0, 10) == expected
    one_by_one, cursor, reader = [], 0, JournalReader(folder)
    while found := reader.read(cursor, 1):
        one_by_one += found
        cursor = found[-1][0]
    assert one_by_one == expected


def test_numbers_leap_over_damage_at_the_end(folder: Path) -> None:
    """Two records whose newline was lost look like one: counting lines would give a number twice."""
    write(folder, *numbered(1, 2, 3))
    path = files(folder)[0]
    content = path.read_bytes()
    path.write_bytes(content[:-1].replace(b"\n", b"?") + b"\n")
    (new,) = write(folder, {"n": "new"})
    assert new > 3
    assert JournalReader(folder).read(3, 10) == [(new, {"n": "new"})]


def test_a_zeroed_block_at_the_end_is_a_torn_tail(folder: Path) -> None:
    """What some file systems leave after a power cut."""
    write(folder, *numbered(1, 2))
    with files(folder)[-1].open("ab") as file:
        file.write(bytes(4096))
    assert write(folder, {"n": 3}) == [3]
    assert JournalReader(folder).read(0, 10) == [(n, {"n": n}) for n in (1, 2, 3)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_disk_that_refuses_loses_nothing_acknowledged(folder: Path) -> None:
    from tests.support.disk import file_size_limit

    with JournalWriter(folder) as writer:
        writer.append_many(numbered(1, 2))
        with file_size_limit(files(folder)[-1].stat().st_size + 30), pytest.raises(StoreError, match="writing failed"):
            writer.append_many([{"n": 3}, {"n": 4, "padding": "x" * 100}])
        retried = writer.append_many([{"n": 3}, {"n": 4}])
    entries = JournalReader(folder).read(0, 10)
    assert [document["n"] for _, document in entries if isinstance(document, dict)] == [1, 2, 3, 3, 4]
    assert [number for number, _ in entries][-2:] == retried


class Journal(RuleBasedStateMachine):
    """Any order of appends, crashes, restarts, discards and reads: the reader sees each record once, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        self.writer = JournalWriter(self.folder, segment_bytes=120)
        self.reader = JournalReader(self.folder)
        self.acknowledged: dict[int, dict[str, Any]] = {}
        self.read: list[tuple[int, Any]] = []
        self.cursor = 0

    @rule(payloads=st.lists(st.text(max_size=40), max_size=4))
    def append(self, payloads: list[str]) -> None:
        documents = [{"payload": payload} for payload in payloads]
        numbers = self.writer.append_many(documents)
        assert numbers == sorted(set(numbers))
        assert all(number > max(self.acknowledged, default=0) for number in numbers)
        self.acknowledged.update(zip(numbers, documents, strict=True))

    @rule(payloads=st.lists(st.text(max_size=20), min_size=1, max_size=3), cut=st.integers(0, 400))
    def crash_in_an_append(self, payloads: list[str], cut: int) -> None:
        """The process dies within a batch: any part of its bytes is in the file, and nobody was told."""
        newest = files(self.folder)[-1]
        before = newest.stat().st_size
        self.writer.append_many([{"unacknowledged": payload} for payload in payloads])
        self.writer.close()
        for path in files(self.folder):
            if path > newest:
                path.unlink()
        os.truncate(newest, min(before + cut, newest.stat().st_size))
        self.writer = JournalWriter(self.folder, segment_bytes=120)
        self._adopt_unacknowledged()

    @rule()
    def restart_both(self) -> None:
        self.writer.close()
        self.writer = JournalWriter(self.folder, segment_bytes=120)
        self.reader = JournalReader(self.folder)

    @rule()
    def rotate(self) -> None:
        self.writer.rotate()

    @rule(limit=st.integers(1, 5))
    def read_on(self, limit: int) -> None:
        entries = self.reader.read(self.cursor, limit)
        self.read += entries
        self.cursor = entries[-1][0] if entries else self.cursor

    @rule(behind=st.integers(0, 3))
    def discard(self, behind: int) -> None:
        self.reader.discard(max(0, self.cursor - behind))

    @invariant()
    def nothing_is_lost_doubled_or_changed(self) -> None:
        seen = dict(self.read)
        assert len(seen) == len(self.read)
        assert seen == {number: document for number, document in self.acknowledged.items() if number <= self.cursor}

    def teardown(self) -> None:
        while self.cursor < max(self.acknowledged, default=0):
            self.read_on(50)
            self.nothing_is_lost_doubled_or_changed()
        self.writer.close()
        self.temporary.cleanup()

    def _adopt_unacknowledged(self) -> None:
        """Whole records of the cut batch may be read; they count as given from here on."""
        for number, document in JournalReader(self.folder).read(max(self.acknowledged, default=0), 50):
            assert isinstance(document, dict)
            assert "unacknowledged" in document
            self.acknowledged[number] = document


TestJournalInAnyOrder = Journal.TestCase
TestJournalInAnyOrder.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_flipped_byte_is_reported_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("inbox")
    with JournalWriter(folder) as writer:
        writer.append_many(numbered(1, 2, 3, 4, 5))
    path = files(folder)[0]
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    entries = JournalReader(folder).read(0, 10)
    good = [entry for entry in entries if isinstance(entry[1], dict)]
    numbers = [number for number, _ in entries]
    assert numbers == sorted(set(numbers))
    assert all(document == {"n": number} for number, document in good)
    is_torn_tail = place == len(content) - 1
    assert is_torn_tail or any(isinstance(content, JournalDamage) for _, content in entries)
    assert len(good) >= 3
    (new,) = write(folder, {"n": "new"})
    assert new > 5 or is_torn_tail

"""Killed at any moment, the data is whole: nothing acknowledged is lost, nothing is half done, nothing is doubled."""

from __future__ import annotations

from pathlib import Path
from random import Random

from storage.journal import JournalReader
from tests.crash.store_worker import KEPT, open_data
from tests.support.killing import KILLS, killed_after


def test_a_killed_process_leaves_a_whole_store(tmp_path: Path) -> None:
    random = Random(7)
    acknowledged = 0
    for _ in range(KILLS):
        arguments = [str(tmp_path / "data"), str(acknowledged + 1)]
        lines = killed_after("tests.crash.store_worker", arguments, random.randint(1, 40), random)
        acknowledged = check_store(tmp_path / "data", int(lines[-1]))
    assert acknowledged > KILLS


def check_store(folder: Path, acknowledged: int) -> int:
    """The last step that the data shows; it must be the acknowledged one or the one after it."""
    store, media = open_data(folder)
    with store:
        captures = store.table("captures").all()
        numbers = [capture["number"] for capture in captures]
        last = int(numbers[-1])
        assert acknowledged <= last <= acknowledged + 1
        assert numbers == list(range(1, last + 1))
        assert store.table("facts").get(doc_id=1)["value"] == last
        assert [row["number"] for row in store.table("outbox")] == list(range(max(1, last - KEPT + 1), last + 1))
        for capture in captures[-50:]:
            assert media.read(capture["media"]) == b"%d " % capture["number"] * (capture["number"] % 700)
        assert store.check() == []
    return last


def test_a_killed_writer_leaves_a_whole_journal(tmp_path: Path) -> None:
    random = Random(7)
    reader = JournalReader(tmp_path)
    cursor = payload = 0
    for _ in range(KILLS):
        arguments = [str(tmp_path), str(payload + 1)]
        lines = killed_after("tests.crash.journal_worker", arguments, random.randint(1, 60), random)
        acknowledged = {int(number): int(one) for number, one in (line.split() for line in lines)}
        entries = reader.read(cursor, 10_000)
        found = {number: document["payload"] for number, document in entries if isinstance(document, dict)}
        assert len(found) == len(entries)
        assert acknowledged.items() <= found.items()
        assert list(found.values()) == list(range(payload + 1, payload + 1 + len(found)))
        cursor, payload = entries[-1][0], payload + len(found)
        reader.discard(cursor - random.randint(0, 20))
    assert payload > KILLS
